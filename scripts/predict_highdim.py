"""Predict one high-dimensional run by mean loss from the law of its data: no points are drawn, nothing is fitted.

In: the run's parameters (recipe). Out: rows of the table `theory` (Parquet).
"""

import grokking.results.process as process
from grokking.flow.prediction import predict_run

process.run(predict_run, __doc__)

"""Score both readings of the logistic loss, mean and sum, on the numbers that the paper publishes.

In: the tables `runs`, `curves`, `times` and `bounds` (Parquet). Out: rows of the table `readings` (Parquet).
"""

import grokking.results.process as process
from judging.readings import score_readings

process.run(score_readings, __doc__)

"""Train all runs of an experiment on ridge regression for all seeds, by the exact closed form of gradient descent.

In: the runs' parameters (recipe), and their data sets in the order in which they name them. Out: loss curves, times,
bounds and audit (Parquet).
"""

import grokking.results.process as process
from grokking.ridge.training import train

process.run(train, __doc__)

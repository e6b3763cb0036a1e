"""Evaluate and attack the snapshots of all runs on one seed of a high-dimensional data set.

In: the data set's parameters with those of its runs (recipe), the root seed, the replicate and the trajectories. Out:
curves, times and summary numbers (Parquet).
"""

import grokking.results.process as process
from grokking.highdim.run import evaluate

process.run(evaluate, __doc__)

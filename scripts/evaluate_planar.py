"""Evaluate the snapshots of logistic runs in two dimensions.

In: name and runs of an experiment (recipe), the data of its designs, its trajectories. Out: curves, times, single
numbers, and what theory predicts of the mean loss (Parquet).
"""

import grokking.results.process as process
from grokking.planar.run import evaluate

process.run(evaluate, __doc__)

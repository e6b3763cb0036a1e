"""Evaluate and attack the snapshots of all runs on one seed of a high-dimensional data set.

In: the data set's parameters with those of its runs (recipe), the root seed, the replicate and the trajectories. Out:
curves, times and summary numbers (Parquet).
"""

from grokking.highdim.run import evaluate

evaluate.main(__doc__)

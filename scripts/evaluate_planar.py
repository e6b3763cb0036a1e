"""Evaluate the snapshots of one logistic configuration in two dimensions.

In: the run's parameters (JSON), its data set and its trajectory. Out: curves, times and single numbers (Parquet).
"""

from grokking.planar.run import evaluate

evaluate.main(__doc__)

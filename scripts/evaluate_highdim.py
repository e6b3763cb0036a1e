"""Evaluate the snapshots of one high-dimensional logistic configuration.

In: the run's parameters (JSON), the root seed and its trajectory. Out: curves, times and summary numbers (Parquet).
"""

from grokking.highdim.run import evaluate

evaluate.main(__doc__)

"""Attack the snapshots of one logistic configuration in two dimensions, exactly and by PGD in float32 and float64.

In: the run's parameters (JSON), its data set and its trajectory. Out: curves of adversarial accuracy and of the
share of points at which PGD sees no gradient (Parquet).
"""

from grokking.planar.attack import attack

attack.main(__doc__)

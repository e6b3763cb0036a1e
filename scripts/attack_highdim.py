"""Attack the snapshots of one high-dimensional logistic configuration, exactly and by PGD in float32 and float64.

In: the run's parameters (JSON), the root seed and its trajectory. Out: curves of adversarial accuracy and of the share
of points at which PGD sees no gradient (Parquet).
"""

from grokking.highdim.attack import attack

attack.main(__doc__)

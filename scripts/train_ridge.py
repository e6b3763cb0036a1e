"""Train one ridge configuration for all its seeds, by the exact closed form of gradient descent.

In: the run's parameters (JSON) and its data set. Out: loss curves, times, bounds and audit (Parquet).
"""

from grokking.ridge.training import train

train.main(__doc__)

"""Train one configuration of the two-layer networks for all its seeds, by accelerated gradient descent.

In: the run's parameters (recipe) and the root seed. Out: loss curves, times and predictions of times (Parquet).
"""

from grokking.networks.run import train

train.main(__doc__)

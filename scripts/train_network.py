"""Train one configuration of the two-layer networks for all its seeds, by accelerated gradient descent.

In: the run's parameters (recipe) and the root seed. Out: loss curves, times and predictions of times (Parquet).
"""

import grokking.results.process as process
from grokking.networks.run import train

process.run(train, __doc__)

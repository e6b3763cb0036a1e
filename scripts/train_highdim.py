"""Train one high-dimensional logistic configuration for all its seeds; the data is streamed and never stored.

In: the run's parameters (recipe) and the root seed. Out: snapshots (w, b) and the numbers that vouch for them (.npz).
"""

import grokking.results.process as process
from grokking.highdim.training import train

process.run(train, __doc__)

"""Train one high-dimensional logistic configuration for all its seeds; the data is streamed and never stored.

In: the run's parameters (recipe) and the root seed. Out: snapshots (w, b) and the numbers that vouch for them (.npz).
"""

from grokking.highdim.training import train

train.main(__doc__)

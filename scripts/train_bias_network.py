"""Train two-layer ReLU networks with a bias at their output, all runs and seeds of an experiment.

In: the experiment's runs (recipe) and the root seed. Out: curves, times and single numbers (Parquet).
"""

from grokking.beyond.network import train

train.main(__doc__)

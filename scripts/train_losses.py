"""Train a linear classifier with a bias in two dimensions on one loss or another, all runs and seeds of an experiment.

In: the experiment's runs (recipe) and the root seed. Out: curves, times and single numbers (Parquet).
"""

import grokking.results.process as process
from grokking.beyond.losses import train

process.run(train, __doc__)

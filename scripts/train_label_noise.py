"""Train logistic regression in two dimensions on data with wrong labels, all runs and seeds of an experiment.

In: the experiment's runs (recipe) and the root seed. Out: curves, times and single numbers (Parquet).
"""

import grokking.results.process as process
from grokking.beyond.noise import train

process.run(train, __doc__)

"""Train ridge regression with one optimiser for all runs and seeds of an experiment, every step executed.

In: the experiment's runs (recipe) and the root seed. Out: loss curves, times and predictions of them (Parquet).
"""

import grokking.results.process as process
from grokking.depth.ridge import train

process.run(train, __doc__)

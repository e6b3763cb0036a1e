"""Train networks of one depth for all runs and seeds of an experiment, every step executed.

In: the experiment's runs (recipe) and the root seed. Out: loss curves, times and late rates (Parquet).
"""

import grokking.results.process as process
from grokking.depth.networks import train

process.run(train, __doc__)

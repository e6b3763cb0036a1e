"""Train all runs of an experiment on the mean loss in two dimensions, for all seeds, to any horizon.

In: name and runs of the experiment (recipe), the data of its designs, the root seed. Out: snapshots (w, b) and how they
were found (Parquet).
"""

import grokking.results.process as process
from grokking.planar.flows import train_flows

process.run(train_flows, __doc__)

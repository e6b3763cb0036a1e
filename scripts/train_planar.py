"""Train one logistic run on the summed loss in two dimensions for all its seeds, to any horizon.

In: the run's parameters (recipe), the data of its design, the root seed, the file for the state of an interrupted run.
Out: snapshots (w, b) and how they were found (Parquet). A job that was stopped goes on where it was.
"""

import grokking.results.process as process
from grokking.planar.training import train_run

process.run(train_run, __doc__)

"""Train logistic regression in high dimension by mean loss, with and without a bias, on one seed of a data set.

In: the parameters of the runs (recipe), the root seed, the replicate; a checkpoint that a killed job left is gone on
from. Out: the states at the nodes of the collocation (.npz), and rows of `bounds` with the certificate (Parquet).
"""

import grokking.results.process as process
from grokking.flow.training import train_run

process.run(train_run, __doc__)

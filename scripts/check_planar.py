"""Compare logistic runs in two dimensions with gradient descent written in the most naive way, every step executed.

In: name and runs of an experiment (recipe), the data of its designs, snapshots and how they were found. Out: rows of
`brute_force` (Parquet). The job fails where an error is above its tolerance or a time differs.
"""

import grokking.results.process as process
from grokking.planar.check import check

process.run(check, __doc__)

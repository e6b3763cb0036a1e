"""Compare a logistic run in high dimension with every step executed, and its gradients with passes over all points.

In: the run's parameters (recipe), the root seed, its snapshots (.npz). Out: rows of `brute_force` (Parquet). The job
fails where an error is above its tolerance.
"""

import grokking.results.process as process
from grokking.highdim.check import check

process.run(check, __doc__)

"""Compare the trainer by mean loss in high dimension with every step executed on a small problem.

In: the run's parameters (recipe) and the root seed. Out: rows of `brute_force` (Parquet). The job fails where an error
is above its tolerance.
"""

import grokking.results.process as process
from grokking.flow.check import check_mean

process.run(check_mean, __doc__)

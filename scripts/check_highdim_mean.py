"""Compare the trainer by mean loss in high dimension with every step executed on a small problem.

In: the run's parameters (recipe) and the root seed. Out: rows of `brute_force` (Parquet). The job fails where an error
is above its tolerance.
"""

from grokking.flow.check import check_mean

check_mean.main(__doc__)

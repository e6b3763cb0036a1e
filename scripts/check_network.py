"""Check the accelerated times of a network run against plain gradient descent with every step executed, seed 0.

In: the run's parameters (recipe), its times (Parquet), the root seed. Out: rows of the tables `bounds` and
`brute_force` (Parquet). Fails where the times differ by more than the acceleration is allowed to.
"""

import grokking.results.process as process
from grokking.networks.check import check

process.run(check, __doc__)

"""Measure the surrogate accuracy P((f - f*)^2 <= eps) of one ridge run by Monte Carlo.

In: the run's parameters (recipe), its data set, the root seed. Out: curves (Parquet).
"""

import grokking.results.process as process
from grokking.ridge.surrogate import measure

process.run(measure, __doc__)

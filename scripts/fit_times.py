"""Fit times against swept parameters, and times of generalisation against delta.

In: the tables `runs`, `times` and `bounds` (Parquet), the root seed. Out: rows of the table `fits` (Parquet).
"""

import grokking.results.process as process
from judging.fits import fit_times

process.run(fit_times, __doc__)

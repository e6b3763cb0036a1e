"""Fit times against swept parameters, and times of generalisation against delta.

In: the tables `runs`, `times` and `bounds` (Parquet), the root seed. Out: rows of the table `fits` (Parquet).
"""

from judging.fits import fit_times

fit_times.main(__doc__)

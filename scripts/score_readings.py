"""Score both readings of the logistic loss, mean and sum, on the numbers that the paper publishes.

In: the tables `runs`, `curves`, `times` and `bounds` (Parquet). Out: rows of the table `readings` (Parquet).
"""

from judging.readings import score_readings

score_readings.main(__doc__)

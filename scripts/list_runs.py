"""List the runs of one part of the configuration.

In: the runs (JSON list). Out: rows of the table `runs` (Parquet).
"""

from grokking.results.tables import list_runs

list_runs.main(__doc__)

"""Collect the rows that many jobs wrote into tables.

In: parts (Parquet, or JSON with one row or a list of rows), the table that each is of, the declared tables (YAML), the
names of those to write. Out: these tables (Parquet).
"""

from grokking.results.tables import collect

collect.main(__doc__)

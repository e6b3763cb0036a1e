"""Collect the rows that many jobs wrote into one table.

In: parts (Parquet, or JSON with one row each), the declared tables (YAML), the table's name. Out: the table (Parquet).
"""

from grokking.results.tables import collect

collect.main(__doc__)

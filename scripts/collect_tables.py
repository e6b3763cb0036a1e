"""Collect the rows that many jobs wrote into tables, and check their keys and what is censored.

In: parts (Parquet, or JSON with one row or a list of rows), the table that each is of, the declared tables (YAML), the
names of those to write. Out: these tables (Parquet).
"""

import grokking.results.process as process
from records.collection import collect

process.run(collect, __doc__)

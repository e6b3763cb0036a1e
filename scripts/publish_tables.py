"""Write tables for readers who run nothing: small ones whole, large ones thinned, with a description of all columns.

In: tables (Parquet), their declared columns and the citation (YAML). Out: a folder of tables with datapackage.json.
"""

import grokking.results.process as process
from records.published import publish

process.run(publish, __doc__)

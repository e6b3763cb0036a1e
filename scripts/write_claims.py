"""Write every claim and check with its verdict, to read.

In: the tables `claims`, `checks` and `runs` (Parquet). Out: a page in Markdown, and one in HTML for the report.
"""

import grokking.results.process as process
from report.claims_page import write_claims

process.run(write_claims, __doc__)

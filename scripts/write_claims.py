"""Write every claim and check with its verdict, to read.

In: the tables `claims`, `checks` and `runs` (Parquet). Out: a page in Markdown, and one in HTML for the report.
"""

from report.claims_page import write_claims

write_claims.main(__doc__)

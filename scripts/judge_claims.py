"""Judge the papers' claims and our own checks.

In: claims and checks (YAML), the tables (Parquet). Out: rows of the tables `claims` and `checks` (Parquet).
"""

from judging.verdicts import judge_claims

judge_claims.main(__doc__)

"""Judge the papers' claims and our own checks.

In: claims and checks (YAML), the tables (Parquet). Out: rows of the tables `claims` and `checks` (Parquet).
"""

import grokking.results.process as process
from judging.verdicts import judge_claims

process.run(judge_claims, __doc__)

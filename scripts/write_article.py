"""Typeset the article.

In: its template (Typst), the tables `claims`, `checks`, `runs` and `provenance` (Parquet), CITATION.cff, the declared
claims (YAML), texts with placeholders and captions (.rst), and figures (PDF), named by their files. Out: the article
(PDF).
"""

import grokking.results.process as process
from article.typeset import write_article

process.run(write_article, __doc__)

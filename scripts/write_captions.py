"""Write the captions of a paper's figures.

In: their templates (.rst, named as figures), the tables `claims` and `checks` (Parquet). Out: the captions (.rst), in
the order of the templates.
"""

import grokking.results.process as process
from report.pages import write_captions

process.run(write_captions, __doc__)

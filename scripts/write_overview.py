"""Write the first page of the report.

In: its template and the stories (.rst, named as they stand in the template), the tables `claims`, `checks`
and `runs` (Parquet). Out: the page (.rst).
"""

import grokking.results.process as process
from report.pages import write_overview

process.run(write_overview, __doc__)

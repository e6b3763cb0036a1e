"""Write one paper's page.

In: the paper, its template (Markdown), its story (.rst), the tables `claims`, `checks` and `runs` (Parquet), captions
(.rst, named as figures). Out: the page (Markdown); figures are linked as figures/NAME.png.
"""

import grokking.results.process as process
from report.pages import write_page

process.run(write_page, __doc__)

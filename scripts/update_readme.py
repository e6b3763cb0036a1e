"""Put what was found and what a run costs into the README and the pages on methods and running, between markers.

In: the tables `claims` and `checks` (Parquet), the claims as declared (YAML), the stories (.rst) and templates of pages
(Markdown), the rules' graph (Mermaid), the folders of the results of everything and of the small problems, README and
pages. Out: these three, changed in place.
"""

import grokking.results.process as process
from report.readme import update_readme

process.run(update_readme, __doc__)

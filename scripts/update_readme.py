"""Put what was found into the README and the picture of the rules into the page on methods, between their markers.

In: the tables `claims` and `checks` (Parquet), the claims as declared (YAML), the stories (.rst) and
templates of pages (Markdown), the rules' graph (Mermaid), README and page. Out: these two, changed in place.
"""

from report.readme import update_readme

update_readme.main(__doc__)

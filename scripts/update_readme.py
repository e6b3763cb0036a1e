"""Put what was found and the picture of the rules into the README, between its markers.

In: the table `claims` (Parquet), the claims as declared (YAML), the rules' graph (Mermaid) and the README. Out: the
README, changed in place.
"""

from report.readme import update_readme

update_readme.main(__doc__)

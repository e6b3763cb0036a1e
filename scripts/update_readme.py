"""Put what was found and the picture of the rules into the README, between its markers.

In: the table `claims` (Parquet), the claims as declared (YAML), the rules' graph (Mermaid) and the README. Out: the
README, changed in place.
"""

from report.readme import update_readme

if __name__ == "__main__":
    update_readme.main(__doc__)

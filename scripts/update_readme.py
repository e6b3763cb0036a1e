"""Put what was found and the picture of the rules into the README, between its markers.

In: the table `claims` (Parquet), the claims as declared (YAML), the rules' graph (Mermaid) and the README. Out: the
README, changed in place.
"""

import argparse
from pathlib import Path

import yaml
from grokking.results.files import complete_or_absent, read_parquet
from report.pages import headlines, summary, with_block
from report.rule_graph import picture


def main() -> None:
    """Read the arguments, replace the three blocks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", required=True)
    parser.add_argument("--declared", required=True)
    parser.add_argument("--rules", required=True)
    parser.add_argument("--readme", required=True)
    args = parser.parse_args()
    claims = read_parquet(args.claims).to_pandas()
    chosen = [claim["id"] for claim in yaml.safe_load(Path(args.declared).read_text()) if claim.get("headline")]
    text = with_block(Path(args.readme).read_text(), "verdicts", summary(claims))
    text = with_block(text, "headlines", headlines(claims, chosen, "docs/figures"))
    text = with_block(text, "rules", picture(Path(args.rules).read_text()))
    with complete_or_absent(args.readme) as temporary:
        temporary.write_text(text)


if __name__ == "__main__":
    main()

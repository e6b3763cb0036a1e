"""Put the summary of verdicts into the README, between its markers.

In: the table `claims` (Parquet) and the README. Out: the README, changed in place.
"""

import argparse
import re
from pathlib import Path

from grokking.files import complete_or_absent, read_parquet
from grokking.pages import summary

BLOCK = re.compile(r"(<!-- verdicts -->\n).*?(<!-- end of verdicts -->)", re.DOTALL)


def with_summary(text: str, verdicts: str) -> str:
    """Return the text with the block between the markers replaced. Raises ValueError where there are no markers."""
    changed, count = BLOCK.subn(lambda block: f"{block.group(1)}{verdicts}\n{block.group(2)}", text)
    if count != 1:
        raise ValueError(
            f"{count} blocks of verdicts: expected one, between <!-- verdicts --> and <!-- end of verdicts -->"
        )
    return changed


def main() -> None:
    """Read the arguments, replace the block."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", required=True)
    parser.add_argument("--readme", required=True)
    args = parser.parse_args()
    text = with_summary(Path(args.readme).read_text(), summary(read_parquet(args.claims).to_pandas()))
    with complete_or_absent(args.readme) as temporary:
        temporary.write_text(text)


if __name__ == "__main__":
    main()

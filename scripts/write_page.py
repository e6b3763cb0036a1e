"""Write one paper's page.

In: the paper, its template (Markdown), the tables `claims` and `runs` (Parquet), captions (.rst, named as figures).
Out: the page (Markdown); figures are linked as figures/NAME.png.
"""

import argparse
from pathlib import Path

from grokking.results.files import complete_or_absent, read_parquet
from report.pages import page


def main() -> None:
    """Read the arguments, fill in the template, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paper", required=True)
    parser.add_argument("--template", required=True)
    parser.add_argument("--claims", required=True)
    parser.add_argument("--runs", required=True)
    parser.add_argument("--captions", nargs="+", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    captions = {Path(path).stem: Path(path).read_text() for path in args.captions}
    claims, runs = (read_parquet(path).to_pandas() for path in (args.claims, args.runs))
    with complete_or_absent(args.out) as temporary:
        temporary.write_text(page(args.paper, Path(args.template).read_text(), claims, runs, captions))


if __name__ == "__main__":
    main()

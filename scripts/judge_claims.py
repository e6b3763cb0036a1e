"""Judge the papers' claims.

In: the claims (YAML) and the tables (Parquet). Out: rows of the table `claims` (Parquet) and pages to read (Markdown,
and HTML for the report).
"""

import argparse
from pathlib import Path

import pyarrow as pa
import yaml
from grokking.results.files import complete_or_absent, read_parquet, write_parquet
from judging.verdicts import judge
from report.claims_page import claims_html, claims_page


def main() -> None:
    """Read the arguments, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", required=True)
    parser.add_argument("--tables", nargs="+", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--page", required=True)
    args = parser.parse_args()
    tables = {Path(path).stem: read_parquet(path).to_pandas() for path in args.tables}
    claims = judge(yaml.safe_load(Path(args.claims).read_text()), tables)
    write_parquet(pa.Table.from_pandas(claims, preserve_index=False), args.out)
    for path, written in ((args.text, claims_page), (args.page, claims_html)):
        with complete_or_absent(path) as temporary:
            temporary.write_text(written(claims))


if __name__ == "__main__":
    main()

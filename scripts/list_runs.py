"""List the runs of one part of the configuration.

In: the runs (JSON list). Out: rows of the table `runs` (Parquet).
"""

import argparse
import json

import pyarrow as pa
from grokking.results.files import write_parquet


def main() -> None:
    """Read the arguments, write the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=json.loads, required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    write_parquet(pa.Table.from_pylist(args.runs), args.out)


if __name__ == "__main__":
    main()

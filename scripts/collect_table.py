"""Collect the rows that many jobs wrote into one table.

In: parts (Parquet, or JSON with one row each), the declared tables (YAML), the table's name. Out: the table (Parquet).
"""

import argparse
import json
from pathlib import Path

import pyarrow as pa
import yaml
from grokking.results.files import read_parquet, write_parquet
from grokking.results.tables import conform


def read(path: str) -> pa.Table:
    """Return one job's rows."""
    return pa.Table.from_pylist([json.loads(Path(path).read_text())]) if path.endswith(".json") else read_parquet(path)


def main() -> None:
    """Read the arguments, concatenate in the order given, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", required=True)
    parser.add_argument("--schema", required=True)
    parser.add_argument("--table", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    columns = yaml.safe_load(Path(args.schema).read_text())[args.table]
    write_parquet(conform([read(path) for path in args.parts], columns), args.out)


if __name__ == "__main__":
    main()

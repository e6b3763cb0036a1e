"""Compare a logistic run in two dimensions with gradient descent written in the most naive way, every step executed.

In: the run's parameters (JSON), its data, snapshots, series and times. Out: rows of `brute_force` (Parquet). The job
fails where an error is above its tolerance or a time differs.
"""

import argparse
import json
import logging

import pyarrow as pa
from grokking.logistic.comparison import violation
from grokking.planar.check import compared
from grokking.results.files import read_parquet, write_parquet


def main() -> None:
    """Read the arguments, descend, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=json.loads, required=True)
    files = ("data", "trajectory", "series", "times")
    for file in (*files, "out"):
        parser.add_argument(f"--{file}", required=True)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    rows = []
    for row in compared(args.run, *(read_parquet(getattr(args, file)) for file in files)):
        if line := violation(row):
            raise SystemExit(line)
        rows.append(row)
    write_parquet(pa.Table.from_pylist(rows), args.out)


if __name__ == "__main__":
    main()

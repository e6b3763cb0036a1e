"""Compare a logistic run in high dimension with every step executed, and its gradients with passes over all points.

In: the run's parameters (JSON), the root seed, its snapshots (.npz). Out: rows of `brute_force` (Parquet). The job
fails where an error is above its tolerance.
"""

import argparse
import json
import logging

import pyarrow as pa
from grokking.highdim.check import OtherStartError, compared
from grokking.logistic.comparison import violation
from grokking.results.files import read_arrays, write_parquet


def main() -> None:
    """Read the arguments, descend, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--trajectory", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    rows = []
    try:
        for row in compared(args.run, args.seed, read_arrays(args.trajectory)):
            logging.info("%s", row)
            if line := violation(row):
                raise SystemExit(line)
            rows.append(row)
    except OtherStartError as error:
        raise SystemExit(f"{args.run['run']}: {error}") from error
    write_parquet(pa.Table.from_pylist(rows), args.out)


if __name__ == "__main__":
    main()

"""Compare late steps with steps executed one by one, for all replicates of a delta sweep that have both.

In: the sweep's parameters (JSON), its data, its snapshots up to `start` and those with every step executed, the root
seed. Out: relative errors of (w, b) as rows of `bounds` (Parquet). The job fails where one is above 1e-8.
"""

import argparse
import json

import pyarrow as pa
from grokking.planar.delta_late import AGREEMENT, disagreements
from grokking.results.files import read_parquet, write_parquet
from grokking.results.provenance import record


def main() -> None:
    """Read the arguments, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sweep", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    for file in ("data", "early", "exact", "bounds", "provenance"):
        parser.add_argument(f"--{file}", required=True)
    args = parser.parse_args()
    rows = list(disagreements(args.sweep, *(read_parquet(path) for path in (args.data, args.early, args.exact))))
    for row in rows:
        if not row["value"] <= AGREEMENT:
            place = f"{row['run']}, seed {row['seed']}"
            raise SystemExit(f"{place}: {row['equation']}, is {row['value']:.3g}: expected at most {AGREEMENT:g}")
    write_parquet(pa.Table.from_pylist(rows), args.bounds)
    record(args.provenance, args.sweep["sweep"], args.sweep, args.seed)


if __name__ == "__main__":
    main()

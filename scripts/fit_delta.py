"""Fit times of generalisation against delta.

In: the tables `runs`, `times` and `bounds` (Parquet), the root seed. Out: rows of the table `fits` (Parquet).
"""

import argparse

import pyarrow as pa
from grokking.results.files import read_parquet, write_parquet
from judging.delta_fits import fit_delta


def main() -> None:
    """Read the arguments, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    for table in ("runs", "times", "bounds"):
        parser.add_argument(f"--{table}", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    fits = fit_delta(*(read_parquet(path).to_pandas() for path in (args.runs, args.times, args.bounds)), args.seed)
    write_parquet(pa.Table.from_pandas(fits, preserve_index=False), args.out)


if __name__ == "__main__":
    main()

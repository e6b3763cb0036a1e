"""Fit times against swept parameters.

In: the tables `runs` and `times` (Parquet), the root seed. Out: rows of the table `fits` (Parquet).
"""

import argparse

import pyarrow as pa
from grokking.results.files import read_parquet, write_parquet
from judging.fits import fit_sweeps


def main() -> None:
    """Read the arguments, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", required=True)
    parser.add_argument("--times", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    fits = fit_sweeps(read_parquet(args.runs).to_pandas(), read_parquet(args.times).to_pandas(), args.seed)
    write_parquet(pa.Table.from_pandas(fits, preserve_index=False), args.out)


if __name__ == "__main__":
    main()

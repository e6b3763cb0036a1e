"""Evaluate the snapshots of one high-dimensional logistic configuration.

In: the run's parameters (JSON), the root seed and its trajectory. Out: curves, times and summary numbers (Parquet).
"""

import argparse
import json
import logging

import pyarrow as pa
from grokking.highdim.run import series, summary_table, times_table
from grokking.results.files import read_arrays, write_parquet
from grokking.results.provenance import record
from grokking.results.rows import curve_rows


def main() -> None:
    """Read the arguments, evaluate one seed after the other, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    for file in ("trajectory", "curves", "times", "summary", "provenance"):
        parser.add_argument(f"--{file}", required=True)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    run, trajectory = args.run, read_arrays(args.trajectory)
    parts = {"curves": [], "times": [], "summary": []}
    for seed in range(run["n_seeds"]):
        found = series(run, args.seed, trajectory, seed)
        parts["curves"].append(curve_rows(run["run"], seed, *found))
        parts["times"].append(times_table(run, seed, trajectory, *found))
        parts["summary"].append(summary_table(run, seed, trajectory, *found))
    for name, tables in parts.items():
        write_parquet(pa.concat_tables(tables), getattr(args, name))
    record(args.provenance, run["run"], run, args.seed)


if __name__ == "__main__":
    main()

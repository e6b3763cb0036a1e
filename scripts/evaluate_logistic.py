"""Evaluate the snapshots of one logistic configuration.

In: the run's parameters (JSON), its data set and its trajectory. Out: every series at every snapshot, the thinned
curves for figures, times and summary numbers (Parquet).
"""

import argparse
import json
import sys

import pyarrow as pa
from grokking.planar.run import series, summary_table, thinned_curves_table, times_table
from grokking.results.files import read_parquet, write_parquet
from grokking.results.provenance import record
from grokking.results.rows import curve_rows

TABLES = {"curves": thinned_curves_table, "times": times_table, "summary": summary_table}


def main() -> None:
    """Read the arguments, evaluate one seed after the other, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    for file in ("data", "trajectory", "series", *TABLES, "provenance"):
        parser.add_argument(f"--{file}", required=True)
    args = parser.parse_args()
    run, data, trajectory = args.run, read_parquet(args.data), read_parquet(args.trajectory)
    parts = {name: [] for name in ("series", *TABLES)}
    for seed in range(run["n_seeds"]):
        found = series(run, data, trajectory, seed)
        parts["series"].append(curve_rows(run["run"], seed, *found))
        for name, table in TABLES.items():
            parts[name].append(table(run, seed, *found))
        print(f"{run['run']}: seed {seed + 1} of {run['n_seeds']} evaluated", file=sys.stderr)
    for name, tables in parts.items():
        write_parquet(pa.concat_tables(tables), getattr(args, name))
    record(args.provenance, run["run"], run, args.seed)


if __name__ == "__main__":
    main()

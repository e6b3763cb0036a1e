"""Evaluate all replicates of a delta sweep.

In: the sweep's parameters (JSON), its data, its snapshots up to `start` and its late steps, the root seed. Out: rows
of the tables `curves`, `times` and `bounds` (Parquet).
"""

import argparse
import json
import sys

import pyarrow as pa
from grokking.planar.delta_evaluation import accuracies, bounds, curves, read_replicate, times
from grokking.planar.delta_sweep import replicates
from grokking.results.files import read_parquet, write_parquet
from grokking.results.provenance import record


def main() -> None:
    """Read the arguments, evaluate one replicate after the other, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sweep", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    for file in ("data", "early", "late", "curves", "times", "bounds", "provenance"):
        parser.add_argument(f"--{file}", required=True)
    args = parser.parse_args()
    sweep, snapshots = args.sweep, [read_parquet(path) for path in (args.data, args.early, args.late)]
    curve_parts, time_parts, bound_parts = [], [], []
    for run, seed in replicates(sweep):
        found = read_replicate(run, seed, *snapshots)
        accuracy = accuracies(found)
        curve_parts.append(curves(run, seed, found, accuracy))
        time_parts.append(times(sweep, run, seed, found, accuracy))
        bound_parts.append(bounds(sweep, run, seed, found))
        print(f"{run['run']}: seed {seed} evaluated", file=sys.stderr, flush=True)
    write_parquet(pa.concat_tables(curve_parts), args.curves)
    write_parquet(pa.concat_tables(time_parts), args.times)
    write_parquet(pa.concat_tables(bound_parts), args.bounds)
    record(args.provenance, sweep["sweep"], sweep, args.seed)


if __name__ == "__main__":
    main()

"""Train one ridge configuration for all its seeds, by the exact closed form of gradient descent.

In: the run's parameters (JSON) and its data set. Out: loss curves, times, bounds and audit (Parquet).
"""

import argparse
import json

from grokking.results.files import read_arrays, write_parquet
from grokking.results.provenance import record
from grokking.ridge.audit import bounds
from grokking.ridge.run import curves, paths, times


def main() -> None:
    """Read the arguments, solve every seed, write the three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--data", required=True)
    for table in ("curves", "times", "bounds", "provenance"):
        parser.add_argument(f"--{table}", required=True)
    args = parser.parse_args()
    run = args.run
    seeds = paths(run, read_arrays(args.data))
    write_parquet(curves(run, seeds), args.curves)
    write_parquet(times(run, seeds), args.times)
    write_parquet(bounds(run, seeds), args.bounds)
    record(args.provenance, run["run"], run, args.seed)


if __name__ == "__main__":
    main()

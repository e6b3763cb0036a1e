"""Train one configuration of the two-layer networks for all its seeds, by accelerated gradient descent.

In: the run's parameters (JSON) and the root seed. Out: loss curves, times and predictions of times (Parquet).
"""

import argparse
import json
import sys

from grokking.networks.run import bounds, curves, times, train
from grokking.results.files import write_parquet
from grokking.results.provenance import record


def main() -> None:
    """Read the arguments, train one seed after the other, write the three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    for table in ("curves", "times", "bounds", "provenance"):
        parser.add_argument(f"--{table}", required=True)
    args = parser.parse_args()
    run, seeds = args.run, []
    for seed in range(run["n_seeds"]):
        seeds.append(train(run, args.seed, seed))
        found = f"t1 {seeds[-1].descent.t1}, t2 {seeds[-1].descent.t2}, {seeds[-1].descent.gradients} gradients"
        print(f"{run['run']}: seed {seed + 1} of {run['n_seeds']} trained: {found}", file=sys.stderr)
    write_parquet(curves(run, seeds), args.curves)
    write_parquet(times(run, seeds), args.times)
    write_parquet(bounds(run, seeds), args.bounds)
    record(args.provenance, run["run"], run, args.seed)


if __name__ == "__main__":
    main()

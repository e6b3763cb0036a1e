"""Attack the snapshots of one logistic configuration, exactly and by PGD in float32 and float64.

In: the run's parameters (JSON), its data set and its trajectory. Out: curves of adversarial accuracy and of the
share of points at which PGD sees no gradient (Parquet).
"""

import argparse
import json
import sys

import pyarrow as pa
from grokking.planar.attack import attack_series
from grokking.results.files import read_parquet, write_parquet
from grokking.results.provenance import record
from grokking.results.rows import curve_rows


def main() -> None:
    """Read the arguments, attack one seed after the other, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    for file in ("data", "trajectory", "curves", "provenance"):
        parser.add_argument(f"--{file}", required=True)
    args = parser.parse_args()
    run, data, trajectory, parts = args.run, read_parquet(args.data), read_parquet(args.trajectory), []
    for seed in range(run["n_seeds"]):
        parts.append(curve_rows(run["run"], seed, *attack_series(run, data, trajectory, seed)))
        print(f"{run['run']}: seed {seed + 1} of {run['n_seeds']} attacked", file=sys.stderr)
    write_parquet(pa.concat_tables(parts), args.curves)
    record(args.provenance, run["run"], run, args.seed)


if __name__ == "__main__":
    main()

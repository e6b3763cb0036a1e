"""Measure the surrogate accuracy P((f - f*)^2 <= eps) of one ridge run by Monte Carlo.

In: the run's parameters (JSON), its data set, the root seed. Out: curves (Parquet).
"""

import argparse
import json
import sys

import pyarrow as pa
from grokking.results.files import read_arrays, write_parquet
from grokking.results.provenance import record
from grokking.ridge.run import paths, surrogate_accuracy


def main() -> None:
    """Read the arguments, evaluate one seed after the other, write the curves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--curves", required=True)
    parser.add_argument("--provenance", required=True)
    args = parser.parse_args()
    run, parts = args.run, []
    for seed, path in enumerate(paths(run, read_arrays(args.data))):
        parts.append(surrogate_accuracy(run, args.seed, seed, path))
        print(f"{run['run']}: seed {seed + 1} of {run['n_seeds']} measured", file=sys.stderr)
    write_parquet(pa.concat_tables(parts), args.curves)
    record(args.provenance, run["run"], run, args.seed)


if __name__ == "__main__":
    main()

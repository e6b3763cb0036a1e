"""Integrate the late steps of all replicates of a delta sweep.

In: the sweep's parameters (JSON), its data and snapshots up to `start`, the root seed. Out: (w, b) at late steps
(Parquet). The job fails, naming the replicate, where gradient descent does not follow a slow curve.
"""

import argparse
import json
import sys

import pyarrow as pa
from grokking.planar.delta_late import extended
from grokking.planar.delta_sweep import states_table
from grokking.planar.late import UnstableError
from grokking.results.files import read_parquet, write_parquet
from grokking.results.provenance import record


def main() -> None:
    """Read the arguments, extend one replicate after the other, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sweep", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    for file in ("data", "early", "late", "provenance"):
        parser.add_argument(f"--{file}", required=True)
    args = parser.parse_args()
    sweep, parts = args.sweep, []
    try:
        for run, seed, late in extended(sweep, read_parquet(args.data), read_parquet(args.early)):
            parts.append(states_table(run, seed, late.steps, late.w, late.b))
            print(f"{run['run']}: seed {seed} extended with {late.gradients} gradients", file=sys.stderr, flush=True)
    except UnstableError as error:
        raise SystemExit(f"cannot be extended: {error}") from error
    write_parquet(pa.concat_tables(parts), args.late)
    record(args.provenance, sweep["sweep"], sweep, args.seed)


if __name__ == "__main__":
    main()

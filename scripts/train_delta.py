"""Train all replicates of a delta sweep, every step of gradient descent executed up to `horizon`.

In: the sweep's parameters (JSON), its data, the root seed, the file for the state of an interrupted run. Out:
snapshots (w, b) (Parquet). A job that was stopped goes on where it was.
"""

import argparse
import json
from pathlib import Path

from grokking.planar.delta_sweep import training_points, trajectory_table
from grokking.planar.training import train_sets
from grokking.results.files import read_parquet, write_parquet
from grokking.results.provenance import record


def main() -> None:
    """Read the arguments, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sweep", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--save-every", type=float, required=True, help="seconds between checkpoints")
    parser.add_argument("--trajectory", required=True)
    parser.add_argument("--provenance", required=True)
    args = parser.parse_args()
    sweep = args.sweep
    x_y = training_points(sweep, read_parquet(args.data))
    trajectory = train_sets(sweep | {"run": sweep["sweep"]}, x_y, args.seed, args.checkpoint, args.save_every)
    write_parquet(trajectory_table(sweep, trajectory), args.trajectory)
    record(args.provenance, sweep["sweep"], sweep, args.seed)
    args.checkpoint.unlink(missing_ok=True)


if __name__ == "__main__":
    main()

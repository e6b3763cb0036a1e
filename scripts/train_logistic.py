"""Train one logistic configuration for all its seeds, every step of gradient descent executed.

In: the run's parameters (JSON), its data set, the root seed, the file for the state of an interrupted run. Out:
snapshots (w, b) and the certificate on what was left out (Parquet). A job that was stopped goes on where it was.
"""

import argparse
import json
from pathlib import Path

from grokking.logistic.trajectory import trajectory_table
from grokking.planar.training import certificate_table, train_run
from grokking.results.files import read_parquet, write_parquet
from grokking.results.provenance import record


def main() -> None:
    """Read the arguments, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--save-every", type=float, required=True, help="seconds between checkpoints")
    for output in ("trajectory", "certificate", "provenance"):
        parser.add_argument(f"--{output}", required=True)
    args = parser.parse_args()
    run = args.run
    trajectory = train_run(run, read_parquet(args.data), args.seed, args.checkpoint, args.save_every)
    write_parquet(trajectory_table(trajectory), args.trajectory)
    write_parquet(certificate_table(run, trajectory), args.certificate)
    record(args.provenance, run["run"], run, args.seed)
    args.checkpoint.unlink(missing_ok=True)


if __name__ == "__main__":
    main()

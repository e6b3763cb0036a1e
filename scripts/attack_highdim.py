"""Attack the snapshots of one high-dimensional logistic configuration, exactly and by PGD in float32 and float64.

In: the run's parameters (JSON), the root seed and its trajectory. Out: curves of adversarial accuracy and of the share
of points at which PGD sees no gradient (Parquet).
"""

import argparse
import json
import sys

import pyarrow as pa
from grokking.highdim.attack import attack_accuracies
from grokking.highdim.run import snapshots, standard_test_set
from grokking.logistic.attacks import Attack
from grokking.results.files import read_arrays, write_parquet
from grokking.results.provenance import record
from grokking.results.rows import curve_rows


def main() -> None:
    """Read the arguments, attack one seed after the other, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    for file in ("trajectory", "curves", "provenance"):
        parser.add_argument(f"--{file}", required=True)
    args = parser.parse_args()
    run, trajectory, parts = args.run, read_arrays(args.trajectory), []
    attack = Attack(run["attack_eps"], run["attack_step"], run["attack_n_steps"])
    for seed in range(run["n_seeds"]):
        steps, w, b = snapshots(run, trajectory, seed)
        found = attack_accuracies(standard_test_set(run, args.seed, seed).chunks(), w, b, attack)
        curves = {(name, "standard"): values for name, values in found.items()}
        parts.append(curve_rows(run["run"], seed, steps, curves))
        print(f"{run['run']}: seed {seed + 1} of {run['n_seeds']} attacked", file=sys.stderr, flush=True)
    write_parquet(pa.concat_tables(parts), args.curves)
    record(args.provenance, run["run"], run, args.seed)


if __name__ == "__main__":
    main()

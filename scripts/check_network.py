"""Check the accelerated times of a network run against plain gradient descent with every step executed, seed 0.

In: the run's parameters (JSON), its times (Parquet), the root seed. Out: rows of the table `bounds` (Parquet). Fails
where the times differ by more than the acceleration is allowed to.
"""

import argparse
import json
import logging

from grokking.networks.run import check
from grokking.results.files import read_parquet, write_parquet
from grokking.results.provenance import record

SEED = 0


def main() -> None:
    """Read the arguments, descend step by step, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    for table in ("times", "bounds", "provenance"):
        parser.add_argument(f"--{table}", required=True)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    rows = [row for row in read_parquet(args.times).to_pylist() if row["seed"] == SEED]
    found = {row["quantity"]: row["step"] for row in rows}
    table = check(args.run, args.seed, SEED, found["t1"], found["t2"])
    facts = dict(zip(table["quantity"].to_pylist(), table["value"].to_pylist(), strict=True))
    if facts["violations"]:
        plain = f"t1 {facts['t1_plain']}, t2 {facts['t2_plain']}"
        raise SystemExit(f"{args.run['run']}: every step executed gives {plain}, the acceleration {found}")
    write_parquet(table, args.bounds)
    record(args.provenance, args.run["run"], args.run, args.seed)


if __name__ == "__main__":
    main()

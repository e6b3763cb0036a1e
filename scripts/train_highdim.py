"""Train one high-dimensional logistic configuration for all its seeds; the data is streamed and never stored.

In: the run's parameters (JSON) and the root seed. Out: snapshots (w, b) and the numbers that vouch for them (.npz).
"""

import argparse
import json
import logging
import sys

from grokking.highdim.descent import NotCertifiedError, NotSeparatedError
from grokking.highdim.training import train_run
from grokking.results.files import write_arrays
from grokking.results.provenance import record


def main() -> None:
    """Read the arguments, train, write; a run that cannot be followed ends with one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--trajectory", required=True)
    parser.add_argument("--provenance", required=True)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        write_arrays(train_run(args.run, args.seed), args.trajectory)
    except (NotSeparatedError, NotCertifiedError) as error:
        sys.exit(f"{args.run['run']}: {error}")
    record(args.provenance, args.run["run"], args.run, args.seed)


if __name__ == "__main__":
    main()

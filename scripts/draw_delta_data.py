"""Draw a design of the delta sweep: training and test points of every balance of support vectors and every seed.

In: the design's parameters (JSON) and the root seed. Out: one row a point (Parquet).
"""

import argparse
import json

from grokking.planar.delta_sweep import draw_design
from grokking.results.files import write_parquet
from grokking.results.provenance import record


def main() -> None:
    """Read the arguments, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--design", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--provenance", required=True)
    args = parser.parse_args()
    write_parquet(draw_design(args.design, args.seed), args.data)
    record(args.provenance, args.design["name"], args.design, args.seed)


if __name__ == "__main__":
    main()

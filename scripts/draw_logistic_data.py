"""Draw a logistic data set: training points, standard and concentrated test points of every seed.

In: the data set's parameters (JSON) and the root seed. Out: one row a point (Parquet).
"""

import argparse
import json

import pyarrow as pa
from grokking.planar.data import as_table, draw
from grokking.results.files import write_parquet
from grokking.results.provenance import record


def main() -> None:
    """Read the arguments, draw one seed after the other, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--provenance", required=True)
    args = parser.parse_args()
    dataset, parts = args.dataset, []
    for seed in range(dataset["n_seeds"]):
        parts += [as_table(seed, split, points) for split, points in draw(dataset, args.seed, seed).items()]
    write_parquet(pa.concat_tables(parts), args.data)
    record(args.provenance, dataset["name"], dataset, args.seed)


if __name__ == "__main__":
    main()

"""Draw a ridge data set: map, teacher, points, initialisation and noise of every seed, reduced to what runs need.

In: the data set's parameters (JSON) and the root seed. Out: arrays with the seed as first axis (.npz).
"""

import argparse
import json
import sys

from grokking.results.files import write_arrays
from grokking.results.provenance import record
from grokking.ridge.problem import draw_problem, stack


def main() -> None:
    """Read the arguments, draw one seed after the other, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=json.loads, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--provenance", required=True)
    args = parser.parse_args()
    dataset, problems = args.dataset, []
    for seed in range(dataset["n_seeds"]):
        sizes = (dataset["m"], dataset["d"], dataset["n_points"])
        problems.append(draw_problem(dataset["features"], *sizes, args.seed, seed))
        print(f"{dataset['name']}: seed {seed + 1} of {dataset['n_seeds']} drawn", file=sys.stderr)
    write_arrays(stack(problems), args.data)
    record(args.provenance, dataset["name"], dataset, args.seed)


if __name__ == "__main__":
    main()

"""The logistic data sets as tables: one row a point, seeds and splits below each other.

A data set is a mapping with the keys of `logistic.data` in the configuration: name, n_pos, n_neg, planting, s_pos,
s_neg, u_limit, gamma, alpha, n_test, perturbation, n_seeds.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grokking.planar.data import Dataset, concentrated_test_set, perturbed, standard_test_set, training_set

TRAINING = ("gamma", "n_pos", "n_neg", "planting", "s_pos", "s_neg", "u_limit")


def draw(dataset: Mapping, root: int, seed: int) -> dict[str, Dataset]:
    """Return the splits train, standard and concentrated of one replicate.

    With perturbation > 0 every replicate is seed 0's, with a relative error of its own on the training points.
    """
    drawn = 0 if dataset["perturbation"] else seed
    train = training_set(root, drawn, **{key: dataset[key] for key in TRAINING})
    if dataset["perturbation"]:
        train = perturbed(train, root, drawn, seed, dataset["perturbation"])
    gamma, n = dataset["gamma"], dataset["n_test"]
    return {
        "train": train,
        "standard": standard_test_set(root, drawn, gamma=gamma, n=n),
        "concentrated": concentrated_test_set(root, drawn, gamma=gamma, alpha=dataset["alpha"], n=n),
    }


def as_table(seed: int, split: str, points: Dataset) -> pa.Table:
    """Return points as rows (seed, split, x_1, x_2, y, planted)."""
    count = len(points.y)
    return pa.table(
        {
            "seed": pa.array(np.full(count, seed), pa.int64()),
            "split": [split] * count,
            "x_1": points.x[:, 0],
            "x_2": points.x[:, 1],
            "y": pa.array(points.y, pa.int8()),
            "planted": points.planted,
        }
    )


def points(table: pa.Table, seed: int, split: str) -> Dataset:
    """Return the points of one replicate and split, labels as floats; the inverse of `as_table`."""
    rows = table.filter((pc.field("seed") == seed) & (pc.field("split") == split))
    x = np.column_stack([rows["x_1"].to_numpy(), rows["x_2"].to_numpy()])
    return Dataset(x, rows["y"].to_numpy().astype(float), rows["planted"].to_numpy())

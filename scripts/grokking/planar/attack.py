"""Adversarial accuracy of one logistic configuration along training: exact, and by PGD in two precisions.

A configuration ("run") is a mapping with run, n_seeds, attack_eps, attack_step and attack_n_steps.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from grokking.logistic.attacks import Attack, exact_accuracy, pgd_accuracy
from grokking.logistic.trajectory import read_trajectory
from grokking.planar.data import points
from grokking.results.rows import Series
from grokking.results.snapshots import thinned

DTYPES = (np.float32, np.float64)


def attack_series(run: Mapping, data: pa.Table, trajectory: pa.Table, seed: int) -> tuple[np.ndarray, Series]:
    """Return thinned steps and, on the standard test points, accuracies under attack and shares of masked points.

    The box that attacked points stay in is the range of the coordinates of the points attacked.
    """
    steps, w, b = read_trajectory(trajectory, seed)
    kept = thinned(steps)
    test = points(data, seed, "standard")
    box = {"low": float(test.x.min()), "high": float(test.x.max())}
    eps = run["attack_eps"]
    snapshots = list(zip(w[kept], b[kept], strict=True))
    found = {"adversarial_exact": [exact_accuracy(test.x, test.y, *now, eps=eps, **box) for now in snapshots]}
    for dtype in DTYPES:
        attack = Attack(eps, run["attack_step"], run["attack_n_steps"], dtype)
        accuracy, masked = zip(*(pgd_accuracy(test.x, test.y, *now, attack, **box) for now in snapshots), strict=True)
        found[f"adversarial_pgd_{dtype.__name__}"] = accuracy
        found[f"masked_{dtype.__name__}"] = masked
    return steps[kept], {(name, "standard"): np.array(values) for name, values in found.items()}

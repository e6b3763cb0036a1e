"""Adversarial accuracy of one configuration in two dimensions along training: exact, and by PGD in two precisions."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.logistic.attacks import Attack, exact_accuracy, pgd_accuracy
from grokking.logistic.trajectory import read_trajectory
from grokking.planar.data import points
from grokking.results.files import read_parquet, write_parquet
from grokking.results.jobs import seeds_of, stage
from grokking.results.rows import Series, curve_rows
from grokking.results.snapshots import thinned

DTYPES = (np.float32, np.float64)


@dataclass(frozen=True)
class AttackRun:
    """What an attack depends on, named as in the table `runs`."""

    run: str
    n_seeds: int
    attack_eps: float
    attack_step: float
    attack_n_steps: int


@stage
def attack(run: AttackRun, seed: int, data: Path, trajectory: Path, curves: Path) -> None:
    """Attack thinned snapshots of every replicate and write the curves; the root `seed` is only recorded."""
    drawn, trained = read_parquet(data), read_parquet(trajectory)
    parts = [
        curve_rows(run.run, replicate, *attack_series(run, drawn, trained, replicate))
        for replicate in seeds_of(run.run, run.n_seeds, "attacked")
    ]
    write_parquet(pa.concat_tables(parts), curves)


def attack_series(run: AttackRun, data: pa.Table, trajectory: pa.Table, seed: int) -> tuple[np.ndarray, Series]:
    """Return thinned steps and, on the standard test points, accuracies under attack and shares of masked points.

    The box that attacked points stay in is the range of the coordinates of the points attacked.
    """
    steps, w, b = read_trajectory(trajectory, seed)
    kept = thinned(steps)
    test = points(data, seed, "standard")
    box = {"low": float(test.x.min()), "high": float(test.x.max())}
    snapshots = list(zip(w[kept], b[kept], strict=True))
    safe = [exact_accuracy(test.x, test.y, *now, eps=run.attack_eps, **box) for now in snapshots]
    found = {"adversarial_exact": safe}
    for dtype in DTYPES:
        how = Attack(run.attack_eps, run.attack_step, run.attack_n_steps, dtype)
        accuracy, masked = zip(*(pgd_accuracy(test.x, test.y, *now, how, **box) for now in snapshots), strict=True)
        found[f"adversarial_pgd_{dtype.__name__}"] = accuracy
        found[f"masked_{dtype.__name__}"] = masked
    return steps[kept], {(name, "standard"): np.array(values) for name, values in found.items()}

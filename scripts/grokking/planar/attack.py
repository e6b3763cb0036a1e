"""Adversarial accuracy of runs in two dimensions along training: exact, and by PGD in three precisions.

PGD is not iterated: which points it cannot move decides where it ends (`attacks.masked_pgd`). In float32 it is also run
on (w, b) / ||w||, the same classifier.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.logistic.attacks import CUTOFFS, exact_accuracies, masked_pgd
from grokking.logistic.trajectory import read_trajectories
from grokking.planar.data import Dataset, read_points
from grokking.results.files import write_parquet
from grokking.results.jobs import seeds_of, stage
from grokking.results.rows import Series, Time, curve_rows, time_rows
from grokking.results.snapshots import shown

RISE = 0.005
"""An attack has met masked points where accuracy is this much above that under the exact one."""


@dataclass(frozen=True)
class AttackRun:
    """What an attack depends on, named as in the table `runs`."""

    run: str
    dataset: str
    reduction: str
    horizon: int
    n_seeds: int
    attack_eps: float


@dataclass(frozen=True)
class AttackExperiment:
    """The runs of an experiment."""

    name: str
    runs: tuple[AttackRun, ...]


@stage
def attack(
    experiment: AttackExperiment, seed: int, data: list[Path], trajectories: list[Path], curves: Path, times: Path
) -> None:
    """Attack the shown snapshots of every replicate, write curves and onsets; the root `seed` is only recorded."""
    drawn, trained = read_points(data), read_trajectories(trajectories)
    series, onsets = [], []
    for run in experiment.runs:
        for replicate in seeds_of(run.run, run.n_seeds, "attacked"):
            test = drawn[run.dataset, replicate]["standard"]
            steps, found = attack_series(run, test, *trained[run.run, replicate])
            series.append(curve_rows(run.run, replicate, steps, found))
            onsets.append(time_rows(run.run, replicate, onset_times(steps, found), run.horizon))
    write_parquet(pa.concat_tables(series), curves)
    write_parquet(pa.concat_tables(onsets), times)


def attack_series(
    run: AttackRun, test: Dataset, steps: np.ndarray, w: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, Series]:
    """Return the shown steps and, on the test points, accuracies under attack and shares of masked points.

    The box that attacked points stay in is the range of the coordinates of the points attacked.
    """
    kept = shown(steps, smooth=run.reduction == "mean")
    steps, w, b = steps[kept], w[kept], b[kept]
    ball = {"eps": run.attack_eps, "low": float(test.x.min()), "high": float(test.x.max())}
    found = {"adversarial_exact": exact_accuracies(test.x, test.y, w, b, **ball)}
    for dtype in CUTOFFS:
        accuracy, masked = masked_pgd(test.x, test.y, w, b, **ball, dtype=dtype)
        found |= {f"adversarial_pgd_{dtype}": accuracy, f"masked_{dtype}": masked}
    norm = np.linalg.norm(w, axis=1)
    same = masked_pgd(test.x, test.y, w / norm[:, None], b / norm, **ball, dtype="float32")
    found["adversarial_pgd_float32_normalised"] = same[0]
    return steps, {(name, "standard"): values for name, values in found.items()}


def onset_times(steps: np.ndarray, found: Series) -> list[tuple[str, None, Time]]:
    """Return the first shown step at which PGD in each precision leaves RISE more points right than the exact one."""
    exact, times = found["adversarial_exact", "standard"], []
    for dtype in CUTOFFS:
        risen = np.flatnonzero(found[f"adversarial_pgd_{dtype}", "standard"] > exact + RISE)
        first = int(risen[0]) if risen.size else len(steps) - 1
        spacing = int(steps[first] - steps[first - 1]) if first else 1
        time = Time(int(steps[first]), False, spacing) if risen.size else Time(None, True, spacing)
        times.append((f"t_attack_{dtype}", None, time))
    return times

"""Small runs beyond the papers, which several test modules train."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from called import arguments
from grokking.beyond.sets import PlanarRun
from grokking.logistic.model import gradient_step
from grokking.planar.data import Dataset
from grokking.results.files import read_parquet
from grokking.results.jobs import Stage

PLANAR = PlanarRun(
    run="run",
    eta=0.01,
    horizon=5000,
    eps=(0.0, 0.1),
    n_seeds=2,
    n_pos=100,
    n_neg=100,
    planting="full",
    s_pos=40,
    s_neg=30,
    gamma=1e-3,
    alpha=10.0,
    n_test=200,
)


def tables_of(stage: Stage, folder: Path, *runs: PlanarRun) -> list[pd.DataFrame]:
    """Return the tables curves, times and bounds that the job of an experiment writes, called as its rule does."""
    files = {name: folder / name for name in ("curves", "times", "bounds")}
    experiment = {"run": "experiment", "runs": [asdict(run) for run in runs]}
    stage.main(None, arguments(folder, files, experiment=experiment, seed=3))
    return [read_parquet(file).to_pandas() for file in files.values()]


def executed(points: Dataset, steps: Iterable[int], eta: float, decay: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """Return ||w|| and b (k, 2) at ascending `steps` of plain gradient descent on the mean loss, executed."""
    w, b, now, found = np.zeros(2), 0.0, 0, []
    for step in steps:
        while now < step:
            next_w, next_b = gradient_step(w, b, points.x, points.y, eta=eta / len(points.y), bias=True)
            w, b, now = next_w - decay[0] * w, float(next_b) - decay[1] * b, now + 1
        found.append((np.linalg.norm(w), b))
    return np.array(found)


def states_of(curves: pd.DataFrame, run: str, seed: int) -> pd.DataFrame:
    """Return ||w|| and b of a run's curves: index step."""
    of_run = curves[(curves["run"] == run) & (curves["seed"] == seed)]
    return of_run.pivot_table(index="step", columns="quantity", values="value")[["norm", "bias"]]

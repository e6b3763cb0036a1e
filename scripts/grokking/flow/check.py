"""The trainer by mean loss against descent with every step executed, on a small problem: one row of `brute_force`.

At d = 1024 and 1e6 points one step takes a third of a second. On a small problem all of them can be executed.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.flow.trainer import train
from grokking.highdim.data import Population
from grokking.logistic.comparison import compared_row, relative_errors, violation
from grokking.results.files import write_parquet
from grokking.results.jobs import StageError, stage
from grokking.steps import log_spaced_steps

log = logging.getLogger(__name__)

SEED = 0
SNAPSHOTS = 141
TOLERANCE = 1e-10
"""Largest relative error of (w, b) that is accepted at any snapshot."""


@dataclass(frozen=True)
class CheckedRun:
    """A run small enough to execute every step of it; `degree` is that of the collocation."""

    run: str
    d: int
    n_pos: int
    n_neg: int
    gamma: float
    eta: float
    horizon: int
    degree: int


@stage
def check_mean(run: CheckedRun, seed: int, out: Path) -> None:
    """Compare replicate 0, drawn from the root `seed`, with a bias, and write the row.

    Raises StageError where the error is above its tolerance.
    """
    population = Population(seed, SEED, run.d, run.n_pos, run.n_neg, gamma=run.gamma)
    steps = log_spaced_steps(run.horizon, SNAPSHOTS)
    w, b = train(population, run.eta, run.horizon, degree=run.degree)[0].at(steps)
    errors = relative_errors(np.column_stack([w, b]), executed(population, run.eta, steps))
    about = {"run": run.run, "model": "highdim", "seed": SEED, "contracting": None}
    row = compared_row(about, "(w, b)", steps, errors, TOLERANCE)
    log.info("%s", row)
    if line := violation(row):
        raise StageError(line)
    write_parquet(pa.Table.from_pylist([row]), out)


def executed(population: Population, eta: float, steps: np.ndarray) -> np.ndarray:
    """Return (w, b) (k, d + 1) at `steps` (k,), ascending, each step a full pass over all points in float64."""
    chunks = list(population.chunks())
    y = np.concatenate([chunk.y for chunk in chunks])
    v = np.column_stack([np.concatenate([chunk.z for chunk in chunks]), y])
    upright, rate = np.ascontiguousarray(v.T), eta / len(v)
    theta, now, found = np.zeros(v.shape[1]), 0, np.empty((len(steps), v.shape[1]))
    for index, step in enumerate(steps):
        for _ in range(step - now):
            theta += rate * (upright @ (1 / (1 + np.exp(v @ theta))))
        found[index], now = theta, step
    return found

"""Late steps of the replicates of a delta sweep, and how far they are from steps executed one by one.

A sweep is a mapping as in `delta_sweep`; tables hold points and snapshots (w, b) of all its replicates.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from grokking.logistic.trajectory import read_trajectory
from grokking.planar.data import points
from grokking.planar.delta_sweep import replicates, rows_of
from grokking.planar.late import LateRun, UnstableError, extend
from grokking.steps import late_steps

AGREEMENT = 1e-8
"""Largest relative error of (w, b) that is accepted of late steps where every step was executed too."""


def extended(sweep: Mapping, data: pa.Table, early: pa.Table) -> Iterator[tuple[Mapping, int, LateRun]]:
    """Yield run, seed and late steps from `start` to `horizon` of every replicate, given its snapshots `early`.

    Raises UnstableError, naming the replicate, where gradient descent does not follow a slow curve.
    """
    for run, seed in replicates(sweep):
        start = read_trajectory(rows_of(early, run, seed), seed)[0][-1]
        yield run, seed, _extend(sweep, run, seed, data, early, late_steps(int(start), sweep["horizon"]))


def disagreements(sweep: Mapping, data: pa.Table, early: pa.Table, exact: pa.Table) -> Iterator[dict]:
    """Yield rows of `bounds`: relative errors of (w, b) at late steps of all replicates that `exact` has as well."""
    for run, seed in replicates(sweep):
        known = read_trajectory(rows_of(early, run, seed), seed)[0]
        steps, w, b = read_trajectory(rows_of(exact, run, seed), seed)
        later = steps >= known[-1]
        executed = np.column_stack([w, b])[later]
        late = _extend(sweep, run, seed, data, early, steps[later])
        error = np.linalg.norm(np.column_stack([late.w, late.b]) - executed, axis=1)
        error /= np.linalg.norm(executed, axis=1)
        for value, where in ((error[-1], f"at step {steps[-1]}"), (error.max(), f"at its worst to step {steps[-1]}")):
            equation = f"late against executed (w, b), relative, {where}"
            yield {"run": run["run"], "seed": seed, "quantity": "late_error", "value": value, "equation": equation}


def _extend(sweep: Mapping, run: Mapping, seed: int, data: pa.Table, early: pa.Table, steps: np.ndarray) -> LateRun:
    train = points(rows_of(data, run, seed), seed, "train")
    known, w, b = read_trajectory(rows_of(early, run, seed), seed)
    try:
        return extend(
            train.x, train.y, w[-1], b[-1], eta=sweep["eta"], start=int(known[-1]), steps=steps, bias=sweep["bias"]
        )
    except UnstableError as error:
        raise UnstableError(f"{run['run']}, seed {seed}: {error}") from error

"""The runs in two dimensions against gradient descent written in the most naive way, and the rows that say how close.

On the summed loss every seed is compared over its first steps, beyond which chaotic ones have forgotten their last
digits. Seed 0 is compared over all of its executed steps and the flow after them if its descent contracts all along; if
it settles on a cycle of period 2, which its first steps need not lead to in the same way, over the flow alone, from
where that begins. On the mean loss seed 0 is compared from the start.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grokking.logistic import evaluation
from grokking.logistic.comparison import compared_row, relative_errors, violation
from grokking.logistic.model import signed_features
from grokking.logistic.trajectory import read_trajectories
from grokking.planar.data import Dataset, read_points
from grokking.planar.predictions import EvaluationRun
from grokking.planar.run import UNSTABLE, Replicate, series, times_table
from grokking.results.files import read_parquet, write_parquet
from grokking.results.jobs import StageError, stage

log = logging.getLogger(__name__)

TOLERANCE = 1e-9
"""Largest relative error of (w, b) that is accepted of a run that settles, and of any run up to the step SHORT."""
SHORT = 100
CHAOTIC = 1000
"""To this step the error is measured and not judged: it grows where descent is chaotic."""
SETTLED = 10_000
"""A run is called contracting where step lambda_max <= 2 at every snapshot from this step on."""
ROUNDING = 1e-12
"""A bias that stays below is rounding alone, as that of mirrored points, and so is the place of its peak."""
REPORT_EVERY = 30.0  # seconds


@dataclass(frozen=True)
class CheckRun(EvaluationRun):
    """What an evaluation depends on, and the step up to which plain gradient descent is executed at most."""

    executed_to: int


@dataclass(frozen=True)
class CheckedExperiment:
    """The runs of an experiment."""

    name: str
    runs: tuple[CheckRun, ...]


@stage
def check(
    experiment: CheckedExperiment, data: list[Path], trajectories: list[Path], certificates: list[Path], out: Path
) -> None:
    """Compare runs with plain gradient descent; write rows of `brute_force`. StageError where one is not as close."""
    rows, flow_from = [], flow_starts(map(read_parquet, certificates))
    drawn, trained = read_points(data), read_trajectories(trajectories)
    for run in experiment.runs:
        for seed in range(run.n_seeds if run.reduction == "sum" else 1):
            found = Replicate(drawn[run.dataset, seed], *trained[run.run, seed])
            for row in compared(run, seed, found, flow_from.get((run.run, seed))):
                if line := violation(row):
                    raise StageError(line)
                rows.append(row)
    write_parquet(pa.Table.from_pylist(rows), out)


def flow_starts(certificates: Iterable[pa.Table]) -> dict[tuple[str, int], int | None]:
    """Return by run and seed the step from which it was followed, None where every step was executed."""
    found = [table.filter(pc.field("quantity") == "flow_from") for table in certificates]
    return {
        (row["run"], row["seed"]): None if row["value"] is None else int(row["value"])
        for table in found
        for row in table.to_pylist()
    }


def compared(run: CheckRun, seed: int, found: Replicate, flow_from: int | None) -> Iterator[dict]:
    """Yield rows of `brute_force` of one seed: to the steps SHORT and CHAOTIC; of seed 0, to `executed_to`.

    Only the latter on the mean loss, which knows no chaos.
    """
    contracting = is_contracting(run, found)
    about = {"run": run.run, "model": "logistic", "seed": seed, "contracting": contracting}
    if run.reduction == "sum":
        steps, errors = _executed(run, seed, found, 0, CHAOTIC)[1:]
        for end, tolerance in ((SHORT, TOLERANCE), (CHAOTIC, None)):
            yield compared_row(about, "(w, b)", steps[steps <= end], errors[steps <= end], tolerance)
    start = 0 if contracting or run.reduction == "mean" else flow_from
    if seed == 0 and start is not None and min(run.executed_to, found.steps[-1]) > max(start, CHAOTIC):
        again, steps, errors = _executed(run, seed, found, start, run.executed_to)
        same = _compared_times(run, seed, found, again)
        yield compared_row(about, "(w, b)", steps, errors, TOLERANCE, **same)


def is_contracting(run: EvaluationRun, found: Replicate) -> bool:
    """Whether step lambda_max <= 2 at every snapshot from step SETTLED on."""
    late, train = found.steps >= SETTLED, found.splits["train"]
    if not late.any():
        return False
    law = {"step": run.step, "bias": run.bias, "weights": train.weight}
    values = evaluation.sharpness(train.x, train.y, found.w[late], found.b[late], **law)
    return bool(np.all(values <= UNSTABLE))


def _executed(
    run: EvaluationRun, seed: int, found: Replicate, start: int, end: int
) -> tuple[Replicate, np.ndarray, np.ndarray]:
    """Return the snapshots to `end` with those after `start` executed, the steps (k,) of these, their errors (k,)."""
    kept = found.steps <= end
    steps, stored = found.steps[kept], np.column_stack([found.w, found.b])[kept]
    new = steps > start
    first = stored[~new][-1] if start else np.array([0, 0, run.b_0])
    states = stored.copy()
    name = f"{run.run}, seed {seed}"
    states[new] = descend(found.splits["train"], first, start, steps[new], step_size=run.step, bias=run.bias, name=name)
    again = Replicate(found.splits, steps, states[:, :2], states[:, 2])
    return again, steps[new], relative_errors(stored[new], states[new])


def descend(
    train: Dataset, theta: np.ndarray, start: int, steps: np.ndarray, *, step_size: float, bias: bool, name: str
) -> np.ndarray:
    """Return (w_1, w_2, b) at each of `steps` (k,), shape (k, 3), by full passes over all points.

    theta <- theta + step_size sum_i c_i sigmoid(-m_i) y_i (x_i, 1), m_i = y_i (w.x_i + b), c_i the weight of a point,
    from theta (3,) at step `start`. b stays if not `bias`.
    """
    signed, done = signed_features(train.x, train.y, bias=True), start
    pulls = step_size * train.weight[:, None] * signed * [1, 1, bias]
    states = np.empty((len(steps), 3))
    began = reported = time.monotonic()
    with np.errstate(over="ignore"):  # exp(m) = inf: the point pulls with 0, as it should
        for row, step in enumerate(steps):
            for _ in range(step - done):
                theta = theta + (1 / (1 + np.exp(signed @ theta))) @ pulls
            done, states[row] = int(step), theta
            if (now := time.monotonic()) - reported > REPORT_EVERY:
                rate, reported = (done - start) / (now - began), now
                left = (steps[-1] - done) / rate
                log.info("%s: %d of %d steps, %.0f a second, %.0f s left", name, done, steps[-1], rate, left)
    return states


def _compared_times(run: EvaluationRun, seed: int, found: Replicate, again: Replicate) -> dict:
    """Return how many times of the stored snapshots, as far as others were executed, are those of the executed."""
    count = len(again.steps)
    stored = Replicate(found.splits, again.steps, found.w[:count], found.b[:count])
    rows, others = (times_table(run, seed, one, series(run, one)).to_pylist() for one in (stored, again))
    of_bias = ("t_peak", "t_phase") if np.abs(stored.b).max() < ROUNDING else ()
    pairs = [pair for pair in zip(rows, others, strict=True) if not pair[0]["quantity"].startswith(of_bias)]
    return {"n_times": len(pairs), "n_times_equal": sum(_is_same(*pair) for pair in pairs)}


def _is_same(one: dict, other: dict) -> bool:
    if one["censored"] or other["censored"]:
        return one["censored"] and other["censored"]
    return abs(one["step"] - other["step"]) <= one["resolution"] * one["step"]

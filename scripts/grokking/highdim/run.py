"""What one high-dimensional logistic configuration did, read from its snapshots: series, times and summary numbers."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.highdim.accuracy import (
    accuracies,
    concentrated_accuracy_from_angle,
    saved_models,
    standard_accuracy_from_angle,
    standard_test_set,
    tangent_to_w_true,
)
from grokking.highdim.data import Concentrated
from grokking.highdim.descent import TOLERANCE
from grokking.highdim.training import SampledRun, Trajectories
from grokking.logistic import evaluation
from grokking.logistic.phases import LOGGED_FROM, Number, bias_and_accuracy, crossings, existing
from grokking.results.files import read_arrays, write_parquet
from grokking.results.jobs import seeds_of, stage
from grokking.results.rows import Series, Time, bound_rows, curve_rows, time_rows
from grokking.times import first_crossing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EvaluationRun(SampledRun):
    """A run with what the evaluation of its snapshots depends on; `eps` are the levels of its times."""

    alpha: float
    n_test: int
    n_snapshots: int
    horizon: int
    eps: tuple[float, ...]


@stage
def evaluate(run: EvaluationRun, seed: int, trajectory: Path, curves: Path, times: Path, summary: Path) -> None:
    """Evaluate one replicate after the other, its points drawn from the root seed `seed`, and write three tables."""
    saved, parts = read_arrays(trajectory), []
    for replicate in seeds_of(run.run, run.n_seeds, "evaluated"):
        found = series(run, seed, saved, replicate)
        parts.append(
            (
                curve_rows(run.run, replicate, *found),
                time_table(run, replicate, saved, *found),
                summary_table(run, replicate, saved, *found),
            )
        )
    for path, tables in zip((curves, times, summary), zip(*parts, strict=True), strict=True):
        write_parquet(pa.concat_tables(tables), path)


def series(run: EvaluationRun, root: int, trajectory: Trajectories, seed: int) -> tuple[np.ndarray, Series]:
    """Return the steps (k,) of one seed's evaluated snapshots and every series over them."""
    steps, w, b = saved_models(trajectory, seed, run.n_snapshots)
    tangent, gamma, alpha = tangent_to_w_true(w), run.gamma, run.alpha
    found = {
        ("bias", "train"): b,
        ("bias_distance", "train"): evaluation.bias_distance(w, b),
        ("angle", "train"): evaluation.angle(w, np.full(run.d, 1 / np.sqrt(run.d))),
        ("accuracy_from_angle", "standard"): standard_accuracy_from_angle(tangent, gamma),
        ("accuracy_from_angle", "concentrated"): concentrated_accuracy_from_angle(tangent, gamma, alpha),
    }
    sets = {
        "train": run.training_set(root, seed),
        "standard": standard_test_set(root, seed, run.d, run.n_test, run.gamma),
        "concentrated": Concentrated(root, seed, run.d, run.n_test, gamma, alpha),
    }
    for split, points in sets.items():
        log.info("%s: seed %d of %d, %s points", run.run, seed + 1, run.n_seeds, split)
        found["accuracy", split] = accuracies(points.chunks(), w, b)
    return steps, found


def time_table(run: EvaluationRun, seed: int, trajectory: Trajectories, steps: np.ndarray, found: Series) -> pa.Table:
    """Return the crossings of all accuracies, the separation, and from where the flow replaces the steps."""
    rows = crossings(vars(run), steps, found)
    rows += [(name, None, _exact_time(int(step[seed]))) for name, step in _exact_steps(trajectory)]
    return time_rows(run.run, seed, rows, run.horizon)


def _exact_steps(trajectory: Trajectories) -> Iterator[tuple[str, np.ndarray]]:
    yield "t_separation", trajectory["separation"]
    yield "t_flow", trajectory["flow_from"]


def _exact_time(step: int) -> Time:
    return Time(step, False, 0) if step >= 0 else Time(None, True, 0)


def numbers(
    run: EvaluationRun, seed: int, trajectory: Trajectories, steps: np.ndarray, found: Series
) -> dict[str, Number]:
    """Return single numbers of one seed with their definitions."""
    accuracy, predicted = found["accuracy", "concentrated"], found["accuracy_from_angle", "concentrated"]
    trained = first_crossing(steps, found["accuracy", "train"], 0.0, run.horizon).step
    rise = None if trained is None else accuracy[-1] - accuracy[np.searchsorted(steps, trained)]
    logged = steps >= min(LOGGED_FROM, steps[-1])
    error = np.abs(accuracy - predicted)[logged].max()
    return bias_and_accuracy(steps, found) | {
        "late_rise": (rise, "concentrated accuracy, end less at T_tr(0)"),
        "angle_error": (error, "max |concentrated accuracy - accuracy from the angle|, t >= 100"),
        "bias_cost": (predicted[-1] - accuracy[-1], "accuracy from the angle - concentrated accuracy, end"),
        "final_angle": (found["angle", "train"][-1], "angle of w and w_true in radians, end"),
        "omitted_gradient": (trajectory["left_out"][seed], f"certificate: at most {TOLERANCE:g} of the gradient"),
        "core_rows": (trajectory["n_core"][seed], "rows that push after separation"),
    }


def summary_table(
    run: EvaluationRun, seed: int, trajectory: Trajectories, steps: np.ndarray, found: Series
) -> pa.Table:
    """Return the summary numbers as rows of `bounds`; one that does not exist has no row."""
    return bound_rows(run.run, seed, existing(numbers(run, seed, trajectory, steps, found)))

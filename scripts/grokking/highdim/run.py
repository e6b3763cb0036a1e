"""What one high-dimensional logistic configuration did, read from its snapshots: series, times and summary numbers.

A configuration ("run") is a mapping with run, d, n_pos, n_neg, s_pos, s_neg, gamma, alpha, n_test, n_seeds, horizon,
n_snapshots and eps, a list; `trajectory` is what `highdim_training.train_run` returns.
"""

import logging
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from grokking.highdim.accuracy import (
    accuracies,
    concentrated_accuracy_from_angle,
    standard_accuracy_from_angle,
    tangent_to_w_true,
)
from grokking.highdim.data import Concentrated, Population
from grokking.highdim.descent import TOLERANCE
from grokking.highdim.training import training_set
from grokking.logistic import evaluation
from grokking.logistic.phases import LOGGED_FROM, Number, bias_and_accuracy, crossings, existing
from grokking.results.rows import Series, Time, bound_rows, time_rows
from grokking.results.snapshots import log_spaced_pairs
from grokking.seeds import Role
from grokking.times import first_crossing

log = logging.getLogger(__name__)


def snapshots(run: Mapping, trajectory: Mapping, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return steps (k,), w (k, d) and b (k,) of the snapshots of one seed that are evaluated, step 0 left out."""
    kept = log_spaced_pairs(trajectory["step"], run["n_snapshots"])
    kept = kept[trajectory["step"][kept] > 0]
    return trajectory["step"][kept], trajectory["w"][seed, kept], trajectory["b"][seed, kept]


def standard_test_set(run: Mapping, root: int, seed: int) -> Population:
    """Return fresh points of P, half of them a class."""
    half = run["n_test"] // 2
    return Population(root, seed, run["d"], half, half, gamma=run["gamma"], role=Role.TEST)


def series(run: Mapping, root: int, trajectory: Mapping, seed: int) -> tuple[np.ndarray, Series]:
    """Return the steps (k,) of one seed's evaluated snapshots and every series over them."""
    steps, w, b = snapshots(run, trajectory, seed)
    tangent, gamma, alpha = tangent_to_w_true(w), run["gamma"], run["alpha"]
    found = {
        ("bias", "train"): b,
        ("bias_distance", "train"): evaluation.bias_distance(w, b),
        ("angle", "train"): evaluation.angle(w, np.full(run["d"], 1 / np.sqrt(run["d"]))),
        ("accuracy_from_angle", "standard"): standard_accuracy_from_angle(tangent, gamma),
        ("accuracy_from_angle", "concentrated"): concentrated_accuracy_from_angle(tangent, gamma, alpha),
    }
    sets = {
        "train": training_set(run, root, seed),
        "standard": standard_test_set(run, root, seed),
        "concentrated": Concentrated(root, seed, run["d"], run["n_test"], gamma, alpha),
    }
    for split, points in sets.items():
        log.info("%s: seed %d of %d, %s points", run["run"], seed + 1, run["n_seeds"], split)
        found["accuracy", split] = accuracies(points.chunks(), w, b)
    return steps, found


def times_table(run: Mapping, seed: int, trajectory: Mapping, steps: np.ndarray, found: Series) -> pa.Table:
    """Return the crossings of all accuracies, the separation, and from where the flow replaces the steps."""
    rows = crossings(run, steps, found)
    rows += [(name, None, _exact_time(int(step[seed]))) for name, step in _exact_steps(trajectory)]
    return time_rows(run["run"], seed, rows, run["horizon"])


def _exact_steps(trajectory: Mapping) -> Iterator[tuple[str, np.ndarray]]:
    yield "t_separation", trajectory["separation"]
    yield "t_flow", trajectory["flow_from"]


def _exact_time(step: int) -> Time:
    return Time(step, False, 0) if step >= 0 else Time(None, True, 0)


def summary(run: Mapping, seed: int, trajectory: Mapping, steps: np.ndarray, found: Series) -> dict[str, Number]:
    """Return single numbers of one seed with their definitions."""
    accuracy, predicted = found["accuracy", "concentrated"], found["accuracy_from_angle", "concentrated"]
    trained = first_crossing(steps, found["accuracy", "train"], 0.0, run["horizon"]).step
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


def summary_table(run: Mapping, seed: int, trajectory: Mapping, steps: np.ndarray, found: Series) -> pa.Table:
    """Return the summary numbers as rows of `bounds`; one that does not exist has no row."""
    return bound_rows(run["run"], seed, existing(summary(run, seed, trajectory, steps, found)))

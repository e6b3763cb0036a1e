"""What one logistic configuration did, read from its snapshots: series, times, phases and summary numbers.

A configuration ("run") is a mapping with run, eta, bias, horizon, n_seeds and eps, a list. Series are those of one seed
over its snapshots; functions that end in `_table` return rows of a table.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from grokking.logistic import evaluation
from grokking.logistic.geometry import W_TRUE
from grokking.logistic.phases import SPLITS, Number, _logged, _target, bias_and_accuracy, crossings, existing, phases
from grokking.logistic.trajectory import read_trajectory
from grokking.planar.data import points
from grokking.results.rows import Series, Time, bound_rows, curve_rows, time_rows
from grokking.results.snapshots import bin_means, log_bins, thinned

UNSTABLE = 2.0
"""Above this value of eta lambda_max, gradient descent is not a discretised gradient flow."""


def series(run: Mapping, data: pa.Table, trajectory: pa.Table, seed: int) -> tuple[np.ndarray, Series]:
    """Return the steps (k,) of one seed's snapshots and every series over them."""
    steps, w, b = read_trajectory(trajectory, seed)
    train = points(data, seed, "train")
    log_a_pos, log_a_neg = evaluation.log_exponential_sums(train.x, train.y, w)
    found = {
        ("bias", "train"): b,
        ("bias_distance", "train"): evaluation.bias_distance(w, b),
        ("angle", "train"): evaluation.angle(w, W_TRUE),
        ("log_A_pos", "train"): log_a_pos,
        ("log_A_neg", "train"): log_a_neg,
        ("loss", "train"): evaluation.loss(train.x, train.y, w, b),
        ("sharpness", "train"): evaluation.sharpness(train.x, train.y, w, b, eta=run["eta"], bias=run["bias"]),
    }
    for split in SPLITS.values():
        test = points(data, seed, split)
        found["accuracy", split] = evaluation.accuracy(test.x, test.y, w, b)
    return steps, found


def thinned_curves_table(run: Mapping, seed: int, steps: np.ndarray, found: Series) -> pa.Table:
    """Return the rows of `curves` that figures need: log-spaced steps, each with the step after it."""
    kept = thinned(steps)
    return curve_rows(run["run"], seed, steps[kept], {name: values[kept] for name, values in found.items()})


def times_table(run: Mapping, seed: int, steps: np.ndarray, found: Series) -> pa.Table:
    """Return first and last crossings of train and test accuracy at every eps, and where the phases begin."""
    rows = crossings(run, steps, found)
    for name, step in phases(steps, found).items():
        index = int(np.searchsorted(steps, step))
        rows.append((name, None, Time(step, False, int(steps[index] - steps[index - 1]) if index else 1)))
    return time_rows(run["run"], seed, rows, run["horizon"])


def summary(steps: np.ndarray, found: Series) -> dict[str, Number]:
    """Return single numbers of one seed with their definitions, from means over bins of log t."""
    firsts, bins = log_bins(steps)
    logged = _logged(firsts)
    b, target = bin_means(found["bias", "train"], bins), bin_means(_target(found), bins)
    towards = np.diff(b[logged]) * (target - b)[logged][:-1] > 0
    unstable = bin_means(found["sharpness", "train"], bins)[logged] > UNSTABLE
    return bias_and_accuracy(steps, found) | {
        "towards_target": (towards.mean(), "share of log t >= 100 in which b moves towards 0.5 log(A+/A-)"),
        "bias_over_target": (b[-1] / target[-1] if target[-1] else None, "b / (0.5 log(A+/A-)), end"),
        "share_unstable": (unstable.mean(), "share of log t >= 100 with eta lambda_max > 2"),
    }


def summary_table(run: Mapping, seed: int, steps: np.ndarray, found: Series) -> pa.Table:
    """Return the summary numbers as rows of `bounds`; one that does not exist has no row."""
    return bound_rows(run["run"], seed, existing(summary(steps, found)))

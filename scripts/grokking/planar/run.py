"""What the runs of an experiment in two dimensions did, read from their snapshots: curves, times and single numbers.

Where support vectors are planted in both classes, their counts say what delta is, and Theorem 4.6 of arXiv 2602.08302
has something to say: predictions of T_te, and hypotheses that are audited one by one. On data without them the theorem
names no support vectors, and nothing of it is computed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.logistic import evaluation, theory
from grokking.logistic.geometry import W_TRUE
from grokking.logistic.phases import (
    Number,
    bias_and_accuracy,
    bias_target,
    crossings,
    existing,
    logged_bins,
    phases,
)
from grokking.logistic.trajectory import read_trajectories
from grokking.planar.data import Dataset, read_points
from grokking.planar.predictions import TABLE, EvaluationRun, Predictions, predicted_time
from grokking.results.files import write_parquet
from grokking.results.jobs import seeds_of, stage
from grokking.results.rows import Fact, Series, Time, bound_rows, curve_rows, time_rows
from grokking.results.snapshots import bin_means, log_bins, log_spaced, shown
from grokking.smooth.theory import geometric_time, largest_residual

UNSTABLE = 2.0
"""Above this value of step lambda_max, gradient descent is not a discretised gradient flow."""
AUDITED = 16
"""Steps of the audit of hypotheses in a decade."""
TOLERANCE = 0.01
"""A limit is reached, or a hypothesis holds, within this fraction."""
PEAK_FROM = 20
"""Steps before are the first ones of a bias that overshoots."""


@dataclass(frozen=True)
class Evaluation:
    """The runs of an experiment."""

    name: str
    runs: tuple[EvaluationRun, ...]


@dataclass(frozen=True)
class Replicate:
    """The points of one seed by split, and its snapshots: steps (k,), w (k, 2), b (k,)."""

    splits: dict[str, Dataset]
    steps: np.ndarray
    w: np.ndarray
    b: np.ndarray

    @cached_property
    def separator(self) -> tuple[np.ndarray, float]:
        """w_hat (2,) and b_hat of the training points' hard-margin SVM."""
        return theory.hard_margin_separator(self.splits["train"].x, self.splits["train"].y)


@stage
def evaluate(
    experiment: Evaluation,
    seed: int,
    data: list[Path],
    trajectories: list[Path],
    curves: Path,
    times: Path,
    bounds: Path,
    predicted: Path,
) -> None:
    """Evaluate one replicate of one run after the other and write the tables; the root `seed` is only recorded."""
    drawn, trained = read_points(data), read_trajectories(trajectories)
    parts, theories = [], [TABLE.empty_table()]
    for run in experiment.runs:
        predictions = Predictions.of(run)
        theories += predictions.curves
        for replicate in seeds_of(run.run, run.n_seeds, "evaluated"):
            found = Replicate(drawn[run.dataset, replicate], *trained[run.run, replicate])
            parts.append(tables(run, replicate, found, predictions))
    for path, rows in zip((curves, times, bounds), zip(*parts, strict=True), strict=True):
        write_parquet(pa.concat_tables(rows), path)
    write_parquet(pa.concat_tables(theories), predicted)


def tables(
    run: EvaluationRun, seed: int, found: Replicate, predictions: Predictions
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Return rows of `curves`, `times` and `bounds` of one seed."""
    every = series(run, found)
    kept = shown(found.steps, smooth=run.reduction == "mean")
    curves = {name: values[kept] for name, values in every.items()} | _shown_alone(run, found, kept)
    facts = existing(summary(found.steps, every)) + predictions.facts
    if run.planted:
        facts += theorem_facts(run, found)
    return (
        curve_rows(run.run, seed, found.steps[kept], curves),
        pa.concat_tables([times_table(run, seed, found, every), *predicted_times(run, seed, predictions)]),
        bound_rows(run.run, seed, facts),
    )


def series(run: EvaluationRun, found: Replicate) -> Series:
    """Return those series that times and single numbers are read from, over all snapshots."""
    train, w, b = found.splits["train"], found.w, found.b
    log_a_pos, log_a_neg = evaluation.log_exponential_sums(train.x, train.y, w, train.weight)
    law = {"step": run.step, "bias": run.bias, "weights": train.weight}
    return {
        ("bias", "train"): b,
        ("bias_distance", "train"): evaluation.bias_distance(w, b),
        ("log_A_pos", "train"): log_a_pos,
        ("log_A_neg", "train"): log_a_neg,
        ("sharpness", "train"): evaluation.sharpness(train.x, train.y, w, b, **law),
        **{("accuracy", name): evaluation.accuracy(split.x, split.y, w, b) for name, split in found.splits.items()},
    }


def _shown_alone(run: EvaluationRun, found: Replicate, kept: np.ndarray) -> Series:
    """Return those series that nothing is read from, at the kept snapshots.

    Two accuracies are of changed classifiers: without its bias, and with w turned to w_true.
    """
    train, test, w, b = found.splits["train"], found.splits["concentrated"], found.w[kept], found.b[kept]
    norm = np.linalg.norm(w, axis=1)
    loss = evaluation.loss(train.x, train.y, w, b, train.weight)
    alone = {
        ("norm", "train"): norm,
        ("angle", "train"): evaluation.angle(w, W_TRUE),
        ("loss", "train"): loss if run.reduction == "sum" else loss / len(train.y),
        ("accuracy_without_bias", "concentrated"): evaluation.accuracy(test.x, test.y, w, 0 * b),
        ("accuracy_without_tilt", "concentrated"): evaluation.accuracy(test.x, test.y, norm[:, None] * W_TRUE, b),
    }
    log_delta = {("log_delta", "train"): theory.log_delta_on(train.x, train.y, w, train.weight)}
    return alone | (log_delta if run.planted else {})


def times_table(run: EvaluationRun, seed: int, found: Replicate, every: Series) -> pa.Table:
    """Return rows of `times`: crossings of accuracies at every eps, phases, the bias at its limit, predicted T_te."""
    steps, rows = found.steps, crossings(vars(run), found.steps, every)
    for name, step in phases(steps, every).items():
        rows.append((name, None, _at(steps, int(np.searchsorted(steps, step)))))
    if run.bias:
        logged = np.flatnonzero(steps >= min(PEAK_FROM, steps[-1]))
        rows.append(("t_peak", None, _at(steps, int(logged[np.argmax(every["bias_distance", "train"][logged])]))))
        rows += [("T_te_geometric", eps, _geometric_time(run, found, eps)) for eps in run.eps]
    if run.imbalanced:
        violation = theory.limit_violation(found.b, -theory.log_delta(run.s_pos, run.s_neg))
        rows.append(("t_bias_limit", TOLERANCE, theory.holds_from(steps, violation, TOLERANCE)))
    if run.planted and run.bias:
        rows += [("T_te_bound", eps, _latest_time(run, found, eps)) for eps in run.eps]
    return time_rows(run.run, seed, rows, run.horizon)


def predicted_times(run: EvaluationRun, seed: int, predictions: Predictions) -> list[pa.Table]:
    """Return rows of `times` that need no run, where there are any."""
    return [time_rows(run.run, seed, predictions.times, horizon=None)] if predictions.times else []


def _at(steps: np.ndarray, index: int) -> Time:
    return Time(int(steps[index]), False, int(steps[index] - steps[index - 1]) if index else 1)


def _geometric_time(run: EvaluationRun, found: Replicate, eps: float) -> Time:
    """Return the last t at which |b| >= kappa gamma ||w|| / 2, a fraction eps of the concentrated points being wrong.

    Without a tilt of w, that is. It is between snapshots; null where |b| is smaller throughout, or not at the end.
    """
    law = {"kappa": theory.kappa(eps, run.alpha), "gamma": run.gamma}
    time = geometric_time(found.steps, found.w, found.b, **law)
    if not np.isfinite(time):
        return Time(None, True, 1)
    return Time(int(np.rint(time)), False, _at(found.steps, int(np.searchsorted(found.steps, time))).resolution)


def _latest_time(run: EvaluationRun, found: Replicate, eps: float) -> Time:
    """Return the right-hand side of (15), T_te <= exp(gamma B / 2 + |log delta| / kappa), with the run's own B."""
    kappa, b_inf = theory.kappa(eps, run.alpha), theory.log_delta(run.s_pos, run.s_neg)
    return predicted_time(theory.theorem_time(b_inf, kappa, _residual(run, found)))


def _residual(run: EvaluationRun, found: Replicate) -> float:
    """Return gamma B / 2 of the run."""
    return run.gamma / 2 * largest_residual(found.steps, found.w, found.separator[0])


def summary(steps: np.ndarray, found: Series) -> dict[str, Number]:
    """Return single numbers of one seed with their definitions, from means over bins of log t."""
    firsts, bins = log_bins(steps)
    logged = logged_bins(firsts)
    b, target = bin_means(found["bias", "train"], bins), bin_means(bias_target(found), bins)
    towards = np.diff(b[logged]) * (target - b)[logged][:-1] > 0
    unstable = bin_means(found["sharpness", "train"], bins)[logged] > UNSTABLE
    return bias_and_accuracy(steps, found) | {
        "towards_target": (
            towards.mean() if towards.size else None,
            "share of log t >= 100 in which b moves towards 0.5 log(A+/A-)",
        ),
        "bias_over_target": (b[-1] / target[-1] if target[-1] else None, "b / (0.5 log(A+/A-)), end"),
        "share_unstable": (unstable.mean(), "share of log t >= 100 with a sharpness > 2"),
    }


def theorem_facts(run: EvaluationRun, found: Replicate) -> list[Fact]:
    """Return delta by counts and as measured, the hypotheses of Theorem 4.6, and the error of eq. (11) for b."""
    kept = log_spaced(found.steps, AUDITED)
    seen = Replicate(found.splits, found.steps[kept], found.w[kept], found.b[kept])
    facts = [*_delta_numbers(run, seen), *_hypotheses(found, seen)]
    facts.append(("gamma_B_half", _residual(run, found), "B = sup over t >= 1 of ||w - w_hat log t||"))
    return facts + list(_flow_errors(run, seen)) if run.imbalanced else facts


def _delta_numbers(run: EvaluationRun, seen: Replicate) -> Iterator[Fact]:
    train = seen.splits["train"]
    yield "log_delta_counts", theory.log_delta(run.s_pos, run.s_neg), "log delta = 0.5 log(S-/S+)"
    measured = theory.log_delta_on(train.x, train.y, seen.w[-1:], train.weight)[0]
    yield "log_delta_measured", measured, "log delta = 0.5 log(A-/A+), last step"
    for sign, value in zip(("pos", "neg"), _support_sums(run, seen), strict=True):
        yield (
            f"log_A_S_{sign}",
            value,
            "log of the limit of t A over support vectors, t = step size x steps",
        )


def _support_sums(run: EvaluationRun, seen: Replicate) -> tuple[float, float]:
    """Return log A_S+ and log A_S-, read where rho has come to rest: at the last step."""
    train = seen.splits["train"]
    x, y, counts = (values[train.planted] for values in (train.x, train.y, train.weight))
    sums = theory.log_support_sums(x, y, seen.steps[-1:], seen.w[-1:], step=run.step, counts=counts)
    return float(sums[0][0]), float(sums[1][0])


def _flow_errors(run: EvaluationRun, seen: Replicate) -> Iterator[Fact]:
    """Yield the mean over log t, from t_0 to the paper's horizon, of the relative error of eq. (11) for b."""
    sums = _support_sums(run, seen)
    for start in theory.FLOW_STARTS:
        followed = (seen.steps >= start) & (seen.steps <= theory.PAPER_HORIZON)
        if np.count_nonzero(followed) > 1:
            t, b = seen.steps[followed], seen.b[followed]
            error = np.abs(theory.bias_flow(t, t[0], b[0], *sums) - b) / np.abs(b)
            yield "bias_flow_error", error.mean(), flow_equation(start)


def flow_equation(start: int) -> str:
    """Return how the table `bounds` names eq. (11) followed from step `start`."""
    return f"eq. (11) from t0 = {start:g}"


def _hypotheses(found: Replicate, seen: Replicate) -> Iterator[Fact]:
    """Yield whether each hypothesis of Theorem 4.6 holds at the end, from which step, and its size at the horizons."""
    train, steps, w = seen.splits["train"], seen.steps, seen.w
    x, y, planted = train.x, train.y, train.planted
    w_hat, b_hat = found.separator
    yield "separator_offset", abs(b_hat), "Assumption 3.1: b of the hard-margin SVM, margins 1"
    yield "hypothesis", abs(b_hat) <= TOLERANCE, "Assumption 3.1"
    violations = {
        "A_S = A, eq. (10)": theory.population_violation(x, y, planted, w, train.weight),
        "exponential tail, eq. (10)": theory.tail_violation(x[planted], y[planted], w, seen.b),
        "w = w_hat log t + rho": theory.growth_violation(steps, w, w_hat),
    }
    at_paper = int(np.searchsorted(steps, theory.PAPER_HORIZON))
    for equation, violation in violations.items():
        time = theory.holds_from(steps, violation, TOLERANCE)
        yield "hypothesis", not time.censored, equation
        if at_paper < len(steps):
            yield "violation_at_1e7", violation[at_paper], equation
        yield "violation_at_end", violation[-1], equation
        if not time.censored:
            yield "holds_from", time.step, equation

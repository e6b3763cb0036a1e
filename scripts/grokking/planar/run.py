"""What one configuration in two dimensions did, read from its snapshots: curves, times and single numbers.

Where support vectors are planted in both classes, their counts say what delta is, and Theorem 4.6 of arXiv 2602.08302
has something to say: predictions of T_te, and hypotheses that are audited one by one. On data without them the theorem
names no support vectors, and nothing of it is computed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.logistic import evaluation, reduced, theory
from grokking.logistic.geometry import W_TRUE
from grokking.logistic.phases import (
    SPLITS,
    Number,
    bias_and_accuracy,
    bias_target,
    crossings,
    existing,
    logged_bins,
    phases,
)
from grokking.logistic.trajectory import read_trajectory
from grokking.planar.data import Dataset, points
from grokking.results.files import read_parquet, write_parquet
from grokking.results.jobs import seeds_of, stage
from grokking.results.rows import Fact, Series, Time, bound_rows, curve_rows, time_rows
from grokking.results.snapshots import bin_means, log_bins, log_spaced, thinned

UNSTABLE = 2.0
"""Above this value of eta lambda_max, gradient descent is not a discretised gradient flow."""
AUDITED = 16
"""Steps of the audit of hypotheses in a decade."""
TOLERANCE = 0.01
"""A limit is reached, or a hypothesis holds, within this fraction."""


@dataclass(frozen=True)
class EvaluationRun:
    """What an evaluation depends on, named as in the table `runs`; eps are levels of times."""

    run: str
    eta: float
    bias: bool
    horizon: int
    n_seeds: int
    gamma: float
    alpha: float
    s_pos: int
    s_neg: int
    eps: tuple[float, ...]

    @property
    def planted(self) -> bool:
        """Whether both classes have planted support vectors."""
        return self.s_pos > 0 and self.s_neg > 0

    @property
    def imbalanced(self) -> bool:
        """Whether their counts draw a bias that is learnt away from 0."""
        return self.bias and self.planted and self.s_pos != self.s_neg


@dataclass(frozen=True)
class Replicate:
    """The points of one seed by split, and its snapshots: steps (k,), w (k, 2), b (k,)."""

    splits: dict[str, Dataset]
    steps: np.ndarray
    w: np.ndarray
    b: np.ndarray


@stage
def evaluate(
    run: EvaluationRun, seed: int, data: Path, trajectory: Path, curves: Path, times: Path, bounds: Path
) -> None:
    """Evaluate one replicate after the other and write the three tables; the root `seed` is only recorded."""
    drawn, trained = read_parquet(data), read_parquet(trajectory)
    parts = [
        tables(run, replicate, read_replicate(drawn, trained, replicate))
        for replicate in seeds_of(run.run, run.n_seeds, "evaluated")
    ]
    for path, rows in zip((curves, times, bounds), zip(*parts, strict=True), strict=True):
        write_parquet(pa.concat_tables(rows), path)


def read_replicate(data: pa.Table, trajectory: pa.Table, seed: int) -> Replicate:
    """Return points and snapshots of one seed."""
    splits = {split: points(data, seed, split) for split in SPLITS.values()}
    return Replicate(splits, *read_trajectory(trajectory, seed))


def tables(run: EvaluationRun, seed: int, found: Replicate) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Return rows of `curves`, `times` and `bounds` of one seed."""
    every = series(run, found)
    kept = thinned(found.steps)
    shown = {name: values[kept] for name, values in every.items()} | _shown_alone(run, found, kept)
    facts = existing(summary(found.steps, every))
    if run.planted:
        facts += theorem_facts(run, found)
    return (
        curve_rows(run.run, seed, found.steps[kept], shown),
        times_table(run, seed, found, every),
        bound_rows(run.run, seed, facts),
    )


def series(run: EvaluationRun, found: Replicate) -> Series:
    """Return those series that times and single numbers are read from, over all snapshots."""
    train, w, b = found.splits["train"], found.w, found.b
    log_a_pos, log_a_neg = evaluation.log_exponential_sums(train.x, train.y, w)
    sharpness = evaluation.sharpness(train.x, train.y, w, b, eta=run.eta, bias=run.bias)
    return {
        ("bias", "train"): b,
        ("bias_distance", "train"): evaluation.bias_distance(w, b),
        ("log_A_pos", "train"): log_a_pos,
        ("log_A_neg", "train"): log_a_neg,
        ("sharpness", "train"): sharpness,
        **{("accuracy", name): evaluation.accuracy(split.x, split.y, w, b) for name, split in found.splits.items()},
    }


def _shown_alone(run: EvaluationRun, found: Replicate, kept: np.ndarray) -> Series:
    """Return those series that nothing is read from, at the kept snapshots."""
    train, w = found.splits["train"], found.w[kept]
    shown = {
        ("angle", "train"): evaluation.angle(w, W_TRUE),
        ("loss", "train"): evaluation.loss(train.x, train.y, w, found.b[kept]),
    }
    return shown | ({("log_delta", "train"): theory.log_delta_on(train.x, train.y, w)} if run.planted else {})


def times_table(run: EvaluationRun, seed: int, found: Replicate, every: Series) -> pa.Table:
    """Return rows of `times`: crossings of accuracies at every eps, phases, the bias at its limit, predicted T_te."""
    steps, rows = found.steps, crossings(vars(run), found.steps, every)
    for name, step in phases(steps, every).items():
        index = int(np.searchsorted(steps, step))
        rows.append((name, None, Time(step, False, int(steps[index] - steps[index - 1]) if index else 1)))
    if run.imbalanced:
        violation = theory.limit_violation(found.b, -theory.log_delta(run.s_pos, run.s_neg))
        rows.append(("t_bias_limit", TOLERANCE, theory.holds_from(steps, violation, TOLERANCE)))
    measured = time_rows(run.run, seed, rows, run.horizon)
    if not (run.planted and run.bias):
        return measured
    return pa.concat_tables([measured, time_rows(run.run, seed, _predicted_times(run), horizon=None)])


def _predicted_times(run: EvaluationRun) -> Iterator[tuple[str, float, Time]]:
    counts, law = (run.s_pos, run.s_neg), {"eta": run.eta, "gamma": run.gamma}
    log_delta, constant = theory.log_delta(*counts), theory.reduced_constant(*counts, **law)
    for eps in run.eps:
        kappa = theory.kappa(eps, run.alpha)
        model = reduced.generalisation_time(*counts, kappa=kappa, **law)
        for name, step in (("model", model), ("theorem", theory.theorem_time(-log_delta, kappa, constant))):
            yield f"T_te_{name}", eps, Time(int(np.rint(step)), False, 0)


def summary(steps: np.ndarray, found: Series) -> dict[str, Number]:
    """Return single numbers of one seed with their definitions, from means over bins of log t."""
    firsts, bins = log_bins(steps)
    logged = logged_bins(firsts)
    b, target = bin_means(found["bias", "train"], bins), bin_means(bias_target(found), bins)
    towards = np.diff(b[logged]) * (target - b)[logged][:-1] > 0
    unstable = bin_means(found["sharpness", "train"], bins)[logged] > UNSTABLE
    return bias_and_accuracy(steps, found) | {
        "towards_target": (towards.mean(), "share of log t >= 100 in which b moves towards 0.5 log(A+/A-)"),
        "bias_over_target": (b[-1] / target[-1] if target[-1] else None, "b / (0.5 log(A+/A-)), end"),
        "share_unstable": (unstable.mean(), "share of log t >= 100 with eta lambda_max > 2"),
    }


def theorem_facts(run: EvaluationRun, found: Replicate) -> list[Fact]:
    """Return delta by counts and as measured, the hypotheses of Theorem 4.6, and the error of eq. (11) for b."""
    kept = log_spaced(found.steps, AUDITED)
    seen = Replicate(found.splits, found.steps[kept], found.w[kept], found.b[kept])
    facts = [*_delta_numbers(run, seen), *_hypotheses(seen)]
    return facts + list(_flow_errors(run, seen)) if run.imbalanced else facts


def _delta_numbers(run: EvaluationRun, seen: Replicate) -> Iterator[Fact]:
    train = seen.splits["train"]
    yield "log_delta_counts", theory.log_delta(run.s_pos, run.s_neg), "log delta = 0.5 log(S-/S+)"
    measured = theory.log_delta_on(train.x, train.y, seen.w[-1:])[0]
    yield "log_delta_measured", measured, "log delta = 0.5 log(A-/A+), last step"
    for sign, value in zip(("pos", "neg"), _support_sums(run, seen), strict=True):
        yield f"log_A_S_{sign}", value, "log of the limit of t A over support vectors, t = eta steps, last step"


def _support_sums(run: EvaluationRun, seen: Replicate) -> tuple[float, float]:
    """Return log A_S+ and log A_S-, read where rho has come to rest: at the last step."""
    train = seen.splits["train"]
    x, y = train.x[train.planted], train.y[train.planted]
    sums = theory.log_support_sums(x, y, seen.steps[-1:], seen.w[-1:], eta=run.eta)
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


def _hypotheses(seen: Replicate) -> Iterator[Fact]:
    """Yield whether each hypothesis of Theorem 4.6 holds at the end, from which step, and its size at the horizons."""
    train, steps, w = seen.splits["train"], seen.steps, seen.w
    x, y, planted = train.x, train.y, train.planted
    w_hat, b_hat = theory.hard_margin_separator(x, y)
    yield "separator_offset", abs(b_hat), "Assumption 3.1: b of the hard-margin SVM, margins 1"
    yield "hypothesis", abs(b_hat) <= TOLERANCE, "Assumption 3.1"
    violations = {
        "A_S = A, eq. (10)": theory.population_violation(x, y, planted, w),
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

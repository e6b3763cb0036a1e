"""What one replicate of a delta sweep did: curves, times, their predictions, and the theorem's hypotheses one by one.

A sweep is a mapping as in `delta_sweep` with eps, a list, gamma and alpha; a run one of its `runs`. `curves`, `times`
and `bounds` make rows of the table they are named after.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa

from grokking.logistic import evaluation, reduced
from grokking.logistic import theory as bias_theory
from grokking.logistic.phases import CROSSINGS
from grokking.logistic.trajectory import read_trajectory
from grokking.planar.data import Dataset, points
from grokking.planar.delta_sweep import rows_of
from grokking.results.rows import Fact, Time, bound_rows, curve_rows, time_rows
from grokking.results.snapshots import log_spaced

PER_DECADE = 16
"""Steps of a curve, and of the audit of hypotheses, in a decade."""
TOLERANCE = 0.01
"""A limit is reached, or a hypothesis holds, within this fraction."""
SPLITS = {"T_tr": "train", "T_te_concentrated": "concentrated"}


@dataclass(frozen=True)
class Replicate:
    """Training and concentrated test points, all snapshots steps (k,), w (k, 2), b (k,), and indices `kept` of some."""

    train: Dataset
    concentrated: Dataset
    steps: np.ndarray
    w: np.ndarray
    b: np.ndarray
    kept: np.ndarray


def read_replicate(run: Mapping, seed: int, data: pa.Table, early: pa.Table, late: pa.Table) -> Replicate:
    """Return one replicate with executed and late steps joined; the first late step is the last executed one."""
    drawn = rows_of(data, run, seed)
    parts = [read_trajectory(rows_of(early, run, seed), seed), read_trajectory(rows_of(late, run, seed), seed)]
    steps, w, b = (np.concatenate([first[:-1], second]) for first, second in zip(*parts, strict=True))
    splits = [points(drawn, seed, split) for split in SPLITS.values()]
    return Replicate(*splits, steps, w, b, log_spaced(steps, PER_DECADE))


def accuracies(found: Replicate) -> dict[str, np.ndarray]:
    """Return the accuracy (k,) on the training and on the concentrated test points."""
    both = {"train": found.train, "concentrated": found.concentrated}
    return {name: evaluation.accuracy(split.x, split.y, found.w, found.b) for name, split in both.items()}


def curves(run: Mapping, seed: int, found: Replicate, accuracy: Mapping[str, np.ndarray]) -> pa.Table:
    """Return rows of `curves` at the kept steps."""
    kept, train = found.kept, found.train
    series = {("accuracy", split): values[kept] for split, values in accuracy.items()}
    series["bias", "train"] = found.b[kept]
    series["bias_distance", "train"] = evaluation.bias_distance(found.w[kept], found.b[kept])
    series["log_delta", "train"] = bias_theory.log_delta_on(train.x, train.y, found.w[kept])
    return curve_rows(run["run"], seed, found.steps[kept], series)


def times(sweep: Mapping, run: Mapping, seed: int, found: Replicate, accuracy: Mapping[str, np.ndarray]) -> pa.Table:
    """Return rows of `times`: first and last crossings at every eps, the bias at its limit, and predictions of T_te."""
    measured = time_rows(run["run"], seed, _measured_times(sweep, run, found, accuracy), sweep["horizon"])
    if not sweep["bias"]:
        return measured
    return pa.concat_tables([measured, time_rows(run["run"], seed, _predicted_times(sweep, run), horizon=None)])


def _measured_times(
    sweep: Mapping, run: Mapping, found: Replicate, accuracy: Mapping[str, np.ndarray]
) -> Iterator[tuple[str, float, Time]]:
    for (name, split), (suffix, crossing), eps in product(SPLITS.items(), CROSSINGS.items(), sweep["eps"]):
        yield name + suffix, eps, crossing(found.steps, accuracy[split], eps, sweep["horizon"])
    log_delta = bias_theory.log_delta(run["s_pos"], run["s_neg"])
    if sweep["bias"] and log_delta:
        violation = bias_theory.limit_violation(found.b, -log_delta)
        yield "t_bias_limit", TOLERANCE, bias_theory.holds_from(found.steps, violation, TOLERANCE)


def _predicted_times(sweep: Mapping, run: Mapping) -> Iterator[tuple[str, float, Time]]:
    for eps, (name, predicted) in product(sweep["eps"], _PREDICTIONS.items()):
        step = int(np.rint(predicted(sweep, run, bias_theory.kappa(eps, sweep["alpha"]))))
        yield name, eps, Time(step, False, 0)


def _reduced_time(sweep: Mapping, run: Mapping, kappa: float) -> float:
    return reduced.generalisation_time(run["s_pos"], run["s_neg"], eta=sweep["eta"], gamma=sweep["gamma"], kappa=kappa)


def _theorem_time(sweep: Mapping, run: Mapping, kappa: float) -> float:
    counts = run["s_pos"], run["s_neg"]
    constant = bias_theory.reduced_constant(*counts, eta=sweep["eta"], gamma=sweep["gamma"])
    return bias_theory.theorem_time(-bias_theory.log_delta(*counts), kappa, constant)


_PREDICTIONS = {"T_te_model": _reduced_time, "T_te_theorem": _theorem_time}


def bounds(sweep: Mapping, run: Mapping, seed: int, found: Replicate) -> pa.Table:
    """Return rows of `bounds`: delta by counts and as measured, eq. (11) against b, and the audit of hypotheses."""
    facts = [*_delta_numbers(sweep, run, found), *_hypotheses(found)]
    if sweep["bias"] and run["s_pos"] != run["s_neg"]:
        facts += _flow_errors(sweep, found)
    return bound_rows(run["run"], seed, facts)


def _delta_numbers(sweep: Mapping, run: Mapping, found: Replicate) -> Iterator[Fact]:
    yield "log_delta_counts", bias_theory.log_delta(run["s_pos"], run["s_neg"]), "log delta = 0.5 log(S-/S+)"
    measured = bias_theory.log_delta_on(found.train.x, found.train.y, found.w[-1:])[0]
    yield "log_delta_measured", measured, "log delta = 0.5 log(A-/A+), last step"
    for sign, value in zip(("pos", "neg"), _support_sums(sweep, found), strict=True):
        yield f"log_A_S_{sign}", value, "log of the limit of t A over support vectors, t = eta steps, last step"


def _support_sums(sweep: Mapping, found: Replicate) -> tuple[float, float]:
    """Return log A_S+ and log A_S-, read where rho has come to rest: at the last step."""
    planted = found.train.planted
    x, y = found.train.x[planted], found.train.y[planted]
    sums = bias_theory.log_support_sums(x, y, found.steps[-1:], found.w[-1:], eta=sweep["eta"])
    return float(sums[0][0]), float(sums[1][0])


def _flow_errors(sweep: Mapping, found: Replicate) -> Iterator[Fact]:
    """Yield the mean over log t, from t_0 to the paper's horizon, of the relative error of eq. (11) for b."""
    sums = _support_sums(sweep, found)
    steps, b = found.steps[found.kept], found.b[found.kept]
    for start in bias_theory.FLOW_STARTS:
        followed = (steps >= start) & (steps <= bias_theory.PAPER_HORIZON)
        if np.count_nonzero(followed) > 1:
            t, values = steps[followed], b[followed]
            error = np.abs(bias_theory.bias_flow(t, t[0], values[0], *sums) - values) / np.abs(values)
            yield "bias_flow_error", error.mean(), flow_equation(start)


def flow_equation(start: int) -> str:
    """Return how the table `bounds` names eq. (11) followed from step `start`."""
    return f"eq. (11) from t0 = {start:g}"


def _hypotheses(found: Replicate) -> Iterator[Fact]:
    """Yield whether each hypothesis of Theorem 4.6 holds at the end, from which step, and its size at the horizons."""
    train, steps = found.train, found.steps[found.kept]
    w, b, planted = found.w[found.kept], found.b[found.kept], found.train.planted
    w_hat, b_hat = bias_theory.hard_margin_separator(train.x, train.y)
    yield "separator_offset", abs(b_hat), "Assumption 3.1: b of the hard-margin SVM, margins 1"
    yield "hypothesis", abs(b_hat) <= TOLERANCE, "Assumption 3.1"
    violations = {
        "A_S = A, eq. (10)": bias_theory.population_violation(train.x, train.y, planted, w),
        "exponential tail, eq. (10)": bias_theory.tail_violation(train.x[planted], train.y[planted], w, b),
        "w = w_hat log t + rho": bias_theory.growth_violation(steps, w, w_hat),
    }
    at_paper = min(int(np.searchsorted(steps, bias_theory.PAPER_HORIZON)), len(steps) - 1)
    for equation, violation in violations.items():
        time = bias_theory.holds_from(steps, violation, TOLERANCE)
        yield "hypothesis", not time.censored, equation
        yield "violation_at_1e7", violation[at_paper], equation
        yield "violation_at_end", violation[-1], equation
        if not time.censored:
            yield "holds_from", time.step, equation

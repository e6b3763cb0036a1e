"""What theory says of a run in two dimensions before it is trained: curves, times and numbers without a free parameter.

Of every run with support vectors planted in both classes the reduced model and Theorem 4.6 of arXiv 2602.08302 say
something; of runs on the mean loss, whose descent is smooth, the two-variable flow of `smooth.theory` does, too.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from grokking.logistic import reduced, theory
from grokking.logistic.geometry import W_TRUE
from grokking.results.rows import Fact, Time
from grokking.results.snapshots import log_spaced
from grokking.smooth import theory as flow
from grokking.smooth.descent import UnstableError
from grokking.steps import flow_steps

log = logging.getLogger(__name__)

FURTHEST = 10**13
"""Predicted curves are followed to this step, or to the run's horizon: times beyond it are null."""
PER_DECADE = 20
"""Steps of predicted curves in a decade."""
SPREAD_FROM = 1.0
"""The ||w|| from which the laws of plain data's noise are given: they are those of a long w."""
LONGEST = np.iinfo(np.int64).max
"""No table holds a longer time: it is null."""
TABLE = pa.schema({"run": pa.string(), "quantity": pa.string(), "step": pa.int64(), "value": pa.float64()})
"""Of the table `theory`."""
NamedTime = tuple[str, float | None, Time]


@dataclass(frozen=True)
class EvaluationRun:
    """What an evaluation depends on, named as in the table `runs`; eps are levels of times."""

    run: str
    dataset: str
    reduction: str
    eta: float
    bias: bool
    b_0: float
    horizon: int
    n_seeds: int
    n_pos: int
    n_neg: int
    planting: str
    s_pos: float
    s_neg: float
    gap: float
    margin_points: int
    mirrored: bool
    gamma: float
    alpha: float
    eps: tuple[float, ...]
    attack_n_steps: int

    @property
    def step(self) -> float:
        """What a step of descent multiplies the gradient of the summed loss with."""
        return self.eta / (self.n_pos + self.n_neg) if self.reduction == "mean" else self.eta

    @property
    def planted(self) -> bool:
        """Whether both classes have planted support vectors."""
        return self.s_pos > 0 and self.s_neg > 0

    @property
    def imbalanced(self) -> bool:
        """Whether their counts draw a bias that is learnt away from 0."""
        return self.bias and self.planted and self.s_pos != self.s_neg

    @property
    def plain(self) -> bool:
        """Whether the points are independent draws of the population, as many of either class, and b starts at 0."""
        return self.planting == "none" and self.n_pos == self.n_neg and not self.mirrored and self.b_0 == 0

    @property
    def law(self) -> flow.Law:
        """The law of the points."""
        own = self.margin_points if self.planting == "weighted" else None
        others = [n - (s if own is None else own) for n, s in ((self.n_pos, self.s_pos), (self.n_neg, self.s_neg))]
        return flow.Law(
            others[0] + self.s_pos,
            others[1] + self.s_neg,
            self.s_pos,
            self.s_neg,
            self.gamma,
            self.step,
            max(self.gap, self.gamma / 2),
        )


@dataclass(frozen=True)
class Predictions:
    """Of one run: rows of `times` and of `bounds` that every seed has alike, and of the table `theory`."""

    times: list[NamedTime]
    facts: list[Fact]
    curves: list[pa.Table]

    @classmethod
    def of(cls, run: EvaluationRun) -> "Predictions":
        """Return what theory says of a run."""
        times, facts, curves = [], [], []
        if run.planted:
            facts.append(
                ("gamma_B_half_predicted", flow.expected_residual(run.law), "greatest log t - z, reduced model")
            )
        if run.planted and run.bias:
            times += _theorem_times(run)
        if run.reduction == "mean":
            steps = flow_steps(max(run.horizon, FURTHEST))
            w, b, peaks = _flow(run, steps)
            times += _flow_times(run, steps, w, b)
            times += [("t_peak_flow", None, predicted_time(t)) for t, _ in peaks]
            facts += [("peak_distance_flow", r, "max |b|/||w|| of the two-variable flow, t >= 20") for _, r in peaks]
            curves = list(_curves(run, steps, w, b)) if np.isfinite(w).all() else []
        return cls(times, facts, curves)


def predicted_time(step: float) -> Time:
    """Return a predicted time, null where it does not exist or is beyond LONGEST."""
    exists = np.rint(step) < LONGEST
    return Time(int(np.rint(step)) if exists else None, not exists, 0)


def _theorem_times(run: EvaluationRun) -> Iterator[NamedTime]:
    """Yield T_te of the reduced model, an integral over support vectors alone, and of Theorem 4.6 with its constant."""
    counts, law = (run.s_pos, run.s_neg), {"eta": run.step, "gamma": run.gamma}
    log_delta, constant = theory.log_delta(*counts), theory.reduced_constant(*counts, **law)
    for eps in run.eps:
        kappa = theory.kappa(eps, run.alpha)
        model = reduced.generalisation_time(*counts, kappa=kappa, **law)
        yield "T_te_model", eps, predicted_time(model)
        yield "T_te_theorem", eps, predicted_time(theory.theorem_time(-log_delta, kappa, constant))


def _flow_times(run: EvaluationRun, steps: np.ndarray, w: np.ndarray, b: np.ndarray) -> Iterator[NamedTime]:
    """Yield the geometric T_te of the flow w (k,), b (k,), and the onsets of attacks."""
    if run.bias:
        for eps in run.eps:
            law = {"kappa": theory.kappa(eps, run.alpha), "gamma": run.gamma}
            yield "T_te_flow", eps, predicted_time(flow.geometric_time(steps, np.outer(w, W_TRUE), b, **law))
    if run.attack_n_steps:
        for dtype in flow.CUTOFFS:
            yield f"t_attack_{dtype}_flow", None, predicted_time(flow.attack_onset(run.law, dtype)[1])


def _flow(run: EvaluationRun, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[tuple[float, float]]]:
    """Return w and b, each (k,), of the two-variable flow at steps (k,), and [(t, r)], its peak of r = |b| / ||w||.

    Without an imbalance there is no peak, []. All are nan where the flow is not smooth.
    """
    has_peak = run.bias and run.b_0 == 0 and (run.s_pos != run.s_neg or run.n_pos != run.n_neg)
    try:
        return (
            *flow.curves(run.law, steps, bias=run.bias, b_0=run.b_0),
            [flow.peak(run.law)] if has_peak else [],
        )
    except UnstableError as error:
        log.info("%s: the two-variable flow is not smooth and predicts nothing: %s", run.run, error)
        none = np.full(len(steps), np.nan)
        return none, none, [(np.nan, np.nan)] if has_peak else []


def _curves(run: EvaluationRun, steps: np.ndarray, w: np.ndarray, b: np.ndarray) -> Iterator[pa.Table]:
    """Yield the rows of `theory` up to the run's horizon."""
    seen = steps <= run.horizon
    kept = log_spaced(steps[seen], PER_DECADE)
    steps, w, b = steps[kept], w[kept], b[kept]
    yield _rows(run, "norm", steps, w)
    yield _rows(run, "bias", steps, b)
    yield _rows(run, "bias_distance", steps, np.abs(b) / w)
    if run.plain and run.bias:
        long = w >= SPREAD_FROM
        steps, w = steps[long], w[long]
        yield _rows(run, "bias_rms", steps, flow.bias_spread(run.law, w))
        accuracy = [flow.concentrated_accuracy(run.law, one, alpha=run.alpha) for one in w]
        yield _rows(run, "accuracy_concentrated", steps, np.array(accuracy))


def _rows(run: EvaluationRun, quantity: str, steps: np.ndarray, values: np.ndarray) -> pa.Table:
    count = len(steps)
    return pa.table({"run": [run.run] * count, "quantity": [quantity] * count, "step": steps, "value": values})

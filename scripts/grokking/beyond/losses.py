"""Losses: where the bias stops under the hinge, the squared hinge and the exponential loss, and when it is outgrown.

Smooth losses are followed as flows to any horizon, of those with corners every step is executed. The law of the points,
a training set of two variables (`smooth.theory`), is trained beside the data in the same way: it predicts b, |b|/||w||
and T_te without a free parameter.

Support vectors alone say why. All S+ and S- of them have the logit z = gamma ||w|| / 2 without the bias, and b comes to
rest where both classes pull alike. With L = log(S+/S-) / 2 = -log delta > 0, G = sqrt(S+ S-) and t in steps of size
`step`:

    exponential      b = L                  e^z - 1 = step gamma^2 G t / 2
    logistic         b = 2 L to L           (i), (ii) of `logistic.reduced`
    hinge            b = 1 - z              z = step gamma^2 S- t / 2
    squared hinge    b = (1 - z) tanh L     -log(1 - z) = step gamma^2 (S+ + S-) t / (2 cosh^2 L)

Under the hinge the larger class has met its margin, z + b = 1, and holds b there. T_te(eps) is t where b = kappa z.
For the exponential loss that is 2 (e^(L/kappa) - 1) / (step gamma^2 G): Theorem 4.6 of arXiv 2602.08302, but for the 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grokking.beyond.outcome import NamedTime, Outcome, linear_series
from grokking.beyond.sets import PlanarRun, draw, require_bounded, smooth_or_refused
from grokking.logistic import reduced
from grokking.logistic.geometry import W_TRUE
from grokking.logistic.theory import kappa, log_delta, reduced_constant, theorem_time
from grokking.optimisers import RULES
from grokking.planar.data import Dataset
from grokking.results.experiment import Experiment
from grokking.results.jobs import seeds_of, stage
from grokking.results.rows import Fact, Series, Time
from grokking.smooth.descent import descend
from grokking.smooth.execution import AllPoints, execute, replicate
from grokking.smooth.losses import LOSSES
from grokking.smooth.theory import Law, geometric_time
from grokking.steps import flow_steps

FURTHEST = 2.0**53
"""Steps beyond are no whole numbers any more."""


@dataclass(frozen=True)
class Run(PlanarRun):
    """A run on another loss."""

    loss: str

    @property
    def imbalanced(self) -> bool:
        """Whether support vectors draw b away from 0."""
        return self.s_pos != self.s_neg and min(self.s_pos, self.s_neg) > 0


@stage
def train(experiment: Experiment, seed: int, curves: Path, times: Path, bounds: Path) -> None:
    """Train every run of an experiment, drawn from the root seed `seed`, and write the three tables."""
    outcome = Outcome()
    for run in experiment.each(Run):
        steps = flow_steps(run.horizon)
        drawn = [draw(run, seed, number) for number in seeds_of(run.run, run.n_seeds, "drawn")]
        *states, law = trained(run, [*(sets["train"] for sets in drawn), points_of(run.law)], steps)
        expected, alike = predictions(run, steps, law)
        for number, (sets, own) in enumerate(zip(drawn, states, strict=True)):
            w, b = own[:, :2], own[:, 2]
            found = [*geometric_times(run, "T_te_geometric", steps, w, b), *alike]
            outcome.add(run, number, steps, linear_series(sets, w, b) | expected, facts(run, w, b, law), found)
    outcome.write(curves, times, bounds)


def points_of(law: Law) -> Dataset:
    """Return the law of the points as a training set of weighted points along w_true."""
    p, y, weights = law.points
    return Dataset(np.outer(p * y, W_TRUE), y, np.zeros(len(y), dtype=bool), weights)


def trained(run: Run, sets: Sequence[Dataset], steps: np.ndarray) -> np.ndarray:
    """Return (w_1, w_2, b), (B, k, 3), at `steps` (k,) of descent on the mean loss over each training set.

    Raises StageError, naming run and eta, where that is too large.
    """
    loss = LOSSES[run.loss]
    if loss.smooth:
        law = {"step": run.step, "steps": steps, "loss": loss}
        with smooth_or_refused(run):
            found = [descend(one.x, one.y, weights=one.weight, **law) for one in sets]
        return np.stack([np.column_stack([one.w, one.b]) for one in found])
    points = run.n_pos + run.n_neg
    gradient = AllPoints([replicate(one.x, one.y, one.weight / points) for one in sets], loss)
    states = execute(gradient, RULES["gradient-descent"](run.eta, 0.0), len(sets), steps).swapaxes(0, 1)
    require_bounded(run, states)
    return states


def predictions(run: Run, steps: np.ndarray, law: np.ndarray) -> tuple[Series, list[NamedTime]]:
    """Return the curves and times that the states (k, 3) of the law predict, and the times of support vectors alone."""
    w, b = law[:, :2], law[:, 2]
    norm = np.linalg.norm(w, axis=1)
    series = {
        ("norm_predicted", "train"): norm,
        ("bias_predicted", "train"): b,
        ("bias_distance_predicted", "train"): np.abs(b) / norm,
    }
    times = list(geometric_times(run, "T_te_flow", steps, w, b))
    if run.imbalanced:
        times += [("T_te_model", eps, _time(support_time(run, kappa(eps, run.alpha)))) for eps in run.eps]
        times += list(theorem_times(run))
    return series, times


def facts(run: Run, w: np.ndarray, b: np.ndarray, law: np.ndarray) -> Iterator[Fact]:
    """Yield where b ends over what the law and support vectors alone say."""
    if run.imbalanced:
        yield "bias_over_law", b[-1] / law[-1, 2], "b over that of the two-variable law, last step"
        z = run.gamma / 2 * np.linalg.norm(w[-1])
        yield "bias_over_support", b[-1] / support_bias(run, z), "b over that of support vectors alone, last step"


def support_bias(run: Run, z: float) -> float:
    """Return b at rest of support vectors alone at the logit z >= 0, where S+ and S- differ."""
    L = -log_delta(run.s_pos, run.s_neg)
    return {
        "exponential": L,
        "logistic": reduced.bias(z, run.s_pos, run.s_neg),
        "hinge": np.sign(L) * (1 - z),
        "squared-hinge": np.tanh(L) * (1 - z),
    }[run.loss]


def support_time(run: Run, kappa: float) -> float:
    """Return T_te of support vectors alone, where |b| falls to kappa z; S+ and S- differ."""
    L, counts = abs(log_delta(run.s_pos, run.s_neg)), (run.s_pos, run.s_neg)
    rate = run.step * run.gamma**2 / 2
    if run.loss == "exponential":
        return np.expm1(L / kappa) / (rate * np.sqrt(run.s_pos * run.s_neg))
    if run.loss == "logistic":
        return reduced.generalisation_time(*counts, eta=run.step, gamma=run.gamma, kappa=kappa)
    if run.loss == "hinge":
        return 1 / (1 + kappa) / (rate * min(counts))
    return np.log1p(np.tanh(L) / kappa) * np.cosh(L) ** 2 / (rate * sum(counts))


def theorem_times(run: Run) -> Iterator[NamedTime]:
    """Yield T_te of Theorem 4.6, which is about losses with an exponential tail, with the constant for B."""
    if not LOSSES[run.loss].smooth:
        return
    counts = (run.s_pos, run.s_neg)
    constant = reduced_constant(*counts, eta=run.step, gamma=run.gamma)
    for eps in run.eps:
        yield "T_te_theorem", eps, _time(theorem_time(log_delta(*counts), kappa(eps, run.alpha), constant))


def geometric_times(run: Run, name: str, steps: np.ndarray, w: np.ndarray, b: np.ndarray) -> Iterator[NamedTime]:
    """Yield the last step at which |b| >= kappa gamma ||w|| / 2, between snapshots, where there is one and an end."""
    for eps in run.eps:
        yield name, eps, _time(geometric_time(steps, w, b, kappa=kappa(eps, run.alpha), gamma=run.gamma))


def _time(step: float) -> Time:
    exists = np.isfinite(step) and step < FURTHEST
    return Time(int(np.rint(step)) if exists else None, not exists, 0)

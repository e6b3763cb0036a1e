"""Label noise: descent on data with wrong labels, which no line separates, from the first step until it is at rest.

A wrong point at the distance p from the separator pulls w back with nearly p, however long w is, while the right ones
pull with 1 / w^2, as in `smooth.theory.cube_constant`: R (2 / a) (pi^2 / 12) / w^2. So w stops where

    w^2 = R pi^2 / (6 a sum p),                                                                     (i)

the sum over wrong points, a / 3 each on average: w = (pi^2 rho / (2 a^2 f))^(1/2) = (0.0987 rho / f)^(1/2) with rho the
share of points that are not planted and f that of wrong ones. Late generalisation needs w of the order of b / gamma.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from grokking.beyond.outcome import Outcome, linear_series
from grokking.beyond.sets import PlanarRun, Sets, draw, flipped, followed, overlapping
from grokking.logistic.geometry import HALF_DIAGONAL, W_TRUE
from grokking.planar.data import Dataset
from grokking.results.experiment import Experiment
from grokking.results.jobs import seeds_of, stage
from grokking.results.rows import Fact
from grokking.smooth.descent import descend
from grokking.smooth.rest import expected_accuracy, expected_points, minimum
from grokking.smooth.theory import Law


@dataclass(frozen=True)
class Run(PlanarRun):
    """A run on data with `flips` wrong labels, or with classes that overlap over the width `overlap`."""

    flips: int
    overlap: float

    @property
    def separable(self) -> bool:
        """Whether all labels are right."""
        return self.flips == 0 and self.overlap == 0


@stage
def train(experiment: Experiment, seed: int, curves: Path, times: Path, bounds: Path) -> None:
    """Train every run of an experiment, drawn from the root seed `seed`, and write the three tables."""
    outcome = Outcome()
    for run in experiment.each(Run):
        for replicate in seeds_of(run.run, run.n_seeds, "trained"):
            sets = noisy(run, seed, replicate)
            points = sets["train"]
            found = followed(run, replicate, points)
            outcome.add(run, replicate, found.steps, linear_series(sets, found.w, found.b), facts(run, points))
    outcome.write(curves, times, bounds)


def noisy(run: Run, root: int, seed: int) -> Sets:
    """Draw the sets of one replicate; the labels of the test sets are right."""
    sets = draw(run, root, seed)
    train = flipped(sets["train"], root, seed, run.flips)
    return sets | {"train": overlapping(train, root, seed, run.overlap)}


def facts(run: Run, points: Dataset) -> Iterator[Fact]:
    """Yield what is said of a run on these training points without training: where it ends, and how accurate it is."""
    yield "norm_at_rest", rest_norm(run, points), "||w|| at the minimum of the loss, by Newton's method"
    force = wrong_distance(points) if run.flips else 0.0
    if run.flips:
        closed = stopped_norm(run.law, force) if force > 0 else None
        yield "norm_closed", closed, "(R pi^2 / (6 a sum p))^(1/2), p of the wrong points"
    w, distance, accuracy = predicted(run, 3 * force / HALF_DIAGONAL)
    yield "norm_predicted", w, "||w|| of the law of the data with sum p of the wrong points, at rest or at the horizon"
    yield "bias_distance_predicted", distance, "|b|/||w|| there"
    yield "accuracy_predicted", accuracy, "expected concentrated accuracy there"


def rest_norm(run: Run, points: Dataset) -> float | None:
    """Return ||w|| at the minimum of the loss on these points; none where a line separates them."""
    try:
        return None if run.separable else float(np.linalg.norm(minimum(points.x, points.y, step=run.step)[0]))
    except ValueError:
        return None


def wrong_distance(points: Dataset) -> float:
    """Return the sum of p over the points with a wrong label."""
    p = points.x @ W_TRUE
    return float(np.abs(p[np.sign(p) != points.y]).sum())


def stopped_norm(law: Law, distance: float) -> float:
    """Return (i), where `distance` is the sum of p over the wrong points."""
    return float(np.sqrt(law.others.sum() * np.pi**2 / (6 * HALF_DIAGONAL * distance)))


@cache
def predicted(run: Run, flips: float) -> tuple[float, float, float] | tuple[None, None, None]:
    """Return ||w||, |b|/||w|| and concentrated accuracy that the law predicts, with so many flips of average distance.

    At rest, that is, or at the horizon where all labels are right. None where the law predicts nothing: with labels so
    few of which are wrong that it does not come to rest within reach, or an eta that is too large for it.
    """
    points = expected_points(run.law, flips=flips, overlap=run.overlap)
    given = {"step": run.step, "weights": points.weights}
    try:
        if run.separable:
            end = descend(points.x, points.y, steps=np.array([run.horizon]), **given)
            w, b = end.w[0], float(end.b[0])
        else:
            w, b = minimum(points.x, points.y, **given)
    except ValueError:
        return None, None, None
    norm = float(np.linalg.norm(w))
    return norm, abs(b) / norm, expected_accuracy(points, norm, b, gamma=run.gamma, alpha=run.alpha)

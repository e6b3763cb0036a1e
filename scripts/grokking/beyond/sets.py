"""The points of a run in two dimensions beyond the papers: training and test sets, wrong labels, and descent on them.

They are drawn from the streams that the designs of `planar.data` are drawn from: the same seed gives the same points.
Test sets always have the labels of the true separator.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from grokking.logistic.geometry import W_TRUE
from grokking.planar.data import Dataset, concentrated_test_set, standard_test_set, training_set
from grokking.results.jobs import StageError
from grokking.seeds import Role, generator
from grokking.smooth.descent import SmoothRun, UnstableError, descend
from grokking.smooth.features import sharpness_bound
from grokking.smooth.theory import Law
from grokking.steps import flow_steps

Sets = dict[str, Dataset]
"""From the name of a split (train, standard, concentrated) to its points, labels as floats."""
LARGEST = 1e100
"""Weights beyond have diverged; their squares are finite still."""
FLIPPED, TOSSED = 0, 1
"""Parts of the stream of label noise."""


@dataclass(frozen=True)
class PlanarRun:
    """What every run in two dimensions depends on, named as in the table `runs`; eps are levels of times."""

    run: str
    eta: float
    horizon: int
    eps: tuple[float, ...]
    n_seeds: int
    n_pos: int
    n_neg: int
    planting: str
    s_pos: float
    s_neg: float
    gamma: float
    alpha: float
    n_test: int

    @property
    def step(self) -> float:
        """What a step multiplies the gradient of the summed loss with: eta / N, the loss being the mean."""
        return self.eta / (self.n_pos + self.n_neg)

    @property
    def law(self) -> Law:
        """The law of its training points, with which the two-variable flow predicts."""
        return Law(self.n_pos, self.n_neg, self.s_pos, self.s_neg, self.gamma, self.step)


def draw(run: PlanarRun, root: int, seed: int) -> Sets:
    """Draw the sets of one replicate from the root seed `root`."""
    law = {name: getattr(run, name) for name in ("gamma", "n_pos", "n_neg", "planting", "s_pos", "s_neg")}
    drawn = {
        "train": training_set(root, seed, **law),
        "standard": standard_test_set(root, seed, gamma=run.gamma, n=run.n_test),
        "concentrated": concentrated_test_set(root, seed, gamma=run.gamma, alpha=run.alpha, n=run.n_test),
    }
    return {split: relabelled(points, points.y.astype(float)) for split, points in drawn.items()}


def relabelled(points: Dataset, y: np.ndarray) -> Dataset:
    """Return the same points with labels y (n,)."""
    return Dataset(points.x, y, points.planted, points.weight)


def flipped(points: Dataset, root: int, seed: int, count: int) -> Dataset:
    """Return the points with `count` labels turned, among those that are not planted.

    More flips of one seed contain fewer. Raises ValueError where there are too few points.
    """
    loose = np.flatnonzero(~points.planted)
    if count > len(loose):
        raise ValueError(f"count is {count}: expected at most {len(loose)}, the points that are not planted")
    turned = generator(root, Role.NOISE, seed, FLIPPED).permutation(loose)[:count]
    y = points.y.copy()
    y[turned] *= -1
    return relabelled(points, y)


def overlapping(points: Dataset, root: int, seed: int, width: float) -> Dataset:
    """Return the points, with a coin tossed for each label where |p| <= width / 2, p the distance to the separator.

    Planted points keep theirs. There both classes are equally dense, as they are where the margin gamma is -width.
    """
    within = (np.abs(points.x @ W_TRUE) <= width / 2) & ~points.planted
    sign = generator(root, Role.NOISE, seed, TOSSED).choice([-1.0, 1.0], len(points.y))
    return relabelled(points, np.where(within, sign, points.y))


def followed(run: PlanarRun, seed: int, points: Dataset, decay: tuple[float, float] = (0.0, 0.0)) -> SmoothRun:
    """Return gradient descent on training points, at the steps of a smooth run up to the horizon.

    w and b lose the parts `decay` of themselves at a step. Raises StageError, naming run, seed and eta, where that is
    too large for smooth descent.
    """
    with smooth_or_refused(run, f", seed {seed}", f"; no step overshoots up to {surely_smooth(points):.3g}"):
        return descend(points.x, points.y, step=run.step, steps=flow_steps(run.horizon), decay=decay)


class Stepping(Protocol):
    """What is told of a run whose steps are too long."""

    run: str
    eta: float


@contextmanager
def smooth_or_refused(run: Stepping, which: str = "", hint: str = "") -> Iterator[None]:
    """Raise StageError, naming run and eta, where descent in the block is not smooth: `which` seed, and a `hint`."""
    try:
        yield
    except (UnstableError, np.linalg.LinAlgError) as error:
        reason = f"eta: {run.eta} is not allowed; expected a smaller one: {error}{hint}"
        raise StageError(f"{run.run}{which}: {reason}") from error


def surely_smooth(points: Dataset) -> float:
    """Return the eta up to which no step on the mean logistic loss of these points overshoots, wherever it starts."""
    return 1 / sharpness_bound(np.column_stack([points.x, np.ones(len(points.y))]), step=1 / len(points.y))


def require_bounded(run: Stepping, states: np.ndarray) -> None:
    """Raise StageError, naming run and eta, unless no state of a run whose steps were executed is beyond LARGEST."""
    if not np.all(np.abs(states) < LARGEST):
        raise StageError(f"{run.run}: eta: {run.eta} is not allowed; expected a smaller one: the weights diverge")

"""Real data: two classes of scikit-learn's bundled sets, made separable by their own max-margin direction.

That direction is the true separator here. Points that violate the margin of a soft-margin machine are dropped, those
that are left are separable, and the hard-margin machine on them is moved to the origin: the middle between the nearest
points of the classes' hulls is subtracted, so that a bias of 0 is right, as in the paper's Assumption 3.1. A seed
halves the points at random into training and held-out ones. Concentrated are the held-out points nearest to the
separator.

What two dimensions taught is put to the test: descent of two variables, w along the true separator and b, on the
training points' own distances p, predicts the bias, and when the concentrated points are right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.svm import SVC

from grokking.beyond.outcome import Outcome
from grokking.beyond.sets import smooth_or_refused
from grokking.logistic import evaluation
from grokking.planar.data import Dataset
from grokking.results.experiment import Experiment
from grokking.results.jobs import StageError, seeds_of, stage
from grokking.results.rows import Fact, Series
from grokking.seeds import Role, generator
from grokking.smooth.features import descend
from grokking.steps import flow_steps
from grokking.times import last_crossing

DIGITS = (3, 8)
GREYS = 16.0
"""Levels of a pixel."""
SOFT, HARD = 1.0, 1e8
"""Penalty C of the machine that says which points to drop, and of the one that may violate nothing."""
ACCURACY = 1e-8
"""Of the machines."""
LEVEL = 0.05
"""A generalisation time is that from which all but this part of the concentrated points are right."""
EARLY = 1000
"""Step at which the gains without bias and without tilt are read: hardly a training point is wrong any more."""


@dataclass(frozen=True)
class Run:
    """A run on a set of `d` features, named as in the table `runs`.

    Of the training points of the class -1 the part `kept_negative` is kept; `n_near` held-out points are concentrated.
    """

    run: str
    eta: float
    horizon: int
    eps: tuple[float, ...]
    n_seeds: int
    source: str
    d: int
    kept_negative: float
    n_near: int


@dataclass(frozen=True)
class Separable:
    """Points x (n, d), y (n,) that the unit vector `separator` (d,) separates at the origin; points dropped for it."""

    x: np.ndarray
    y: np.ndarray
    separator: np.ndarray
    half_margin: float
    dropped: int


def loaded(source: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the features (n, d) and labels (n,) of a bundled set: pixels as parts of white, others standardised."""
    if source == "digits":
        digits = load_digits()
        chosen = np.isin(digits.target, DIGITS)
        return digits.data[chosen] / GREYS, np.where(digits.target[chosen] == DIGITS[0], 1.0, -1.0)
    cancer = load_breast_cancer()
    return (cancer.data - cancer.data.mean(axis=0)) / cancer.data.std(axis=0), np.where(cancer.target == 1, 1.0, -1.0)


@cache
def separable(source: str) -> Separable:
    """Return a bundled set without the points that violate the soft margin, centred on its max-margin separator."""
    x, y = loaded(source)
    soft = SVC(kernel="linear", C=SOFT, tol=ACCURACY).fit(x, y)
    kept = y * soft.decision_function(x) >= 1 - np.sqrt(ACCURACY)
    if source == "digits":  # separable as they are
        kept = np.full(len(y), True)
    return centred(x[kept], y[kept], int(np.count_nonzero(~kept)))


def centred(x: np.ndarray, y: np.ndarray, dropped: int = 0) -> Separable:
    """Return separable points x (n, d), y (n,) with the middle of the classes' nearest hull points at the origin."""
    hard = SVC(kernel="linear", C=HARD, tol=ACCURACY).fit(x, y)
    pulls, support, w = hard.dual_coef_[0], hard.support_vectors_, hard.coef_[0]
    ends = [np.average(support[side], axis=0, weights=pulls[side]) for side in (pulls > 0, pulls < 0)]
    norm = np.linalg.norm(w)
    return Separable(x - np.mean(ends, axis=0), y, w / norm, 1 / norm, dropped)


def split(run: Run, points: Separable, root: int, seed: int) -> dict[str, Dataset]:
    """Return the training, standard and concentrated points of one replicate.

    Raises StageError, naming run and key, where `n_near` asks for too many, or `kept_negative` leaves none.
    """
    order = generator(root, Role.DATA, seed).permutation(len(points.y))
    training, held_out = np.array_split(order, 2)
    if run.n_near > len(held_out):
        reason = f"expected at most {len(held_out)}, the held-out points of {run.source}"
        raise StageError(f"{run.run}: n_near: {run.n_near} is not allowed; {reason}")
    negative = training[points.y[training] < 0]
    kept = round(run.kept_negative * len(negative))
    if kept == 0:
        reason = f"expected at least {1 / len(negative):.3g}, one of {len(negative)} points"
        raise StageError(f"{run.run}: kept_negative: {run.kept_negative:g} is not allowed; {reason}")
    training = np.concatenate([training[points.y[training] > 0], negative[:kept]])
    near = held_out[np.argsort(np.abs(points.x[held_out] @ points.separator))[: run.n_near]]
    chosen = {"train": training, "standard": held_out, "concentrated": near}
    return {
        name: Dataset(points.x[rows], points.y[rows], np.full(len(rows), False), np.ones(len(rows)))
        for name, rows in chosen.items()
    }


def trained(run: Run, x: np.ndarray, y: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return w (k, d) and b (k,) at `steps` (k,) of descent on the mean loss over x (n, d), y (n,), from 0.

    Raises UnstableError where eta is too large.
    """
    z = y[:, None] * np.column_stack([x, np.ones(len(y))])
    theta = descend(z, step=run.eta / len(y), steps=steps)
    return theta[:, :-1], theta[:, -1]


def series(
    sets: dict[str, Dataset], separator: np.ndarray, w: np.ndarray, b: np.ndarray, law: tuple[np.ndarray, np.ndarray]
) -> Series:
    """Return what snapshots w (k, d), b (k,) say, beside those of two variables, w (k,) and b (k,), of the `law`."""
    test, norm = sets["concentrated"], np.linalg.norm(w, axis=1)

    def concentrated(w: np.ndarray, b: np.ndarray) -> np.ndarray:
        return evaluation.accuracy(test.x, test.y, w, b)

    return {
        ("norm", "train"): norm,
        ("bias", "train"): b,
        ("bias_distance", "train"): evaluation.bias_distance(w, b),
        ("angle", "train"): evaluation.angle(w, separator),
        **{("accuracy", name): evaluation.accuracy(points.x, points.y, w, b) for name, points in sets.items()},
        ("accuracy_without_bias", "concentrated"): concentrated(w, 0 * b),
        ("accuracy_without_tilt", "concentrated"): concentrated(norm[:, None] * separator, b),
        ("predicted_bias", "train"): law[1],
        ("predicted_accuracy", "concentrated"): concentrated(law[0][:, None] * separator, law[1]),
    }


def facts(run: Run, points: Separable, sets: dict[str, Dataset], steps: np.ndarray, found: Series) -> Iterator[Fact]:
    """Yield how the set was made, support of both classes, generalisation times, and what the bias and tilt cost."""
    yield "dropped", points.dropped, "points that violate the soft margin"
    yield "half_margin", points.half_margin, "gamma / 2 of the whole set"
    train = sets["train"]
    near = np.abs(train.x @ points.separator) <= 2 * points.half_margin
    counts = [np.count_nonzero(near & (train.y == label)) for label in (1, -1)]
    for sign, count in zip(("pos", "neg"), counts, strict=True):
        yield f"near_{sign}", count, "training points of the class within gamma of the separator"
    accuracy = found["accuracy", "concentrated"]
    early = int(np.searchsorted(steps, min(EARLY, steps[-1])))
    gains = {}
    for name in ("bias", "tilt"):
        gains[name] = found[f"accuracy_without_{name}", "concentrated"][early] - accuracy[early]
        yield (
            f"gain_without_{name}",
            gains[name],
            f"concentrated accuracy without the {name} less that with it, t = {EARLY}",
        )
    yield "tilt_holds_back", gains["tilt"] - gains["bias"], "gain without the tilt less that without the bias"
    separated = int(np.argmax(found["accuracy", "train"] == found["accuracy", "train"].max()))
    yield "rise_after_training", accuracy[-1] - accuracy[separated], "rise of concentrated accuracy after T_tr(0)"
    time = last_crossing(steps, found["predicted_accuracy", "concentrated"], LEVEL, run.horizon)
    yield "predicted_T_te", time.step, f"last crossing of concentrated accuracy, eps = {LEVEL}"


@stage
def train(experiment: Experiment, seed: int, curves: Path, times: Path, bounds: Path) -> None:
    """Train every run of an experiment, split from the root seed `seed`, and write the three tables.

    Raises StageError where eta is too large, for a set of another number of features, and as `split` does.
    """
    outcome = Outcome()
    for run in experiment.each(Run):
        points, steps = separable(run.source), flow_steps(run.horizon)
        if points.x.shape[1] != run.d:
            raise StageError(f"{run.run}: d: {run.d} is not allowed; {run.source} has {points.x.shape[1]} features")
        for replicate in seeds_of(run.run, run.n_seeds, "trained"):
            sets = split(run, points, seed, replicate)
            x, y = sets["train"].x, sets["train"].y
            with smooth_or_refused(run):
                w, b = trained(run, x, y, steps)
                along, law_b = trained(run, (x @ points.separator)[:, None], y, steps)
            found = series(sets, points.separator, w, b, (along[:, 0], law_b))
            outcome.add(run, replicate, steps, found, facts(run, points, sets, steps, found))
    outcome.write(curves, times, bounds)

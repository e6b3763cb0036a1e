"""Kernel logistic regression with a bias, on a disc whose classes no line separates.

Points lie in a disc of radius EDGE about the origin, of the class +1 outside of the circle of radius CIRCLE, which is
the true boundary and halves the disc, and of -1 inside. As in the planar sets nobody is within gamma/2 of the boundary,
support vectors are planted at that very distance, and concentrated test points are within alpha gamma.

f(x) = sum_i alpha_i k(x_i, x) + b with the Gaussian kernel k of standard deviation `kernel_width`. Gradient descent on
f in the kernel's own space adds (eta / N) y_i sigmoid(-y_i f(x_i)) to alpha_i, and their sum to b. With K = U diag(l)
U^T the eigenbasis of the kernel matrix, that is descent of a linear classifier on the features U sqrt(l), of which
those with l below rounding do not exist.

What shifts the boundary is the `offset`, the mean of f along it, over the `slope` of f across it; what bends it is the
`undulation`, the deviation of f along it. In a planar classifier they are b, ||w|| and the tilt of w.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import i0e

from grokking.beyond.outcome import Outcome
from grokking.beyond.sets import PlanarRun, Sets, smooth_or_refused
from grokking.logistic.theory import kappa
from grokking.planar.data import Dataset
from grokking.results.experiment import Experiment
from grokking.results.jobs import seeds_of, stage
from grokking.results.rows import Fact, Series
from grokking.seeds import Role, generator
from grokking.smooth.features import descend
from grokking.smooth.theory import PANELS, gauss, geometric_time
from grokking.steps import flow_steps

EDGE = 5.0
CIRCLE = EDGE / np.sqrt(2)
ROUNDING = 2.0**-52
"""Eigenvalues below this part of the largest one, times their number, are rounding."""
ANGLES = 256
"""Directions in which the boundary is looked at."""
PLATEAU = 100
"""Steps from which the offset counts; of a shorter run, its end."""


@dataclass(frozen=True)
class Run(PlanarRun):
    """A run with a Gaussian kernel of standard deviation `kernel_width`, and a bias or none."""

    kernel_width: float
    bias: bool


def draw(run: Run, root: int, seed: int) -> Sets:
    """Draw the sets of one replicate from the root seed `root`."""
    classes = [
        (label, _class(run, root, seed, part, label, n, s))
        for part, (label, n, s) in enumerate([(1, run.n_pos, run.s_pos), (-1, run.n_neg, run.s_neg)])
    ]
    sets = {"train": classes}
    for part, (split, reach) in enumerate([("standard", EDGE), ("concentrated", run.alpha * run.gamma)]):
        rng = generator(root, Role.TEST, seed, part)
        sets[split] = [(label, _ring(rng, run.n_test // 2, run.gamma / 2, reach, label)) for label in (1, -1)]
    return {split: _joined(found, run.gamma / 2) for split, found in sets.items()}


def _class(run: Run, root: int, seed: int, part: int, label: int, n: int, s: int) -> np.ndarray:
    planted = generator(root, Role.PLANTED, seed, part)
    at_margin = _polar(np.full(s, CIRCLE + label * run.gamma / 2), planted.uniform(0, 2 * np.pi, s))
    others = _ring(generator(root, Role.DATA, seed, part), n - s, run.gamma / 2, EDGE, label)
    return np.concatenate([at_margin, others])


def _ring(rng: np.random.Generator, n: int, near: float, far: float, label: int) -> np.ndarray:
    """Draw n points (n, 2) uniformly from what of the disc is between near and far from the boundary."""
    reach = np.clip(CIRCLE + label * np.array([near, far]), 0, EDGE)
    radius = np.sqrt(rng.uniform(*np.sort(reach**2), n))
    return _polar(radius, rng.uniform(0, 2 * np.pi, n))


def _polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    return radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])


def _joined(classes: list[tuple[int, np.ndarray]], margin: float) -> Dataset:
    x = np.concatenate([points for _, points in classes])
    y = np.concatenate([np.full(len(points), float(label)) for label, points in classes])
    planted = np.abs(np.abs(np.linalg.norm(x, axis=1) - CIRCLE) - margin) < ROUNDING * 2 * EDGE
    return Dataset(x, y, planted, np.ones(len(y)))


@dataclass(frozen=True)
class Basis:
    """The kernel's eigenbasis on the training points x (n, 2): features (n, k) and the map from kernels to them."""

    x: np.ndarray
    width: float
    features: np.ndarray
    to_features: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray, width: float) -> "Basis":
        """Return the basis on the points x."""
        return cls(x, width, *eigenfeatures(gaussian(x, x, width)))

    def at(self, x: np.ndarray) -> np.ndarray:
        """Return the features (m, k) of other points x (m, 2)."""
        return gaussian(x, self.x, self.width) @ self.to_features


def gaussian(x: np.ndarray, z: np.ndarray, width: float) -> np.ndarray:
    """Return exp(-||x - z||^2 / (2 width^2)) (m, n) of x (m, 2) and z (n, 2)."""
    squares = (x**2).sum(axis=1)[:, None] + (z**2).sum(axis=1) - 2 * x @ z.T
    return np.exp(-np.maximum(squares, 0) / (2 * width**2))


def eigenfeatures(kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return U sqrt(l) (n, k) and U / sqrt(l) (n, k) of a kernel matrix U diag(l) U^T (n, n)."""
    values, vectors = np.linalg.eigh(kernel)
    kept = values > len(values) * ROUNDING * values[-1]
    root, vectors = np.sqrt(values[kept]), vectors[:, kept]
    return vectors * root, vectors / root


def trained(run: Run, basis: Basis, y: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Return (weights of the features, b) (steps, k + 1) at `steps` of descent on labels y (n,); b is 0 if not `bias`.

    Raises UnstableError where eta is too large.
    """
    phi = np.column_stack([basis.features, np.ones(len(y))])[:, : None if run.bias else -1]
    theta = descend(y[:, None] * phi, step=run.step, steps=steps)
    return theta if run.bias else np.column_stack([theta, np.zeros(len(steps))])


def series(run: Run, sets: Sets, basis: Basis, theta: np.ndarray) -> Series:
    """Return what snapshots theta (steps, k + 1) say; accuracies "without" are of f less its offset or undulation."""

    def f(x: np.ndarray) -> np.ndarray:
        return theta[:, :-1] @ basis.at(x).T + theta[:, -1:]

    angle = 2 * np.pi * np.arange(ANGLES) / ANGLES
    outer, inner = (f(_polar(np.full(ANGLES, CIRCLE + side * run.gamma / 2), angle)) for side in (1, -1))
    along = (outer + inner) / 2
    offset, slope = along.mean(axis=1), (outer - inner).mean(axis=1) / run.gamma
    values = {split: f(points.x) for split, points in sets.items()}
    test = sets["concentrated"]
    bend = f(CIRCLE * test.x / np.linalg.norm(test.x, axis=1, keepdims=True)) - offset[:, None]
    return {
        ("bias", "train"): theta[:, -1],
        ("offset", "boundary"): offset,
        ("slope", "boundary"): slope,
        ("undulation", "boundary"): along.std(axis=1),
        **{("accuracy", split): _accuracy(values[split], points.y) for split, points in sets.items()},
        ("accuracy_without_bias", "concentrated"): _accuracy(values["concentrated"] - offset[:, None], test.y),
        ("accuracy_without_tilt", "concentrated"): _accuracy(values["concentrated"] - bend, test.y),
    }


def _accuracy(values: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.mean(values * y > 0, axis=1)


def predicted(run: Run, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return offset and slope, each (steps,), as the law of the points has them, without a free parameter.

    With as many points as one likes, of these weights, all is symmetric about the origin: f depends on the radius, the
    kernel averaged over angles is exp(-(r^2 + s^2) / (2 width^2)) I_0(r s / width^2), and descent is that on the radii,
    taken at Gauss's nodes.
    """
    radius, y, weights = _radial_law(run)
    product = np.multiply.outer(radius, radius) / run.kernel_width**2
    gaps = np.subtract.outer(radius, radius) / run.kernel_width
    phi, _ = eigenfeatures(i0e(product) * np.exp(-(gaps**2) / 2))
    z = np.column_stack([phi, np.ones(len(y))])[:, : None if run.bias else -1]
    theta = descend(y[:, None] * z, step=run.step, steps=steps, weights=weights)
    outer, inner = (theta @ z[np.argmin(np.abs(radius - CIRCLE - side * run.gamma / 2))] for side in (1, -1))
    return (outer + inner) / 2, (outer - inner) / run.gamma


def _radial_law(run: Run) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return radii, labels and weights of nodes, the denser the nearer to the boundary, and of the margins."""
    parts = []
    for label, n, s in ((1, run.n_pos, run.s_pos), (-1, run.n_neg, run.s_neg)):
        margin = CIRCLE + label * run.gamma / 2
        distance, mass = gauss((EDGE - margin if label > 0 else margin) * PANELS)
        radius = margin + label * distance
        mass = mass * radius
        parts.append((np.append(radius, margin), label, np.append((n - s) * mass / mass.sum(), s)))
    radius, _, weights = (np.concatenate(column) for column in zip(*((r, [y], c) for r, y, c in parts), strict=True))
    return radius, np.concatenate([np.full(len(r), float(y)) for r, y, _ in parts]), weights


@stage
def train(experiment: Experiment, seed: int, curves: Path, times: Path, bounds: Path) -> None:
    """Train every run of an experiment, drawn from the root seed `seed`, and write the three tables.

    Raises StageError where eta is too large.
    """
    outcome = Outcome()
    for run in experiment.each(Run):
        steps = flow_steps(run.horizon)
        with smooth_or_refused(run):
            law = predicted(run, steps)
            for replicate in seeds_of(run.run, run.n_seeds, "trained"):
                sets = draw(run, seed, replicate)
                basis = Basis.of(sets["train"].x, run.kernel_width)
                theta = trained(run, basis, sets["train"].y, steps)
                found = series(run, sets, basis, theta) | {("predicted_offset", "boundary"): law[0]}
                outcome.add(run, replicate, steps, found, facts(run, steps, found, law))
    outcome.write(curves, times, bounds)


def facts(run: Run, steps: np.ndarray, found: Series, law: tuple[np.ndarray, np.ndarray]) -> list[Fact]:
    """Return the greatest offset, and the last step at which it puts the boundary beyond the margin; both predicted."""
    own, rows = (found["offset", "boundary"], found["slope", "boundary"]), []
    for name, (offset, slope) in (("", own), ("predicted_", law)):
        late = steps >= min(PLATEAU, steps[-1])
        rows.append((f"{name}offset_plateau", np.abs(offset[late]).max(), f"max |offset|, t >= {PLATEAU}"))
        w, law_of_accuracy = np.column_stack([slope, 0 * slope]), {"kappa": kappa(0, run.alpha), "gamma": run.gamma}
        last = geometric_time(steps, w, offset, **law_of_accuracy)
        equation = "last t with |offset| >= gamma slope / 2"
        rows.append((f"{name}T_te_geometric", last if np.isfinite(last) else None, equation))
    return rows

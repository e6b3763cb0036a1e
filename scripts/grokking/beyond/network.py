"""A two-layer ReLU network with a bias at its output, both layers trained, on the planar sets.

f(x) = sum_j a_j relu(w_j.x) / sqrt(m) + b, from standard normal a and w in pairs that cancel, so that f = 0 and b = 0
at the start. Hidden neurons have no bias, so that f - b is linear on every ray from the origin.

Gradient descent on the mean loss is followed as a flow in tau = eta t, which it is while eta times the largest
curvature, the sharpness, is well below 2. A job refuses a run that leaves that range. F has kinks, where a point enters
or leaves a neuron's half plane, so that the flow is that of descent to about 1e-2 of theta, not to rounding.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grokking.beyond.outcome import Outcome
from grokking.beyond.sets import PlanarRun, Sets, draw
from grokking.logistic.attacks import Attack
from grokking.logistic.geometry import FRAME, HALF_SIDE
from grokking.logistic.theory import kappa
from grokking.planar.data import Dataset
from grokking.results.experiment import Experiment
from grokking.results.jobs import StageError, seeds_of, stage
from grokking.results.rows import Fact, Series
from grokking.seeds import Role, generator
from grokking.smooth import exponential, theory
from grokking.smooth.exponential import Product, Size
from grokking.steps import log_spaced_steps

TOLERANCE = 0.05
"""Of a step of the flow, in the points' f relative to 1 + |f|."""
PER_DECADE = 20
"""Snapshots, from step FIRST on."""
FIRST = 10
ATTACKED = 2
"""Snapshots a decade that are attacked."""
SMOOTH = 1.5
"""Sharpness beyond which descent is not taken for a flow."""
SLOPES = (1e-3, 1e6, 200)
"""Where predictions are tabulated: first, last and number."""
PLATEAU = 100
"""Steps from which the bias counts; of a shorter run, its end."""


@dataclass(frozen=True)
class Run(PlanarRun):
    """A run of a network of m hidden neurons; the first `n_attacked` standard test points are attacked within eps."""

    m: int
    n_attacked: int
    attack_eps: float
    attack_step: float
    attack_n_steps: int


class Network:
    """A network of m neurons on points x (n, 2), y (n,): the flow's field in O(n + m log m).

    A neuron is active on half a turn of directions. With the points sorted by direction, those where it is active are
    one run of them, so that sums over them are differences of partial sums, and f - b is x.V with V constant between
    neighbouring ends of such runs. Vectors of the plane are complex numbers; theta (3 m + 1,) is Re w, Im w, a and b.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray, m: int) -> None:
        order = np.argsort(np.arctan2(x[:, 1], x[:, 0]))
        self._x, self._y, self._m = x[order] @ [1, 1j], y[order].astype(float), m
        self._directions, self._conjugate, self._scale = np.angle(self._x), self._x.conj(), 1 / np.sqrt(m)

    def field(self, theta: np.ndarray) -> np.ndarray:
        """Return F (3 m + 1,), minus the gradient of the mean loss."""
        return self._at(theta)[0]

    def linearised(self, theta: np.ndarray) -> tuple[np.ndarray, Product, Size]:
        """Return F, the map from v to J v, but for points that enter or leave a half plane, and the size of errors.

        An error of theta is as large as its root mean square effect on the points' f, relative to 1 + |f|.
        """
        F, f, G, runs = self._at(theta)
        w, a, _ = unpacked(theta)
        odds = np.exp(-np.abs(f))
        slope = odds / ((1 + odds) ** 2 * len(f))

        def product(v: np.ndarray) -> np.ndarray:
            dw, da, db = unpacked(v)
            falls = slope * (self._values(da * w + a * dw, runs) + db)
            dG = -self._sums(falls, runs)
            return packed(da * G + a * dG, _dot(dw, G) + _dot(w, dG), -falls.sum())

        def size(v: np.ndarray) -> float:
            dw, da, db = unpacked(v)
            changes = (self._values(da * w + a * dw, runs) + db) / (1 + np.abs(f))
            return float(np.sqrt(np.mean(changes**2)))

        return F, product, size

    def _at(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, "Runs"]:
        w, a, b = unpacked(theta)
        runs = self._runs(w)
        f = self._values(a * w, runs) + b
        with np.errstate(over="ignore"):
            pull = self._y / ((1 + np.exp(self._y * f)) * len(f))
        G = self._sums(pull, runs)
        return packed(a * G, _dot(w, G), pull.sum()), f, G, runs

    def _runs(self, w: np.ndarray) -> "Runs":
        ends = np.angle(np.concatenate([-1j * w, 1j * w]))
        return Runs.of(np.searchsorted(self._directions, ends), ends[: self._m] > ends[self._m :], len(self._y))

    def _values(self, v: np.ndarray, runs: "Runs") -> np.ndarray:
        """Return, at each point x (n,), the sum of v_j.x / sqrt(m) over the neurons that are active there."""
        V = np.empty(2 * self._m + 1, complex)
        V[0] = v[runs.cut].sum()
        np.cumsum(np.concatenate([v, -v])[runs.order], out=V[1:])
        V[1:] += V[0]
        V *= self._scale
        return (np.repeat(V, runs.counts) * self._conjugate).real

    def _sums(self, r: np.ndarray, runs: "Runs") -> np.ndarray:
        """Return, for each neuron, the sum of r_i x_i / sqrt(m) over the points where it is active."""
        partial = np.cumsum(np.append(0, np.add.reduceat(r * self._x, runs.firsts)))
        G = partial[runs.places[self._m :]] - partial[runs.places[: self._m]]
        G[runs.cut] += partial[-1]
        return G * self._scale


@dataclass(frozen=True)
class Runs:
    """The runs of points, sorted by direction, in which neurons are active; a `cut` one (m,) goes on at the beginning.

    order (2 m,) sorts their beginnings and ends, between which are `counts` (2 m + 1,) points. Pieces of points that no
    run divides begin at `firsts`; places (2 m,) are the numbers of pieces before each beginning and end.
    """

    order: np.ndarray
    counts: np.ndarray
    firsts: np.ndarray
    places: np.ndarray
    cut: np.ndarray

    @classmethod
    def of(cls, ends: np.ndarray, cut: np.ndarray, n: int) -> "Runs":
        """Return the runs of n points that begin at the first half of `ends` (2 m,) and end before the second."""
        order = np.argsort(ends)
        sorted_ends = np.concatenate([[0], ends[order], [n]])
        counts = np.diff(sorted_ends)
        firsts = sorted_ends[:-1][counts > 0]
        return cls(order, counts, firsts, np.searchsorted(firsts, ends), cut)


def _dot(v: np.ndarray, u: np.ndarray) -> np.ndarray:
    return v.real * u.real + v.imag * u.imag


def unpacked(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return w (m,), complex, a (m,) and b."""
    m = len(theta) // 3
    return theta[:m] + 1j * theta[m : 2 * m], theta[2 * m : 3 * m], theta[-1]


def packed(w: np.ndarray, a: np.ndarray, b: float) -> np.ndarray:
    """Return theta (3 m + 1,)."""
    return np.concatenate([w.real, w.imag, a, [b]])


@dataclass(frozen=True)
class Cones:
    """The function of a trained network: f(x) = V.x + b with V (c, 2) in the cone behind each of c `rays`, ascending.

    Rays are angles of unit vectors; the cone before the first one is that behind the last.
    """

    rays: np.ndarray
    V: np.ndarray
    b: float

    @classmethod
    def of(cls, theta: np.ndarray) -> "Cones":
        """Return the function of a network with the parameters theta (3 m + 1,)."""
        w, a, b = unpacked(theta)
        ends = np.angle(np.concatenate([-1j * w, 1j * w]))
        order, v = np.argsort(ends), a * w / np.sqrt(len(w))
        V = v[ends[: len(w)] > ends[len(w) :]].sum() + np.cumsum(np.concatenate([v, -v])[order])
        return cls(ends[order], np.column_stack([V.real, V.imag]), float(b))

    def slopes(self, x: np.ndarray) -> np.ndarray:
        """Return V (n, 2) at points x (n, 2), in their precision."""
        cone = np.searchsorted(self.rays, np.arctan2(x[:, 1], x[:, 0])) - 1
        return self.V.astype(x.dtype)[cone]

    def at(self, x: np.ndarray) -> np.ndarray:
        """Return f (n,) at points x (n, 2), in their precision."""
        V = self.slopes(x)
        return V[:, 0] * x[:, 0] + V[:, 1] * x[:, 1] + x.dtype.type(self.b)

    def least_margins(self, x: np.ndarray, y: np.ndarray, *, eps: float) -> np.ndarray:
        """Return the least of y f (n,) within eps of x in the maximum norm, inside the square of all points.

        It is exact: f is linear on what each cone has of that rectangle, so that it is least at a corner of it, or at
        an end of what a ray has of it; the origin is such an end.
        """
        low, high = np.maximum(x - eps, -HALF_SIDE), np.minimum(x + eps, HALF_SIDE)
        corners = [np.column_stack([side_1[:, 0], side_2[:, 1]]) for side_1 in (low, high) for side_2 in (low, high)]
        least = np.min([y * self.at(corner) for corner in corners], axis=0)
        directions = np.column_stack([np.cos(self.rays), np.sin(self.rays)])
        first, last = _inside(directions, low, high)
        along = np.sum(self.V * directions, axis=1)
        ends = np.minimum(y[:, None] * along * first, y[:, None] * along * last) + (y * self.b)[:, None]
        return np.minimum(least, np.min(np.where(first <= last, ends, np.inf), axis=1))


def _inside(directions: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return from where to where, each (n, c), rays (c, 2) are inside rectangles low to high (n, 2).

    The first is larger than the last where a ray misses a rectangle.
    """
    first, last = np.zeros((len(low), len(directions))), np.full((len(low), len(directions)), np.inf)
    for side in range(2):
        steep = np.where(np.abs(directions[:, side]) < 1e-300, 1e-300, directions[:, side])
        ends = low[:, side, None] / steep, high[:, side, None] / steep
        first, last = np.maximum(first, np.minimum(*ends)), np.minimum(last, np.maximum(*ends))
    return first, last


def attacked_accuracy(cones: Cones, x: np.ndarray, y: np.ndarray, attack: Attack) -> float:
    """Return the fraction of points x (n, 2), y (n,) right after PGD in `attack.dtype`, classified in float64.

    A step moves each coordinate along the sign of the loss's gradient, sigmoid(f) - y01 times V, then back into the
    ball and the square. Where the gradient is rounded to zero the point stays: it is masked.
    """
    start, kind = x.astype(attack.dtype), attack.dtype
    least = np.maximum(start - kind(attack.eps), kind(-HALF_SIDE))
    most = np.minimum(start + kind(attack.eps), kind(HALF_SIDE))
    found = start
    for _ in range(attack.n_steps):
        with np.errstate(over="ignore", under="ignore"):
            factor = 1 / (1 + np.exp(-cones.at(found))) - (y > 0).astype(kind)
            gradient = factor[:, None] * cones.slopes(found)
        moved = np.clip(found + kind(attack.step) * np.sign(gradient), least, most)
        if np.array_equal(moved, found):
            break
        found = moved
    return float(np.mean(y * cones.at(found.astype(float)) > 0))


def initial(m: int, root: int, seed: int) -> np.ndarray:
    """Draw theta (3 m + 1,): m / 2 pairs of neurons with the same w and opposite a, m even."""
    rng = generator(root, Role.INIT, seed)
    w, a = rng.standard_normal((m // 2, 2)) @ [1, 1j], rng.standard_normal(m // 2)
    return packed(np.tile(w, 2), np.concatenate([a, -a]), 0.0)


def trained(run: Run, points: Dataset, theta: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return theta (k, 3 m + 1) and sharpness (k,) at `steps` (k,).

    Raises StageError, naming run and eta, where that is too large, or the flow has too many steps.
    """
    network = Network(points.x, points.y, run.m)
    try:
        flow = exponential.follow(network.linearised, network.field, theta, run.eta * steps, TOLERANCE)
    except ValueError as error:
        raise StageError(f"{run.run}: eta: {run.eta:g} is not allowed; expected another one, as {error}") from error
    sharpness = run.eta * flow.stiffness
    if not sharpness.max() < SMOOTH:
        at = flow.times[np.argmax(sharpness >= SMOOTH)] / run.eta
        reason = f"expected a smaller one: the sharpness passes {SMOOTH:g} at step {at:.3g}"
        raise StageError(f"{run.run}: eta: {run.eta:g} is not allowed; {reason}")
    return flow.states, np.interp(steps, flow.times / run.eta, sharpness)


def series(run: Run, sets: Sets, states: np.ndarray, sharpness: np.ndarray) -> Series:
    """Return what the states (k, 3 m + 1) say; `norm` is the slope of f across the true separator, of both sides."""
    functions = [Cones.of(theta) for theta in states]
    normal = np.array([FRAME[:, 0], -FRAME[:, 0]])
    slope = np.array([(f.at(normal) - f.b) @ [0.5, -0.5] for f in functions])
    b = states[:, -1]
    test = sets["concentrated"]
    accuracies = {
        split: np.array([np.mean(f.at(points.x) * points.y > 0) for f in functions]) for split, points in sets.items()
    }
    without = np.array([np.mean((f.at(test.x) - f.b) * test.y > 0) for f in functions])
    return {
        ("bias", "train"): b,
        ("norm", "train"): slope,
        ("bias_distance", "train"): np.divide(np.abs(b), slope, out=np.full(len(b), np.nan), where=slope != 0),
        ("sharpness", "train"): sharpness,
        **{("accuracy", split): found for split, found in accuracies.items()},
        ("accuracy_without_bias", "concentrated"): without,
    }


def attacks(run: Run, steps: np.ndarray, states: np.ndarray, points: Dataset) -> tuple[np.ndarray, dict]:
    """Return the attacked steps (j,) and, by quantity, robust accuracies (j,): exact, and under PGD in float32.

    Those under PGD are left out where it has no steps.
    """
    wanted = log_spaced_steps(int(steps[-1]), ATTACKED * int(np.log10(steps[-1])) + 1)
    chosen = np.flatnonzero(np.isin(steps, wanted))
    apart = np.arange(run.n_attacked) * len(points.y) // run.n_attacked
    x, y = points.x[apart], points.y[apart]
    attack = Attack(eps=run.attack_eps, step=run.attack_step, n_steps=run.attack_n_steps)
    functions = [Cones.of(theta) for theta in states[chosen]]
    exact = [np.mean(f.least_margins(x, y, eps=run.attack_eps) > 0) for f in functions]
    found = {("adversarial_exact", "standard"): np.array(exact)}
    if run.attack_n_steps:
        under_attack = [attacked_accuracy(f, x, y, attack) for f in functions]
        found["adversarial_pgd_float32", "standard"] = np.array(under_attack)
    return steps[chosen], found


@dataclass(frozen=True)
class Prediction:
    """The bias at which a linear classifier of slope w is at rest on the run's points: `theory.slaved_bias`."""

    log_w: np.ndarray
    b: np.ndarray

    @classmethod
    def of(cls, run: Run) -> "Prediction":
        """Return it for the slopes that occur."""
        w = np.geomspace(*SLOPES)
        return cls(np.log(w), theory.slaved_bias(run.law, w))

    def at(self, slope: np.ndarray) -> np.ndarray:
        """Return b (k,) at slopes (k,)."""
        return np.interp(np.log(np.maximum(slope, SLOPES[0])), self.log_w, self.b)


def facts(run: Run, steps: np.ndarray, found: Series) -> Iterator[Fact]:
    """Yield the greatest bias, the last step at which it puts the boundary beyond the margin, and predictions."""
    b, predicted, slope = (found[name, "train"] for name in ("bias", "predicted_bias", "norm"))
    late = steps >= min(PLATEAU, steps[-1])
    law = {"kappa": kappa(0, run.alpha), "gamma": run.gamma}
    for name, bias in (("", b), ("predicted_", predicted)):
        yield f"{name}bias_plateau", np.abs(bias[late]).max(), f"max |b|, t >= {PLATEAU}"
        last = theory.geometric_time(steps, np.column_stack([slope, 0 * slope]), bias, **law)
        yield f"{name}T_te_geometric", last if np.isfinite(last) else None, "last t with |b| >= gamma slope / 2"
    linear = theory.generalisation_time(run.law, law["kappa"]) if run.s_pos != run.s_neg else np.nan
    yield "linear_T_te_geometric", linear, "the same of a linear classifier, by the two-variable flow"
    yield "largest_sharpness", found["sharpness", "train"].max(), "eta times the largest curvature, greatest"


@stage
def train(experiment: Experiment, seed: int, curves: Path, times: Path, bounds: Path) -> None:
    """Train every run of an experiment, drawn from the root seed `seed`, and write the three tables."""
    outcome = Outcome()
    for run in experiment.each(Run):
        steps, prediction = (
            log_spaced_steps(run.horizon, int(np.log10(run.horizon)) * PER_DECADE + 1),
            Prediction.of(run),
        )
        steps = steps[steps >= FIRST]
        for replicate in seeds_of(run.run, run.n_seeds, "trained"):
            sets = draw(run, seed, replicate)
            states, sharpness = trained(run, sets["train"], initial(run.m, seed, replicate), steps)
            found = series(run, sets, states, sharpness)
            found |= {("predicted_bias", "train"): prediction.at(found["norm", "train"])}
            outcome.add(run, replicate, steps, found, facts(run, steps, found))
            outcome.show(run, replicate, *attacks(run, steps, states, sets["standard"]))
    outcome.write(curves, times, bounds)

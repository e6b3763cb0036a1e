"""Gradient descent in two dimensions where its motion is smooth, to any horizon.

One step is a map theta -> theta + D(theta) of theta = (w_p, w_u, b) in the frame of the true separator, with

    D(theta) = step sum_i c_i pull(theta.z_i) z_i - decay theta,    z_i = y_i (p_i, u_i, 1),

pull(m) = sigmoid(-m) for the logistic loss and that of `losses` for another smooth one, c_i the weight of a point;
`step` is eta / N for the mean loss and eta for the sum, `decay`, a number for w and one for b, is eta times the weight
decay. The first `start` steps are executed. From there on the iterates lie on the curve d theta / dt = log(map)(theta):
with D2, D3, ... the further forward differences of the iterates, and log(1 + x) = x - x^2/2 + ...,

    d theta / d log t = t F(theta),    F = D - D2/2 + D3/3 - D4/4.

As theta moves by powers of t, D_k is of the order of t^(1-k) D; later steps need fewer terms. The curve is followed by
Radau IIA collocation, with STAGES stages (order 2 STAGES - 1) and PER_DECADE intervals a decade of steps: its
polynomial, of degree STAGES in log t, gives the state at any step. The intervals do not depend on the horizon.

Where the loss has a minimum (weight decay, data that no line separates) descent comes to rest, and stays.

That is gradient descent only where it is smooth: if D4 is small against D at the start, and if no multiplier of a step,
1 - lambda with lambda an eigenvalue of step times the Hessian, leaves the unit circle later. Otherwise UnstableError.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.polynomial import legendre
from scipy.special import roots_jacobi

from grokking.logistic.geometry import FRAME
from grokking.smooth.losses import LOSSES, Loss

START = 1000
"""Steps executed one by one."""
STAGES = 7
PER_DECADE = 10
TERMS = ((1e4, 4), (1e6, 3), (np.inf, 2))
"""Differences in F for intervals that end up to this step: what is left out is of the order of 1e-12 of F."""
NARROWEST = 1 / 64
"""... and the least part of one that is tried where the curve bends."""
PRECISION = 1e-9
"""Largest last coefficient of the polynomial in an interval, relative to theta."""
SETTLED, NEWTON = 1e-12, 12
"""Newton's iteration is carried to this change, relative to theta, in at most so many."""
LEAST = 1e-3
"""Added to |theta| as the scale of errors."""
AT_REST = 1e-13
"""What is left of the pulls in a component where they cancel, relative to their sizes: then nothing moves any more."""
LEAST_SMOOTH = 1e-6
"""Largest |D4| / |D| at the start."""


class UnstableError(ValueError):
    """The motion is not smooth: only executing every step tells where it goes."""


@dataclass(frozen=True)
class SmoothRun:
    """States of one run: steps (k,), w (k, 2), b (k,).

    gradients : evaluations over all points. sharpness : the largest eigenvalue of step times the Hessian from the start
    of the smooth part on, below 2 by the test; nan where every step was executed.
    """

    steps: np.ndarray
    w: np.ndarray
    b: np.ndarray
    gradients: int
    sharpness: float


def descend(
    x: np.ndarray,
    y: np.ndarray,
    *,
    step: float,
    steps: np.ndarray,
    bias: bool = True,
    w_0: tuple[float, float] = (0.0, 0.0),
    b_0: float = 0.0,
    weights: np.ndarray | None = None,
    decay: tuple[float, float] = (0.0, 0.0),
    loss: Loss = LOSSES["logistic"],
    start: int = START,
) -> SmoothRun:
    """Return gradient descent on x (n, 2), y (n,) at `steps` (k,), whole and ascending from 0 or later.

    theta moves by `step` times the gradient of sum_i weights_i l(y_i (w.x_i + b)), l a smooth `loss`; weights are 1
    unless given. Beside that w and b lose these parts of themselves, `decay`, at every step. b stays b_0 if not `bias`.
    Raises UnstableError, naming the step, where the motion is not smooth, and ValueError for other steps.
    """
    steps = np.asarray(steps, dtype=np.int64)
    if steps[0] < 0 or np.any(np.diff(steps) <= 0):
        raise ValueError(f"steps run from {steps[0]} to {steps[-1]}: expected ascending ones from 0 or later")
    one_step = StepMap.of(x, y, step, bias, weights, decay, loss)
    theta = np.append(np.asarray(w_0) @ FRAME, b_0)
    with np.errstate(over="ignore"):
        early = _executed(one_step, theta, min(start, int(steps[-1])))
        split = int(np.searchsorted(steps, len(early)))
        late, sharpness = _followed(one_step, early[-1], start, steps[split:])
    states = np.concatenate([early[steps[:split]], late])
    return SmoothRun(steps, states[:, :2] @ FRAME, states[:, 2], one_step.gradients, sharpness)


def follow(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, *, step: float, start: int, steps: np.ndarray, bias: bool
) -> SmoothRun:
    """Return gradient descent that is at (w, b) at step `start`, at `steps` (k,) after it: `descend`, gone on with."""
    one_step = StepMap.of(x, y, step, bias)
    with np.errstate(over="ignore"):
        states, sharpness = _followed(one_step, np.append(w @ FRAME, b), start, steps)
    return SmoothRun(steps, states[:, :2] @ FRAME, states[:, 2], one_step.gradients, sharpness)


class StepMap:
    """One step of gradient descent with z (n, 3), pulls (n, 3), the rows step c_i z_i, and the decay (3,) of theta."""

    @classmethod
    def of(
        cls,
        x: np.ndarray,
        y: np.ndarray,
        step: float,
        bias: bool,
        weights: np.ndarray | None = None,
        decay: tuple[float, float] = (0.0, 0.0),
        loss: Loss = LOSSES["logistic"],
    ) -> "StepMap":
        """Return the map on x (n, 2), y (n,), weights (n,) in the frame of the true separator."""
        z = y[:, None] * np.column_stack([x @ FRAME, np.ones(len(y))])
        pulls = step * z if weights is None else step * weights[:, None] * z
        if not bias:
            pulls[:, 2] = 0
        return cls(z, pulls, np.array([decay[0], decay[0], decay[1] * bias]), loss)

    def __init__(self, z: np.ndarray, pulls: np.ndarray, decay: np.ndarray, loss: Loss = LOSSES["logistic"]) -> None:
        self._z, self._pulls, self._decay, self._loss = z, pulls, decay, loss
        self._columns, self._pull_columns = np.ascontiguousarray(z.T), np.ascontiguousarray(pulls.T)
        self.gradients = 0

    def displacement(self, theta: np.ndarray) -> np.ndarray:
        """Return D at theta (..., 3)."""
        self.gradients += theta.size // theta.shape[-1]
        return self._loss.pull(theta @ self._columns) @ self._pulls - self._decay * theta

    def jacobian(self, theta: np.ndarray) -> np.ndarray:
        """Return dD/dtheta (3, 3), minus step times the Hessian, at theta (3,)."""
        return -(self._pull_columns * self._loss.curvature(theta @ self._columns)) @ self._z - np.diag(self._decay)

    def at_rest(self, theta: np.ndarray) -> bool:
        """Tell whether the pulls cancel at theta (3,), in each component; those of separable data do not along p."""
        sizes = (1 / (1 + np.exp(theta @ self._columns))) @ np.abs(self._pulls) + self._decay * np.abs(theta)
        return bool(np.all(np.abs(self.displacement(theta)) <= AT_REST * sizes))

    def differences(self, theta: np.ndarray, count: int) -> list[np.ndarray]:
        """Return D, D2, ... D_count at theta (..., 3), as differences of gradients: those of iterates would drown."""
        row = []
        for _ in range(count):
            row.append(self.displacement(theta))
            theta = theta + row[-1]
        leading = []
        while row:
            leading.append(row[0])
            row = [after - before for before, after in pairwise(row)]
        return leading

    def velocity(self, theta: np.ndarray, terms: int) -> np.ndarray:
        """Return F with so many terms at theta (..., 3)."""
        return sum((-1) ** k / (k + 1) * D for k, D in enumerate(self.differences(theta, terms)))


def _executed(one_step: StepMap, theta: np.ndarray, count: int) -> np.ndarray:
    """Return the states (count + 1, 3) from theta on."""
    states = np.empty((count + 1, 3))
    states[0] = theta
    for now in range(count):
        states[now + 1] = states[now] + one_step.displacement(states[now])
    return states


def _followed(one_step: StepMap, theta: np.ndarray, start: int, steps: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the states (k, 3) at steps (k,) after `start`, where the state is theta, and the largest sharpness."""
    if len(steps) == 0:
        return np.empty((0, 3)), np.nan
    _require_smooth(one_step, theta, start)
    places = np.log10(steps / start) * PER_DECADE
    states, sharpest = np.empty((len(steps), 3)), 0.0
    for place, width, there, moved, sharpness in _intervals(one_step, theta, start, places[-1]):
        inside = slice(*np.searchsorted(places, [place, place + width], side="right"))
        states[inside] = there + _lagrange((places[inside] - place) / width) @ moved
        sharpest = max(sharpest, sharpness)
    return states, sharpest


def _intervals(one_step: StepMap, theta: np.ndarray, start: int, end: float) -> Iterator[tuple]:
    """Yield (place, width, theta there, changes (STAGES, 3) of theta to the nodes, sharpness) up to the place `end`.

    Places count intervals from `start`. One whose polynomial is not accurate is halved, and again, down to NARROWEST.
    At rest a last one takes all that is left.
    """
    place, width, moved, known = 0.0, 1.0, np.zeros((STAGES, 3)), 1.0
    while place < end:
        t = start * 10 ** ((place + width * NODES) / PER_DECADE)
        jacobian = one_step.jacobian(theta)
        sharpness = _contracting(jacobian, t[0])
        if one_step.at_rest(theta):
            yield place, end + 1 - place, theta, np.zeros((STAGES, 3)), sharpness
            return
        guess = _lagrange(1 + width / known * NODES) @ moved - moved[-1]
        found, error = _collocated(one_step, theta, jacobian, t, width * INTEGRALS, guess)
        if error < PRECISION:
            yield place, width, theta, found, sharpness
            place, theta, moved, known = place + width, theta + found[-1], found, width
            width *= 1 + (width < 1 and place % (2 * width) == 0)
        elif width > NARROWEST:
            width /= 2
        else:
            raise UnstableError(f"step {t[0]:.4g}: no smooth curve leads to step {t[-1]:.4g}")


def _collocated(
    one_step: StepMap, theta: np.ndarray, jacobian: np.ndarray, t: np.ndarray, integrals: np.ndarray, moved: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return the changes (STAGES, 3) of theta to the steps t of the nodes, and their error relative to theta.

    They solve moved = integrals (t F(theta + moved)), by simplified Newton from the guess `moved`. The error is the
    last Legendre coefficient of their polynomial, infinite where Newton's iteration does not settle.
    """
    terms = next(count for end, count in TERMS if t[-1] < end)
    slope = sum((-1) ** k / (k + 1) * np.linalg.matrix_power(jacobian, k + 1) for k in range(terms))
    try:
        inverse = np.linalg.inv(np.eye(moved.size) - np.kron(integrals * t, slope))
    except np.linalg.LinAlgError:  # of steps so many that rounding loses the identity
        return moved, np.inf
    scale, last = np.abs(theta) + LEAST, 0.0
    for _ in range(NEWTON):
        residual = integrals @ (t[:, None] * one_step.velocity(theta + moved, terms)) - moved
        change = (inverse @ residual.ravel()).reshape(moved.shape)
        moved = moved + change
        size = np.max(np.abs(change) / scale)
        # Changes shrink geometrically, to that of rounding: size^2 / last is what the next one would be.
        if size < SETTLED or size**2 < SETTLED * last or 0 < last < 2 * size < SETTLED**0.75:
            return moved, np.max(np.abs(COEFFICIENTS[-1] @ moved) / scale)
        last = size
    return moved, np.inf


def _require_smooth(one_step: StepMap, theta: np.ndarray, start: int) -> None:
    """Raise UnstableError unless D4 is small against D: left over from fast motion, it would not be."""
    D, *_, D4 = one_step.differences(theta, 4)
    if not np.linalg.norm(D4) <= LEAST_SMOOTH * np.linalg.norm(D):
        ratio = np.linalg.norm(D4) / np.linalg.norm(D)
        raise UnstableError(f"step {start}: |D4| is {ratio:.3g} |D|, expected at most {LEAST_SMOOTH:g}")


def _contracting(jacobian: np.ndarray, t: float) -> float:
    """Return the sharpness; raise UnstableError if it is 2 or more."""
    sharpness = -np.linalg.eigvals(jacobian).real.min()
    if not sharpness < 2:
        raise UnstableError(f"step {t:.4g}: a multiplier of one step is {1 - sharpness:.6g}, expected above -1")
    return sharpness


def _lagrange(places: np.ndarray) -> np.ndarray:
    """Return (k, STAGES): polynomials that are 1 at a node, 0 at the others and at 0, at places (k,) in [0, 1]."""
    return legendre.legvander(2 * places - 1, STAGES) @ COEFFICIENTS


def _integrals() -> np.ndarray:
    """Return Radau's matrix (STAGES, STAGES): integrals from 0 to each node of polynomials that are 1 at one node."""
    primitives = legendre.legint(np.eye(STAGES), lbnd=-1) / 2
    return legendre.legval(2 * NODES - 1, primitives).T @ np.linalg.inv(legendre.legvander(2 * NODES - 1, STAGES - 1))


NODES = np.append((roots_jacobi(STAGES - 1, 1, 0)[0] + 1) / 2, 1.0)
"""Radau's, as parts of an interval."""
INTEGRALS = np.log(10) / PER_DECADE * _integrals()
"""... over log t."""
COEFFICIENTS = np.linalg.inv(legendre.legvander(2 * np.append(0, NODES) - 1, STAGES))[:, 1:]
"""Legendre's, (STAGES + 1, STAGES), of the polynomials that are 1 at a node, 0 at the others and at 0."""

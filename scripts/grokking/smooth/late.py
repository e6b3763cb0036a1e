"""Late times of gradient descent in two dimensions, from an integration in the logarithm of the step.

One step of gradient descent is a map phi of theta = (w_p, w_u, b). Late in training two steps move theta by little, D =
phi^2(theta) - theta, and the curve through every second iterate satisfies d theta/dt = log(phi^2)(theta) / 2. Let D2
and D3 be the next differences of these iterates, D2 = D(phi^2(theta)) - D(theta). With log(1 + x) = x - x^2/2 + ...

    d theta / d log t = t (D - D2/2 + D3/3) / 2,   up to a relative error of the order of 1/t^3,

which `extend` gives to a stiff solver: fast modes decay in it as they do in gradient descent, and what remains is slow.
Two steps at a time, it follows a stable cycle of period 2 as well. Where gradient descent is unstable the solver would
calmly follow the curve from which gradient descent is driven away. Hence two tests, of the slow motion at the start
and, all along, of the multipliers of two steps: the eigenvalues of the Jacobian of phi^2.
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import OptimizeResult

from grokking.limits import limited
from grokking.logistic.geometry import FRAME
from grokking.logistic.model import descent_direction, hessian, signed_features
from grokking.smooth.descent import UnstableError

RELATIVE_TOLERANCE = 1e-9
ABSOLUTE_TOLERANCE = 1e-10
"""Per solver step, the second in the solver's unit sqrt(eta), a thousandth of the bias at the smallest imbalance."""
MOST_VELOCITIES = 100_000
"""Evaluations of one integration."""
SLOWEST_POWER = 10.0
"""Motion counts as slow if its velocity changes at most as t^+-10: measured are powers up to 3.4, in chaos above 40."""


@dataclass(frozen=True)
class LateRun:
    """States of one run at late steps: steps (k,), w (k, 2), b (k,), and what they cost.

    gradients, hessians : evaluations over all points. fastest : the largest modulus of the multipliers of two steps
    that are not the slow one; below 1 by the test.
    """

    steps: np.ndarray
    w: np.ndarray
    b: np.ndarray
    gradients: int
    hessians: int
    fastest: float


def extend(
    x: np.ndarray,
    y: np.ndarray,
    w: np.ndarray,
    b: float,
    *,
    eta: float,
    start: int,
    steps: np.ndarray,
    bias: bool = True,
) -> LateRun:
    """Continue gradient descent on x (n, 2), y (n,) from (w, b) at step `start`, returning it at `steps` (k,).

    `steps` are whole, ascending, not before `start`; a step at odd distance from it costs one gradient more. Raises
    UnstableError, naming step and multiplier, where gradient descent does not follow a slow curve, and ValueError for
    other steps.
    """
    steps = np.asarray(steps, dtype=np.int64)
    if not 1 <= start <= steps[0] or np.any(np.diff(steps) <= 0):
        raise ValueError(f"steps run from {steps[0]} to {steps[-1]}: expected ascending ones, none before {start}")
    # In units of sqrt(eta) a step is theta += descent_direction(z, theta).
    z = np.sqrt(eta) * signed_features(x @ FRAME, y, bias=bias)
    theta = np.append(w @ FRAME, b)[: z.shape[1]] / np.sqrt(eta)
    _require_slow(z, theta, start)
    even = steps - (steps - start) % 2
    with np.errstate(over="ignore"):
        solution, moduli = _solve(z, theta, start, max(int(even[-1]), start + 2))
        states = solution.sol(np.log(even)).T
        for row in np.flatnonzero(even < steps):
            states[row] += descent_direction(z, states[row])
    states *= np.sqrt(eta)
    return LateRun(
        steps,
        states[:, :2] @ FRAME,
        states[:, 2] if bias else np.zeros(len(states)),
        gradients=6 * solution.nfev + int(np.count_nonzero(even < steps)),
        hessians=2 * (solution.njev + len(moduli)),
        fastest=max(moduli),
    )


def _logarithm(z: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Return log(phi^2) at theta: D - D2/2 + D3/3, D in two-step differences.

    Each is a sum of gradients: as differences of iterates they would drown in theta's rounding.
    """
    D, following, third = _differences(z, theta, 3)
    return (11 * D - 7 * following + 2 * third) / 6


def _differences(z: np.ndarray, theta: np.ndarray, count: int) -> list[np.ndarray]:
    """Return D at theta and at the two-step iterates that follow it."""
    found = []
    for _ in range(count):
        first = descent_direction(z, theta)
        found.append(first + descent_direction(z, theta + first))
        theta = theta + found[-1]
    return found


def _jacobian(z: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Return the Jacobian of D, that of phi^2 less the identity: with H, H' the Hessians now and next, H'H - H - H'."""
    now, following = hessian(z, theta), hessian(z, theta + descent_direction(z, theta))
    return following @ now - now - following


def _solve(z: np.ndarray, theta: np.ndarray, start: int, horizon: int) -> tuple[OptimizeResult, list[float]]:
    """Return SciPy's solution, with its interpolant, from log(start) to log(horizon), and `_fastest` on the way."""

    def velocity(log_t, theta):
        return np.exp(log_t) * _logarithm(z, theta) / 2

    def jacobian(log_t, theta):
        J = _jacobian(z, theta)
        return np.exp(log_t) * (J - J @ J / 2 + J @ J @ J / 3) / 2

    def stability(log_t, theta):
        moduli.append(_fastest(z, theta))
        return 1 - moduli[-1]

    moduli = []
    stability.terminal = True
    solution = solve_ivp(
        limited(velocity, MOST_VELOCITIES, UnstableError(f"step {start}: no slow curve leads to step {horizon}")),
        (np.log(start), np.log(horizon)),
        theta,
        method="Radau",
        jac=jacobian,
        rtol=RELATIVE_TOLERANCE,
        atol=ABSOLUTE_TOLERANCE,
        dense_output=True,
        events=stability,
    )
    if solution.status:
        reason = "gradient descent leaves the slow curve" if solution.status == 1 else solution.message
        step = np.exp(solution.t[-1])
        raise UnstableError(f"step {step:.4g}: {reason}, where a two-step multiplier has modulus {moduli[-1]:.6g}")
    return solution, moduli


def _fastest(z: np.ndarray, theta: np.ndarray) -> float:
    """Return the largest modulus of the multipliers of two steps, leaving out the one nearest to 1."""
    eigenvalues = np.linalg.eigvals(_jacobian(z, theta))
    fast = np.delete(eigenvalues, np.argmin(np.abs(eigenvalues)))
    return float(np.abs(1 + fast).max())


def _require_slow(z: np.ndarray, theta: np.ndarray, start: int) -> None:
    """Raise UnstableError unless theta is on a curve along which D changes as a moderate power of the step.

    At more than half of the states of a chaotic run the multipliers are below 1; D changes too fast at all of them.
    """
    with np.errstate(over="ignore"):
        D, following = _differences(z, theta, 2)
        multiplier = _fastest(z, theta)
    if multiplier >= 1:
        raise UnstableError(f"step {start}: a two-step multiplier has modulus {multiplier:.6g}, expected less than 1")
    power = np.linalg.norm(following - D) / np.linalg.norm(D) * start / 2
    if power > SLOWEST_POWER:
        raise UnstableError(
            f"step {start}: two steps change their own displacement by {2 * power / start:.3g} of it, expected at most "
            f"{2 * SLOWEST_POWER / start:.3g}; the other two-step multipliers have modulus up to {multiplier:.6g}"
        )

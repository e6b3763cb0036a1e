"""Gradient descent on a logistic loss in any number of features where its motion is smooth, to any horizon.

It is `descent` for more features than three: the same map of one step, theta -> theta + D(theta), the same curve
d theta / d log t = t F(theta) that the iterates lie on, F = D - D2/2 + D3/3 - D4/4 of its forward differences. As the
equations of a collocation would be too many, the curve is followed by LSODA: multistep formulas of orders up to 12, the
stiff ones where the Jacobian asks for them, with steps chosen by their error.

The pull of a point is at most 1 and its slope at most 1/4, so that the largest eigenvalue of step times the Hessian is
below that of step times sum_i c_i z_i z_i^T / 4 throughout. Where that is below 2, descent contracts at every step.
"""

import numpy as np
from scipy.integrate import odeint

from grokking.smooth.descent import TERMS, StepMap, UnstableError

START = 1000
"""Steps executed one by one."""
TOLERANCE = 1e-7
"""Error of a step of LSODA relative to theta."""
SMALLEST = 1e-3
"""... and absolute, as a part of the relative one."""
MOST_STEPS = 100_000
"""Steps of LSODA between two snapshots, far more than it ever needs."""


def descend(
    z: np.ndarray,
    *,
    step: float,
    steps: np.ndarray,
    weights: np.ndarray | None = None,
    start: int = START,
    tolerance: float = TOLERANCE,
) -> np.ndarray:
    """Return theta (k, d) of gradient descent from 0 at `steps` (k,), whole and ascending from 0 or later.

    z (n, d) has the signed features y_i phi_i as its rows; theta moves by `step` times the gradient of
    sum_i weights_i log(1 + exp(-theta.z_i)); weights are 1 unless given. Raises UnstableError where a step is too large
    for descent to contract, and where LSODA does not reach its tolerance.
    """
    steps = np.asarray(steps, dtype=np.int64)
    if steps[0] < 0 or np.any(np.diff(steps) <= 0):
        raise ValueError(f"steps run from {steps[0]} to {steps[-1]}: expected ascending ones from 0 or later")
    pulls = step * z if weights is None else step * weights[:, None] * z
    one_step = StepMap(z, pulls, np.zeros(z.shape[1]))
    bound = sharpness_bound(z, step=step, weights=weights)
    if not bound < 2:
        raise UnstableError(f"the sharpness is at most {bound:.4g}, expected below 2: {2 / bound:.3g} of this step")
    with np.errstate(over="ignore"):
        early = _executed(one_step, z.shape[1], min(start, int(steps[-1])))
        split = int(np.searchsorted(steps, len(early)))
        late = _followed(one_step, early[-1], start, steps[split:], tolerance)
    return np.concatenate([early[steps[:split]], late])


def sharpness_bound(z: np.ndarray, *, step: float, weights: np.ndarray | None = None) -> float:
    """Return the largest eigenvalue of step sum_i c_i z_i z_i^T / 4, above that of step times the Hessian anywhere."""
    scaled = z if weights is None else np.sqrt(weights)[:, None] * z
    return float(step * np.linalg.norm(scaled, 2) ** 2 / 4)


def _executed(one_step: StepMap, d: int, count: int) -> np.ndarray:
    """Return the states (count + 1, d) from 0 on."""
    states = np.zeros((count + 1, d))
    for now in range(count):
        states[now + 1] = states[now] + one_step.displacement(states[now])
    return states


def _followed(one_step: StepMap, theta: np.ndarray, start: int, steps: np.ndarray, tolerance: float) -> np.ndarray:
    """Return the states (k, d) at steps (k,) after `start`, where the state is theta."""
    parts = [np.empty((0, len(theta)))]
    for end, terms in TERMS:
        inside = steps[(steps > start) & (steps <= end)]
        if len(inside) and inside[0] > start:
            last = min(end, steps[-1])
            times = np.unique(np.concatenate([[start], inside, [last]]))
            states = _solved(one_step, theta, np.log(times), terms, tolerance)
            parts.append(states[1 : 1 + len(inside)])
            theta, start = states[-1], last
    return np.concatenate(parts)


def _solved(one_step: StepMap, theta: np.ndarray, log_steps: np.ndarray, terms: int, tolerance: float) -> np.ndarray:
    """Return the states at `log_steps` (k,), theta at the first, on the curve with so many terms in F."""

    def velocity(theta: np.ndarray, log_step: float) -> np.ndarray:
        return np.exp(log_step) * one_step.velocity(theta, terms)

    def jacobian(theta: np.ndarray, log_step: float) -> np.ndarray:
        # Of F's first term: it serves LSODA's Newton iteration alone, and the others are smaller by the sharpness.
        return np.exp(log_step) * one_step.jacobian(theta)

    states, report = odeint(
        velocity,
        theta,
        log_steps,
        Dfun=jacobian,
        rtol=tolerance,
        atol=SMALLEST * tolerance,
        mxstep=MOST_STEPS,
        full_output=True,
    )
    if not report["message"].startswith("Integration successful"):
        raise UnstableError(f"step {np.exp(log_steps[0]):.4g}: {report['message']}")
    return states

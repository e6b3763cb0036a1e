"""Where descent in two dimensions comes to rest: data that no line separates, or weight decay.

Then the loss has one minimum, which Newton's method finds without training. What it is for data of a given law, some of
its labels wrong, is the minimum on the points that stand for the law (`expected_points`), and how far the sample of a
single data set carries b and the tilt of w away from it is a central limit (`expected_accuracy`). Nothing is fitted.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, ndtr

from grokking.logistic.geometry import FRAME, HALF_DIAGONAL, W_TRUE
from grokking.smooth.descent import StepMap
from grokking.smooth.theory import PANELS, Law, gauss

NEWTON = 200
SETTLED = 1e-10
"""Newton's iteration ends with a change of less than this, relative to theta."""
ROUNDING = 1e-13
"""A smaller change of the loss than this part of it cannot be seen."""
LEAST_DECAY, MOST_DECAY = 1e-12, 1e-3
"""Weight decays between which a threshold is looked for."""


@dataclass(frozen=True)
class Points:
    """Points x (n, 2), labels y (n,), weights (n,), and loose (n,): whether p of a point drawn there is random."""

    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    loose: np.ndarray


def minimum(
    x: np.ndarray,
    y: np.ndarray,
    *,
    step: float,
    weights: np.ndarray | None = None,
    decay: tuple[float, float] = (0.0, 0.0),
) -> tuple[np.ndarray, float]:
    """Return w (2,) and b where a step of `descent.descend`, with these arguments, moves nothing.

    Newton's method from 0; a step is halved until the loss does not grow. Raises ValueError where there is no such
    place within reach: separable data without decay.
    """
    one_step, theta = StepMap.of(x, y, step, True, weights, decay), np.zeros(3)
    z = y[:, None] * np.column_stack([x @ FRAME, np.ones(len(y))])
    counts, decays = np.ones(len(y)) if weights is None else weights, np.array([decay[0], *decay])

    def loss(theta: np.ndarray) -> float:
        return step * (counts @ np.logaddexp(0, -z @ theta)) + decays @ theta**2 / 2

    with np.errstate(over="ignore"):
        for _ in range(NEWTON):
            D = one_step.displacement(theta)
            if not D.any():  # all points are so far away that none pulls
                break
            change, part = -np.linalg.solve(one_step.jacobian(theta), D), 1.0
            if np.linalg.norm(change) <= SETTLED * np.linalg.norm(theta):
                return theta[:2] @ FRAME, float(theta[2])
            now = loss(theta)
            while part * (D @ change) > ROUNDING * now and loss(theta + part * change) > now:
                part /= 2
            theta = theta + part * change
    raise ValueError(f"no minimum within ||w|| = {np.linalg.norm(theta[:2]):.3g}: expected weight decay, or noise")


def expected_points(law: Law, *, flips: float = 0.0, overlap: float = 0.0) -> Points:
    """Return points that stand for data sets of a law, whose weighted sums are the expected ones, with wrong labels.

    `flips` labels of points that are not planted are wrong, wherever they are, and half of those with p at most
    `overlap` / 2. At p, whose nodes are those of `Law.points`, the square is 2 (a - p) wide: half of the weight is at
    u = (a - p) / sqrt(3), the root mean square, and half at minus that.
    """
    low = law.gamma / 2 if law.low is None else law.low
    width = HALF_DIAGONAL - low
    edges = np.unique(np.append(low + width * PANELS, np.clip(overlap / 2, low, HALF_DIAGONAL)))
    p, mass = gauss(edges)
    mass = mass * 2 * (HALF_DIAGONAL - p) / width**2
    others = max(law.others.sum(), np.finfo(float).tiny)  # of none, no part is wrong
    wrong = np.where(p < overlap / 2, 0.5, min(flips / others, 1.0))
    parts = []
    for sign, R, S in zip((1.0, -1.0), law.others, (law.s_pos, law.s_neg), strict=True):
        parts.append((sign * p, np.full(len(p), sign), R * mass * (1 - wrong)))
        parts.append((sign * p, np.full(len(p), -sign), R * mass * wrong))
        parts.append((np.array([sign * law.gamma / 2]), np.array([sign]), np.array([S])))
    along, y, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    loose = np.concatenate([np.full(len(part[0]), len(part[0]) > 1) for part in parts])
    u = (HALF_DIAGONAL - np.abs(along)) / np.sqrt(3)
    x = np.concatenate([np.column_stack([along, sign * u]) @ FRAME for sign in (1, -1)])
    return Points(x, np.tile(y, 2), np.tile(weights / 2, 2), np.tile(loose, 2))


def expected_accuracy(
    points: Points, w: float, b: float, *, gamma: float, alpha: float, decay: tuple[float, float] = (0.0, 0.0)
) -> float:
    """Return the mean accuracy, among data sets of a law, on gamma/2 < |p| <= alpha gamma, where ||w|| and b are given.

    `decay` is that of w and b in units of the step. A data set's own sum of pulls y sigmoid(-margin) (u, 1) differs
    from the expected one, 0, by a variance of sigmoid^2 a point, times that of u for w_u; support vectors have no
    choice of p, and add to that of w_u alone. Against the slope of the pulls, the sum of sigmoid', it moves b and the
    tilt w_u by a normal deviation. At u the boundary is displaced by (b + w_u u) / w, and a point at (p, u) is right
    with the probability Phi((w p +- b) / deviation).
    """
    margins = points.y * (points.x @ W_TRUE * w + b)
    pull = expit(-margins)
    slope, spread = points.weights * pull * (1 - pull), points.weights * pull**2
    square = (points.x @ FRAME[:, 1]) ** 2
    of_bias = np.sqrt(spread @ points.loose) / (slope.sum() + decay[1])
    of_tilt = np.sqrt(spread @ square) / (slope @ square + decay[0])
    u, u_weights = gauss(np.linspace(0, HALF_DIAGONAL, 9))
    p, p_weights = gauss(np.linspace(gamma / 2, alpha * gamma, 9))
    p_weights = p_weights * (HALF_DIAGONAL - p)
    deviation = np.hypot(of_bias, of_tilt * u)
    right = sum(p_weights @ ndtr((w * p[:, None] + sign * b) / deviation) @ u_weights for sign in (1, -1)) / 2
    return float(right / (p_weights.sum() * u_weights.sum()))


def decay_threshold(
    x: np.ndarray,
    y: np.ndarray,
    *,
    step: float,
    eta: float,
    gamma: float,
    weights: np.ndarray | None = None,
    both: bool = False,
) -> float | None:
    """Return the weight decay lambda* at which |b| / ||w|| at rest is gamma / 2: with less, it comes to rest below.

    `both` says whether b decays, too. It is None where all decays up to MOST_DECAY leave it on one side, or where
    Newton's method does not find rest. With support vectors alone and w decaying, rest is where
    lambda N w = (gamma/2) (S+ sigmoid(-z-b) + S- sigmoid(-z+b)) and S+ sigmoid(-z-b) = S- sigmoid(-z+b); with
    b = z, L << 1, that is lambda* = gamma^2 (S+ + S-) / (16 L N).
    """

    def excess(log_decay: float) -> float:
        lost = eta * np.exp(log_decay)
        w, b = minimum(x, y, step=step, weights=weights, decay=(lost, lost * both))
        return float(np.log(np.abs(b) / np.linalg.norm(w) / (gamma / 2)))

    ends = np.log([LEAST_DECAY, MOST_DECAY])
    try:
        if not excess(ends[0]) < 0 < excess(ends[1]):
            return None
        return float(np.exp(brentq(partial(excess), *ends, rtol=1e-6)))
    except (ValueError, RuntimeError):
        return None

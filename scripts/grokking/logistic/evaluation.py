"""What the snapshots (w, b) of a linear classifier say: accuracy, loss, geometry, curvature.

Every function takes one replicate's snapshots, w (k, d) and b (k,), in the order of their steps, and returns one value
a snapshot. Points are x (n, d) with labels y (n,) in {-1, +1}; margins are y (w.x + b). The work is done in blocks of
snapshots. Along a smooth run the margins within a block are known to within little, and most points need not be looked
at: those that are right at every snapshot of the block, or too far from the boundary to weigh anything in a sum.
"""

from collections.abc import Callable

import numpy as np

from grokking.logistic.model import curvature, signed_features

BLOCK = 256
"""Snapshots in a block."""
NEGLIGIBLE = 40.0
"""A sum of exponentials leaves out points that together are below exp(-NEGLIGIBLE) of it."""
ROUNDING = 1e-12
"""Taken off the bounds of margins, relative to the norms that enter."""


def accuracy(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the fraction (k,) of points with positive margin. A point on the boundary counts as wrong."""

    def right(w: np.ndarray, b: np.ndarray) -> np.ndarray:
        unsure = _margin_bounds(x, y, w, b)[0] <= 0
        found = np.count_nonzero(_margins(x[unsure], y[unsure], w, b) > 0, axis=1)
        return (found + np.count_nonzero(~unsure)) / len(y)

    return _by_block(right, w, b)


def loss(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Return the summed logistic loss (k,): the sum over points of log(1 + exp(-margin)), each with its weight."""
    weights = np.ones(len(y)) if weights is None else weights
    return _by_block(lambda w, b: np.logaddexp(0.0, -_margins(x, y, w, b)) @ weights, w, b)


def log_exponential_sums(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return (log A+, log A-), each (k,): A+- is the sum over a class of exp(-y w.x), weighted, without the bias.

    The logarithm of delta = sqrt(A-/A+) is (log A- - log A+)/2 (arXiv 2602.08302, section 4). Logarithms, as
    A underflows late in training; -inf for a class without points. Given the support vectors alone, it
    returns their share of A+-. Weights are 1 unless given.
    """
    weights = np.ones(len(y)) if weights is None else weights
    positive, negative = (
        _log_exponential_sum(x[chosen], y[chosen], w, weights[chosen]) if np.any(chosen) else np.full(len(w), -np.inf)
        for chosen in (y > 0, y < 0)
    )
    return positive, negative


def _log_exponential_sum(x: np.ndarray, y: np.ndarray, w: np.ndarray, weights: np.ndarray) -> np.ndarray:
    shift = np.log(weights)

    def log_sum(w: np.ndarray, b: np.ndarray) -> np.ndarray:
        low, high = _margin_bounds(x, y, w, b)
        kept = low - shift <= (high - shift).min() + np.log(len(y)) + NEGLIGIBLE
        return _log_sum_of_exponentials(shift[kept] - _margins(x[kept], y[kept], w, b))

    return _by_block(log_sum, w, np.zeros(len(w)))


def _log_sum_of_exponentials(exponents: np.ndarray) -> np.ndarray:
    """Return log sum exp of each row: SciPy's takes five times as long."""
    greatest = exponents.max(axis=1)
    exponents -= greatest[:, None]
    return greatest + np.log(np.exp(exponents, out=exponents).sum(axis=1))


def bias_distance(w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return |b| / ||w|| (k,), the distance of the decision boundary from the origin; nan where w = 0."""
    norm = np.linalg.norm(w, axis=1)
    return np.divide(np.abs(b), norm, out=np.full(len(b), np.nan), where=norm > 0)


def angle(w: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return the angle (k,) in radians between w and the unit vector `direction` (d,), accurate if small."""
    along = w @ direction
    return np.arctan2(np.linalg.norm(w - along[:, None] * direction, axis=1), along)


def sharpness(
    x: np.ndarray,
    y: np.ndarray,
    w: np.ndarray,
    b: np.ndarray,
    *,
    step: float,
    bias: bool,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Return step lambda_max (k,) of the summed loss's Hessian; above 2, gradient descent is locally unstable."""
    z = signed_features(x, y, bias=bias)
    n, d = z.shape
    weights = np.ones(n) if weights is None else weights
    outer = weights[:, None] * (z[:, :, None] * z[:, None, :]).reshape(n, d * d)
    squares = weights * (z**2).sum(axis=1)

    def greatest_eigenvalue(w: np.ndarray, b: np.ndarray) -> np.ndarray:
        low, high = _margin_bounds(x, y, w, b)
        # s (1 - s) is at least exp(-|margin|)/4 and lambda_max at least the trace over d: what one point alone gives.
        least = (np.log(squares / (4 * d)) - np.maximum(np.abs(low), np.abs(high))).max()
        kept = low <= np.log(n * squares.max()) - least + NEGLIGIBLE
        hessians = curvature(_margins(x[kept], y[kept], w, b)) @ outer[kept]
        return np.linalg.eigvalsh(hessians.reshape(-1, d, d))[:, -1]

    return step * _by_block(greatest_eigenvalue, w, b)


def _by_block(values: Callable[[np.ndarray, np.ndarray], np.ndarray], w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return values(w, b) of blocks of snapshots as one array (k,)."""
    blocks = [slice(first, first + BLOCK) for first in range(0, len(w), BLOCK)]
    return np.concatenate([values(w[rows], b[rows]) for rows in blocks])


def _margins(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the margins (k, n)."""
    return w @ (y[:, None] * x).T + b[:, None] * y


def _margin_bounds(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return bounds (n,) below and above each point's margins at all snapshots w (k, d), b (k,).

    With a the part of w along its mean direction and v the rest, w.x = a p + v.q of the same parts p and q of x, and
    |v.q| is at most the product of their norms.
    """
    mean = w.mean(axis=0)
    norm = np.linalg.norm(mean)
    direction = mean / norm if norm > 0 else mean
    along, p = w @ direction, x @ direction
    across = np.linalg.norm(w - along[:, None] * direction, axis=1).max()
    q = np.linalg.norm(x - p[:, None] * direction, axis=1)
    middle = y * (p * (along.max() + along.min()) / 2 + (b.max() + b.min()) / 2)
    reach = np.abs(p) * np.ptp(along) / 2 + across * q + np.ptp(b) / 2
    reach += ROUNDING * (np.linalg.norm(w, axis=1).max() * np.linalg.norm(x, axis=1) + np.abs(b).max())
    return middle - reach, middle + reach

"""What the snapshots (w, b) of a linear classifier say: accuracy, loss, geometry, curvature.

Every function takes one replicate's snapshots, w (k, d) and b (k,), and returns one value a snapshot. Points
are x (n, d) with labels y (n,) in {-1, +1}; margins are y (w.x + b). The work is done in blocks of snapshots,
so that memory does not grow with their number.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import logsumexp

BLOCK_ELEMENTS = 2**18
"""Margins held at a time: a block that stays in the cache."""


def accuracy(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the fraction (k,) of points with positive margin. A point on the boundary counts as wrong."""
    return _over_margins(lambda margins: np.count_nonzero(margins > 0, axis=1) / len(y), x, y, w, b)


def loss(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the sum-logistic loss (k,): the sum over points of log(1 + exp(-margin)), not their mean."""
    return _over_margins(lambda margins: np.logaddexp(0.0, -margins).sum(axis=1), x, y, w, b)


def log_exponential_sums(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (log A+, log A-), each (k,): A+- is the sum over a class of exp(-y w.x), without the bias.

    The logarithm of delta = sqrt(A-/A+) is (log A- - log A+)/2 (arXiv 2602.08302, section 4). Logarithms, as
    A underflows late in training; -inf for a class without points. Given the support vectors alone, it
    returns their share of A+-.
    """
    no_bias = np.zeros(len(w))
    sums = [
        _over_margins(lambda margins: logsumexp(-margins, axis=1), x[chosen], y[chosen], w, no_bias)
        if np.any(chosen)
        else np.full(len(w), -np.inf)
        for chosen in (y > 0, y < 0)
    ]
    return sums[0], sums[1]


def bias_distance(w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return |b| / ||w|| (k,), the distance of the decision boundary from the origin; nan where w = 0."""
    norm = np.linalg.norm(w, axis=1)
    return np.divide(np.abs(b), norm, out=np.full(len(b), np.nan), where=norm > 0)


def angle(w: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return the angle (k,) in radians between w and the unit vector `direction` (d,), accurate if small."""
    along = w @ direction
    return np.arctan2(np.linalg.norm(w - along[:, None] * direction, axis=1), along)


def sharpness(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray, *, eta: float, bias: bool) -> np.ndarray:
    """Return eta lambda_max (k,) of the loss's Hessian; above 2, gradient descent is locally unstable.

    The Hessian is the sum of s (1 - s) z z^T with s = sigmoid(margin) and z = (x, 1), or x alone if the bias
    is not learnt.
    """
    z = np.column_stack([x, np.ones(len(x))]) if bias else x
    d = z.shape[1]
    outer = (z[:, :, None] * z[:, None, :]).reshape(len(z), d * d)

    def greatest_eigenvalue(margins: np.ndarray) -> np.ndarray:
        decay = np.exp(-np.abs(margins))
        hessians = (decay / (1 + decay) ** 2) @ outer
        return np.linalg.eigvalsh(hessians.reshape(-1, d, d))[:, -1]

    return eta * _over_margins(greatest_eigenvalue, x, y, w, b)


def _over_margins(
    reduce: Callable[[np.ndarray], np.ndarray], x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """Return reduce(margins (block, n)) for all snapshots, block by block, as one array (k,)."""
    signed = (y[:, None] * x).T
    size = max(1, BLOCK_ELEMENTS // len(y))
    blocks = [slice(first, first + size) for first in range(0, len(w), size)]
    return np.concatenate([reduce(w[rows] @ signed + b[rows, None] * y) for rows in blocks])

"""Adversarial points of a linear classifier f(x) = w.x + b: the exact worst case, and PGD in floats.

The two differ where rounding turns PGD's gradient to zero, which shields a point from the attack without its
margin being any safer ("masked"). Points are x (n, d), labels y (n,) in {-1, +1}; a classifier is w (d,) and
b, for any d. The attack stays in an l_inf ball around x and in the data's box [low, high] (arXiv 2602.08302,
appendix C).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

CUTOFFS = {
    "float32": (24 * np.log(2), 128 * np.log(2)),
    "float64": (53 * np.log(2), 1024 * np.log(2)),
    "bfloat16": (8 * np.log(2), 128 * np.log(2)),
}
"""Logits from which the gradient of the cross-entropy, sigmoid(z) - y01, is zero: for label +1, where 1 + e^-z rounds
to 1, and for label -1, where e^-z overflows."""
BLOCK_ELEMENTS = 2**20
"""Coordinates attacked at a time: bounds the memory."""


@dataclass(frozen=True)
class Attack:
    """Projected gradient ascent on the loss in `dtype`: n_steps of size `step` a coordinate, radius eps."""

    eps: float = 1.0
    step: float = 0.25
    n_steps: int = 20
    dtype: type[np.floating] = np.float32


def worst_case(x: np.ndarray, y: np.ndarray, w: np.ndarray, *, eps: float, low: float, high: float) -> np.ndarray:
    """Return the points (n, d) of least margin within eps of x and inside the box: clip(x - eps y sign(w)).

    It depends on the signs of w alone, so a growing ||w|| cannot make a point safer. Expects x in the box.
    """
    return np.clip(x - eps * y[:, None] * np.sign(w), low, high)


def exact_accuracies(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray, *, eps: float, low: float, high: float
) -> np.ndarray:
    """Return (k,): what fraction of points no perturbation of at most eps inside the box misclassifies.

    The classifiers are w (k, d), b (k,).
    """
    return _right_at_worst(x, y, w, b, eps=eps, low=low, high=high).mean(axis=1)


def _right_at_worst(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray, **ball: float) -> np.ndarray:
    """Return (k, n): whether each point is right at its worst point, found in the precision of x."""
    kind = x.dtype.type
    right = np.empty((len(w), len(y)), bool)
    signs, which = np.unique(np.sign(w), axis=0, return_inverse=True)
    for index, sign in enumerate(signs):
        rows = np.flatnonzero(which == index)
        worst = worst_case(x, y.astype(kind), sign.astype(kind), **{name: kind(value) for name, value in ball.items()})
        right[rows] = y * (w[rows] @ worst.astype(float).T + b[rows, None]) > 0
    return right


def pgd(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, attack: Attack, *, low: float, high: float
) -> np.ndarray:
    """Return the points (n, d), of type attack.dtype, at which the paper's PGD ends when it starts from x.

    A step moves each coordinate by attack.step along the sign of the loss's gradient, then back into the ball
    and the box. All arithmetic is in attack.dtype. A step that changes no point ends the attack early, as all
    further ones would repeat it.
    """
    start, w = x.astype(attack.dtype), w.astype(attack.dtype)
    # Every scalar is cast: one np.float64 among them would turn the whole attack to float64.
    b, low, high, eps, step = map(attack.dtype, (b, low, high, attack.eps, attack.step))
    least, most = np.maximum(start - eps, low), np.minimum(start + eps, high)
    attacked = start
    for _ in range(attack.n_steps):
        moved = attacked + step * np.sign(_gradient(attacked, y, w, b))
        moved = np.clip(moved, least, most)
        if np.array_equal(moved, attacked):
            break
        attacked = moved
    return attacked


def pgd_accuracy(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, attack: Attack, *, low: float, high: float
) -> tuple[float, float]:
    """Return the fraction of points right after PGD, and the fraction masked: gradient exactly zero at x.

    The attacked points are classified in float64, so that only the attack knows attack.dtype.
    """
    right = masked = 0
    for rows in _blocks(x):
        attacked = pgd(x[rows], y[rows], w, b, attack, low=low, high=high)
        right += np.count_nonzero(y[rows] * (attacked.astype(np.float64) @ w + b) > 0)
        gradient = _gradient(x[rows].astype(attack.dtype), y[rows], w.astype(attack.dtype), attack.dtype(b))
        masked += np.count_nonzero(~np.any(gradient, axis=1))
    return right / len(y), masked / len(y)


def masked_pgd(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray, *, eps: float, low: float, high: float, dtype: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return what `pgd_accuracy` does of classifiers w (k, d), b (k,), each (k,), without iterating PGD.

    A point whose gradient is exactly zero at x stays there. Any other moves to its worst point, if PGD has steps enough
    to cross the ball: on the way its margin falls, its gradient grows. In "bfloat16", which NumPy lacks, the gradient
    counts as zero where CUTOFFS say so, and points and logits are not rounded.
    """
    start = x if dtype == "bfloat16" else x.astype(dtype)
    masked = _masked(start, y, w, b, dtype)
    stays = y * (w @ start.astype(float).T + b[:, None]) > 0
    moved = _right_at_worst(start, y, w, b, eps=eps, low=low, high=high)
    return np.where(masked, stays, moved).mean(axis=1), masked.mean(axis=1)


def _masked(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray, dtype: str) -> np.ndarray:
    """Return (k, n): where the gradient at x (n, d) of classifiers w (k, d), b (k,) is exactly zero."""
    if dtype == "bfloat16":
        logits = w @ x.T + b[:, None]
        positive, negative = CUTOFFS[dtype]
        return np.where(y > 0, logits >= positive, logits <= -negative)
    w, b = w.astype(dtype), b.astype(dtype)
    factor = _gradient_factor(w @ x.T + b[:, None], y)
    factor *= np.abs(w).max(axis=1, keepdims=True)
    return factor == 0


def _gradient_factor(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return sigmoid(z) - y01, y01 = 1 for y = +1, in the precision of the logits z.

    It is zero in float32 for z > 16.64 (label 1) and z < -88.7 (label 0), in float64 for 37 and -709.
    """
    # The overflow of exp is what makes the gradient vanish for label 0: part of what is measured.
    with np.errstate(over="ignore", under="ignore"):
        return 1 / (1 + np.exp(-logits)) - (y > 0).astype(logits.dtype)


def _gradient(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.floating) -> np.ndarray:
    """Return the gradient (n, d) of the binary cross-entropy in x: (sigmoid(z) - y01) w."""
    with np.errstate(under="ignore"):
        return _gradient_factor(x @ w + b, y)[:, None] * w


def _blocks(x: np.ndarray) -> Iterator[slice]:
    size = max(1, BLOCK_ELEMENTS // x.shape[1])
    return (slice(first, first + size) for first in range(0, len(x), size))

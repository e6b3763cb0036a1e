"""Adversarial points of a linear classifier f(x) = w.x + b: the exact worst case, and PGD in floats.

The two differ where rounding turns PGD's gradient to zero, which shields a point from the attack without its
margin being any safer ("masked"). Points are x (n, d), labels y (n,) in {-1, +1}; a classifier is w (d,) and
b, for any d. The attack stays in an l_inf ball around x and in the data's box [low, high] (arXiv 2602.08302,
appendix C).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

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


def exact_accuracy(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, *, eps: float, low: float, high: float
) -> float:
    """Return the fraction of points that no perturbation of at most eps inside the box misclassifies."""
    safe = sum(
        np.count_nonzero(y[rows] * (worst_case(x[rows], y[rows], w, eps=eps, low=low, high=high) @ w + b) > 0)
        for rows in _blocks(x)
    )
    return safe / len(y)


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


def _gradient(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.floating) -> np.ndarray:
    """Return the gradient (n, d) of the binary cross-entropy in x: (sigmoid(z) - y01) w, y01 = 1 for y = +1.

    It is zero in float32 for z > 16.64 (label 1) and z < -88.7 (label 0), in float64 for 37 and -709.
    """
    # The overflow of exp is what makes the gradient vanish for label 0: part of what is measured.
    with np.errstate(over="ignore", under="ignore"):
        sigmoid = 1 / (1 + np.exp(-(x @ w + b)))
        return (sigmoid - (y > 0).astype(x.dtype))[:, None] * w


def _blocks(x: np.ndarray) -> Iterator[slice]:
    size = max(1, BLOCK_ELEMENTS // x.shape[1])
    return (slice(first, first + size) for first in range(0, len(x), size))

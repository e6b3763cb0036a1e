"""Losses of a margin m = y (w.x + b), by what descent asks of them: a point's pull -l'(m), and its curvature l''(m).

    logistic log(1 + exp(-m)),    exponential exp(-m),    hinge max(0, 1 - m),    squared hinge max(0, 1 - m)^2.

All are convex: the pull is positive and falls as the margin grows.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grokking.logistic.model import curvature


@dataclass(frozen=True)
class Loss:
    """Functions of margins. `pull` writes over them; `smooth` says whether the curvature is continuous."""

    pull: Callable[[np.ndarray], np.ndarray]
    curvature: Callable[[np.ndarray], np.ndarray]
    smooth: bool


def _logistic(m: np.ndarray) -> np.ndarray:
    # Where exp overflows to infinity the pull is 0, as it should be.
    np.exp(m, out=m)
    m += 1
    return np.reciprocal(m, out=m)


def _exponential(m: np.ndarray) -> np.ndarray:
    np.negative(m, out=m)
    return np.exp(m, out=m)


def _hinge(m: np.ndarray) -> np.ndarray:
    return np.less(m, 1, out=m)


def _squared_hinge(m: np.ndarray) -> np.ndarray:
    np.subtract(1, m, out=m)
    np.maximum(m, 0, out=m)
    m *= 2
    return m


LOSSES = {
    "logistic": Loss(_logistic, curvature, smooth=True),
    "exponential": Loss(_exponential, lambda m: np.exp(-m), smooth=True),
    "hinge": Loss(_hinge, np.zeros_like, smooth=False),
    "squared-hinge": Loss(_squared_hinge, lambda m: 2.0 * (m < 1), smooth=False),
}

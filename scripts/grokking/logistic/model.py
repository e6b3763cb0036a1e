"""Logistic regression with a bias, f(x) = w.x + b: one step of gradient descent, written plainly."""

import numpy as np


def gradient_step(
    w: np.ndarray, b: float, x: np.ndarray, y: np.ndarray, *, eta: float, bias: bool = True
) -> tuple[np.ndarray, float]:
    """Return (w, b) after one gradient step over all points x (n, d), y (n,); b stays if not `bias`."""
    # Where exp overflows to infinity the pull is 0, as it should be.
    with np.errstate(over="ignore"):
        pull = y / (1 + np.exp(y * (x @ w + b)))
    return w + eta * (pull @ x), b + eta * pull.sum() if bias else b

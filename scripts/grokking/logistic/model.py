"""Logistic regression with a bias, f(x) = w.x + b, on the summed loss: gradient, Hessian, one step of descent.

With z_i = y_i (x_i, 1) and theta = (w, b), the margin of a point is theta.z_i, the loss sum_i log(1 + exp(-theta.z_i)).
"""

import numpy as np


def gradient_step(
    w: np.ndarray, b: float, x: np.ndarray, y: np.ndarray, *, eta: float, bias: bool = True
) -> tuple[np.ndarray, float]:
    """Return (w, b) after one gradient step over all points x (n, d), y (n,); b stays if not `bias`."""
    # Where exp overflows to infinity the pull is 0, as it should be.
    with np.errstate(over="ignore"):
        pull = y / (1 + np.exp(y * (x @ w + b)))
    return w + eta * (pull @ x), b + eta * pull.sum() if bias else b


def signed_features(x: np.ndarray, y: np.ndarray, *, bias: bool) -> np.ndarray:
    """Return z (n, d + 1) of points x (n, d), y (n,), or (n, d) if the bias is not learnt."""
    z = np.column_stack([x, np.ones(len(x))]) if bias else x
    return y[:, None] * z


def descent_direction(z: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Return minus the gradient of the loss: the sum of sigmoid(-margin) z. exp may overflow, as it should."""
    return (1 / (1 + np.exp(z @ theta))) @ z


def curvature(margins: np.ndarray) -> np.ndarray:
    """Return s (1 - s), s = sigmoid(margin): a point's weight in the Hessian."""
    decay = np.exp(-np.abs(margins))
    return decay / (1 + decay) ** 2


def hessian(z: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Return the Hessian of the loss: the sum of s (1 - s) z z^T."""
    return (z.T * curvature(z @ theta)) @ z

"""Update rules, each executed step by step: gradient descent, momentum and Adam, with L2 decay or decoupled decay.

`gradient` is that of L_n alone. L2 decay adds lambda theta to it before the rule, as the paper's objective does;
decoupled decay (SGDW, AdamW: Loshchilov and Hutter, arXiv 1711.05101) shrinks theta by 1 - eta lambda beside it. Every
rule starts from zero memory and changes theta in place.
"""

from collections.abc import Callable

import numpy as np

MOMENTUM = 0.9
BETA_1, BETA_2, SMALL = 0.9, 0.999, 1e-8

Rule = Callable[[np.ndarray, np.ndarray], None]
"""From theta and the gradient at it to the next theta."""


def gradient_descent(eta: float, weight_decay: float) -> Rule:
    """Return plain gradient descent."""

    def step(theta: np.ndarray, gradient: np.ndarray) -> None:
        theta *= 1 - eta * weight_decay
        theta -= eta * gradient

    return step


def heavy_ball(eta: float, weight_decay: float) -> Rule:
    """Return momentum with L2 decay."""
    velocity = 0.0

    def step(theta: np.ndarray, gradient: np.ndarray) -> None:
        nonlocal velocity
        velocity = MOMENTUM * velocity + gradient + weight_decay * theta
        theta -= eta * velocity

    return step


def nesterov(eta: float, weight_decay: float) -> Rule:
    """Return Nesterov's momentum with L2 decay, in the form that takes the gradient at theta."""
    velocity = 0.0

    def step(theta: np.ndarray, gradient: np.ndarray) -> None:
        nonlocal velocity
        full = gradient + weight_decay * theta
        velocity = MOMENTUM * velocity + full
        theta -= eta * (full + MOMENTUM * velocity)

    return step


def sgdw(eta: float, weight_decay: float) -> Rule:
    """Return momentum with decoupled decay."""
    velocity = 0.0

    def step(theta: np.ndarray, gradient: np.ndarray) -> None:
        nonlocal velocity
        velocity = MOMENTUM * velocity + gradient
        theta *= 1 - eta * weight_decay
        theta -= eta * velocity

    return step


def adam(eta: float, weight_decay: float) -> Rule:
    """Return Adam with L2 decay."""
    rule = adamw(eta, 0.0)
    return lambda theta, gradient: rule(theta, gradient + weight_decay * theta)


def adamw(eta: float, weight_decay: float) -> Rule:
    """Return Adam with decoupled decay."""
    mean, square, count = 0.0, 0.0, 0

    def step(theta: np.ndarray, gradient: np.ndarray) -> None:
        nonlocal mean, square, count
        count += 1
        mean = BETA_1 * mean + (1 - BETA_1) * gradient
        square = BETA_2 * square + (1 - BETA_2) * gradient**2
        theta *= 1 - eta * weight_decay
        size = eta / (1 - BETA_1**count)
        theta -= size * mean / (np.sqrt(square / (1 - BETA_2**count)) + SMALL)

    return step


RULES = {
    "gradient-descent": gradient_descent,
    "heavy-ball": heavy_ball,
    "nesterov": nesterov,
    "sgdw": sgdw,
    "adam": adam,
    "adamw": adamw,
}
COORDINATEWISE = ("adam", "adamw")
"""Rules that depend on the coordinates; the others do the same in any orthonormal basis."""

"""Update rules, each executed step by step: gradient descent, momentum, Adam, and steps of a given length.

`gradient` is that of the loss alone. L2 decay adds lambda theta to it before the rule, as the ridge paper's objective
does; decoupled decay (SGDW, AdamW: Loshchilov and Hutter, arXiv 1711.05101) shrinks theta by 1 - eta lambda beside it.
Every rule starts from zero memory and changes theta in place. The last axis is that of the parameters, replicates are
before it.
"""

from collections.abc import Callable

import numpy as np

MOMENTUM = 0.9
BETA_1, BETA_2, SMALL = 0.9, 0.999, 1e-8
LEAST = np.finfo(float).tiny
"""A gradient of zero has no direction."""

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


def normalised(eta: float, weight_decay: float) -> Rule:
    """Return gradient descent with steps of the length eta, whatever the gradient's, with L2 decay."""

    def step(theta: np.ndarray, gradient: np.ndarray) -> None:
        full = gradient + weight_decay * theta
        theta -= eta * full / np.maximum(np.linalg.norm(full, axis=-1, keepdims=True), LEAST)

    return step


def sign(eta: float, weight_decay: float) -> Rule:
    """Return gradient descent with the step eta in every parameter, against the gradient's sign, with L2 decay."""

    def step(theta: np.ndarray, gradient: np.ndarray) -> None:
        theta -= eta * np.sign(gradient + weight_decay * theta)

    return step


RULES = {
    "gradient-descent": gradient_descent,
    "heavy-ball": heavy_ball,
    "nesterov": nesterov,
    "sgdw": sgdw,
    "adam": adam,
    "adamw": adamw,
    "normalised": normalised,
    "sign": sign,
}
COORDINATEWISE = ("adam", "adamw", "sign")
"""Rules that depend on the coordinates; the others do the same in any orthonormal basis."""

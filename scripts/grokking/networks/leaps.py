"""Many steps of a smooth iteration for the price of three."""

from collections.abc import Callable

import numpy as np


def leap(
    increment: Callable[[np.ndarray], np.ndarray], theta: np.ndarray, first: np.ndarray, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return theta after `steps` steps of `theta <- theta + increment(theta)`, and an estimate of its error.

    `first` is increment(theta); two more increments are evaluated. This is Kutta's third-order rule (nodes
    at the start, the middle and the end, weighted as in Simpson's rule) with the integrals over a time
    interval replaced by sums over the K = `steps` steps. Its weights b, b_mid, b and its inner coefficient a
    satisfy

        2 b + b_mid = K,  b_mid c + b (K - 1) = sum s,  b_mid c^2 + b (K - 1)^2 = sum s^2,  b a c = C(K, 3)

    with c = (K - 1)/2 and sums over s = 0 ... K-1: the Taylor expansion of K steps of the discrete
    iteration, not of a gradient flow, is met up to third order in the increment. For K <= 3 the result is
    the iteration itself. The error estimate is the difference from the embedded second-order rule theta + K
    increment(theta + c first).
    """
    if steps == 1:
        return theta + first, np.zeros_like(theta)
    last = steps - 1
    middle = increment(theta + 0.5 * last * first)
    inner = 2 * last * (steps - 2) / (steps + 1)
    end = increment(theta + (last - inner) * first + inner * middle)
    correction = steps * (steps + 1) / (6 * last) * (first - 2 * middle + end)
    return theta + steps * middle + correction, correction

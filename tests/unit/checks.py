"""Checkers that several test modules share."""

from collections.abc import Callable, Iterable

import numpy as np


def assert_follows_gradient_descent(
    predict: Callable[[int], np.ndarray],
    descend: Callable[[np.ndarray], np.ndarray],
    start: np.ndarray,
    steps: Iterable[int],
    rtol: float,
) -> None:
    """Check a closed form or an accelerator against gradient descent with every step executed.

    `predict(t)` is the shortcut's state after t steps, `descend(state)` one plain step. At each of `steps`
    the norm of their difference, relative to the norm of the plain state, is at most `rtol`.
    """
    state, now = np.array(start, dtype=float), 0
    for step in sorted(steps):
        while now < step:
            state, now = descend(state), now + 1
        error = np.linalg.norm(predict(step) - state) / np.linalg.norm(state)
        assert error <= rtol, f"step {step}: relative error {error:.3g} exceeds {rtol:.3g}"

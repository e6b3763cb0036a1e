"""Times read from accuracy series: when a run has reached its best accuracy up to a fraction eps."""

import numpy as np

from grokking.results.rows import Time

CENSOR_FRACTION = 0.97
"""Beyond this fraction of the horizon, crossing the run's own supremum tells only that the run ended."""
ROUNDING = 1e-12
"""Accuracies are ratios of integers: far below their spacing, far above the rounding of (1 - eps) sup."""


def first_crossing(
    steps: np.ndarray,
    accuracy: np.ndarray,
    eps: float,
    horizon: int,
    censor_fraction: float = CENSOR_FRACTION,
) -> Time:
    """Return the first step with accuracy >= (1 - eps) sup accuracy: T_tr and T_te of arXiv 2602.08302.

    `steps` (k,) ascending, `accuracy` (k,) at those steps, `horizon` the run's last step. Censored beyond
    `censor_fraction` of the horizon.
    """
    reached = _reached(steps, accuracy, eps)
    return _time(steps, int(np.argmax(reached)), horizon, censor_fraction)


def last_crossing(
    steps: np.ndarray,
    accuracy: np.ndarray,
    eps: float,
    horizon: int,
    censor_fraction: float = CENSOR_FRACTION,
) -> Time:
    """Return the step from which accuracy stays at or above (1 - eps) sup accuracy: its last up-crossing.

    Unlike the first crossing it comes after any unlearning. A series that ends below the level has no such
    step and is censored. Arguments as for `first_crossing`.
    """
    below = np.flatnonzero(~_reached(steps, accuracy, eps))
    return _time(steps, int(below[-1]) + 1 if below.size else 0, horizon, censor_fraction)


def _reached(steps: np.ndarray, accuracy: np.ndarray, eps: float) -> np.ndarray:
    if not 0 <= eps < 1:
        raise ValueError(f"eps is {eps}: expected at least 0 and below 1")
    if len(steps) == 0 or len(steps) != len(accuracy):
        raise ValueError(f"steps and accuracy have lengths {len(steps)} and {len(accuracy)}: expected one, not 0")
    return accuracy >= (1 - eps) * np.max(accuracy) - ROUNDING


def _time(steps: np.ndarray, index: int, horizon: int, censor_fraction: float) -> Time:
    # Snapshots come in pairs (t, t + 1): the gap in front of the pair is where an earlier crossing can hide.
    nearest = min(index, len(steps) - 1)
    resolution = int(np.diff(np.concatenate([[0, 0], steps])[nearest : nearest + 3]).max())
    if index == len(steps) or steps[index] > censor_fraction * horizon:
        return Time(None, True, resolution)
    return Time(int(steps[index]), False, resolution)

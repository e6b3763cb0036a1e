"""Every grid of steps at which a run is logged."""

import numpy as np

DENSE = 1000
"""Every step up to this one is a snapshot of a logistic run."""


def log_grid(horizon: int, per_decade: int) -> np.ndarray:
    """Return the steps 0, 1, ..., horizon, about `per_decade` in a decade (int64, each once)."""
    points = np.geomspace(1, horizon, int(np.ceil(per_decade * np.log10(horizon))) + 1)
    return np.unique(np.concatenate([[0], np.rint(points).astype(np.int64)]))


def snapshot_steps(horizon: int, ratio: float, first: int = 1, pairs_from: float = DENSE) -> np.ndarray:
    """Return the steps from `first` to `horizon`: all to DENSE, then pairs of neighbours in `ratio`, and the last two.

    The first pair is at `pairs_from`. The step after each one is there so that motion of period 2 is seen.
    """
    dense = np.arange(first, min(DENSE, horizon) + 1)
    count = max(0, int(np.log(horizon / pairs_from) / np.log(ratio)) + 1)
    grid = np.rint(pairs_from * ratio ** np.arange(count)).astype(np.int64)
    steps = np.unique(np.concatenate([dense, grid, grid + 1, [horizon - 1, horizon]]))
    return steps[(steps >= first) & (steps <= horizon)]


def late_steps(start: int, horizon: int, ratio: float = 1.002) -> np.ndarray:
    """Return steps from `start` to `horizon` (k,), in about this ratio, each an even number of steps after `start`.

    The horizon is the last step whatever its parity.
    """
    count = int(np.ceil(np.log(horizon / start) / np.log(ratio)))
    offsets = start * np.expm1(np.linspace(0, np.log(horizon / start), count + 1)[:-1])
    return np.unique(np.append(start + 2 * np.rint(offsets / 2).astype(np.int64), horizon))

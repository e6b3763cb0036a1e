"""Every grid of steps at which a run is logged."""

import numpy as np

DENSE = 1000
"""Every step up to this one is a snapshot of a logistic run."""
THINNED_FROM = 10**7
THINNED_RATIO = 1.01
FLOW_PER_DECADE = 40
"""Snapshots of a smooth run in a decade."""


def log_grid(horizon: int, per_decade: int) -> np.ndarray:
    """Return the steps 0, 1, ..., horizon, about `per_decade` in a decade (int64, each once)."""
    points = np.geomspace(1, horizon, int(np.ceil(per_decade * np.log10(horizon))) + 1)
    return np.unique(np.concatenate([[0], np.rint(points).astype(np.int64)]))


def flow_steps(horizon: int) -> np.ndarray:
    """Return the steps 10^(k / FLOW_PER_DECADE), rounded, below the horizon, and the horizon (int64, each once).

    They do not depend on the horizon but for the last, and all powers of ten are among them.
    """
    decades = np.arange(int(np.ceil(np.log10(horizon))) * FLOW_PER_DECADE + 1) / FLOW_PER_DECADE
    steps = np.unique(np.rint(10.0**decades).astype(np.int64))
    return np.append(steps[steps < horizon], horizon)


def snapshot_steps(horizon: int, ratio: float, first: int = 1, pairs_from: float = DENSE) -> np.ndarray:
    """Return the steps from `first` to `horizon`: all to DENSE, then pairs of neighbours in `ratio`, and the last two.

    The first pair is at `pairs_from`. The step after each one is there so that motion of period 2 is seen. Beyond the
    papers' longest runs, THINNED_FROM, the ratio is THINNED_RATIO if that is wider.
    """
    dense = np.arange(first, min(DENSE, horizon) + 1)
    grid = _geometric(pairs_from, min(horizon, THINNED_FROM), ratio)
    late = _geometric(THINNED_FROM, horizon, max(ratio, THINNED_RATIO))
    steps = np.unique(np.concatenate([dense, grid, grid + 1, late, late + 1, [horizon - 1, horizon]]))
    return steps[(steps >= first) & (steps <= horizon)]


def _geometric(start: float, end: int, ratio: float) -> np.ndarray:
    count = max(0, int(np.log(end / start) / np.log(ratio)) + 1)
    return np.rint(start * ratio ** np.arange(count)).astype(np.int64)


def log_spaced_steps(horizon: int, most: int) -> np.ndarray:
    """Return at most that many steps from 1 to the horizon, as many in each decade, rounded (int64, each once).

    All powers of ten are among them, also where `most` is too few for that.
    """
    per_decade = max(1, int((most - 1) / np.log10(horizon) + 1e-9))
    decades = np.arange(int(np.ceil(np.log10(horizon))) * per_decade + 1) / per_decade
    steps = np.unique(np.rint(10.0**decades).astype(np.int64))
    return np.append(steps[steps < horizon], horizon)

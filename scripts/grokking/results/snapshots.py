"""Snapshots on a logarithmic time axis: read from their table, thinned in pairs for figures, averaged in bins of log t.

Training at the edge of stability flips weights every step, so that a step and the next one tell different stories:
thinning keeps both, and a bin's mean weighs them alike.
"""

import numpy as np

PAIRS = 200
"""Pairs of steps (t, t + 1) of a curve that is kept for figures."""
SHOWN_PER_DECADE = 20
"""Steps a decade of a smooth run's curve: all powers of ten are among them."""
BINS_PER_DECADE = 10


def thinned(steps: np.ndarray) -> np.ndarray:
    """Return indices into `steps` (k,), ascending: at most PAIRS log-spaced steps, each with the step after it."""
    starts = np.flatnonzero(np.diff(steps) == 1)
    wanted = np.geomspace(steps[starts[0]], steps[starts[-1]], PAIRS)
    nearest = np.unique(starts[np.searchsorted(steps[starts], np.rint(wanted))])
    kept: list[int] = []
    for index in nearest:
        if not kept or index > kept[-1] + 1:
            kept.append(int(index))
    return np.sort(np.concatenate([kept, np.add(kept, 1)]).astype(int))


def shown(steps: np.ndarray, *, smooth: bool) -> np.ndarray:
    """Return the indices of those snapshots that curves have: pairs, or the SHOWN_PER_DECADE of a smooth run.

    These are the steps nearest to 10^(k / SHOWN_PER_DECADE), among which are all powers of ten, and the last one.
    """
    if not smooth:
        return thinned(steps)
    decades = np.log10(steps)
    wanted = np.arange(int(decades[-1] * SHOWN_PER_DECADE) + 1) / SHOWN_PER_DECADE
    middles = (decades[1:] + decades[:-1]) / 2
    return np.unique([*np.searchsorted(middles, wanted), len(steps) - 1])


def log_bins(steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first step of each bin of log t that holds snapshots, and the bin (k,) of each of `steps`."""
    edge = np.floor(np.log10(steps) * BINS_PER_DECADE + 1e-9)
    _, first, bins = np.unique(edge, return_index=True, return_inverse=True)
    return steps[first], bins


def bin_means(values: np.ndarray, bins: np.ndarray) -> np.ndarray:
    """Return the mean of `values` (k,) in each bin."""
    return np.bincount(bins, values) / np.bincount(bins)


def log_spaced_pairs(steps: np.ndarray, n: int) -> np.ndarray:
    """Return indices of at most n >= 6 snapshots evenly spaced in log t, both ends among them.

    Each comes with the step after it, so that motion of period 2 is seen.
    """
    firsts = np.flatnonzero(np.diff(steps) == 1)
    targets = np.geomspace(1, max(steps[-1], 1), n // 2 - 1)
    chosen = firsts[np.searchsorted(steps[firsts], targets).clip(max=len(firsts) - 1)]
    return np.unique(np.concatenate([[0], chosen, chosen + 1, [len(steps) - 1]]))


def log_spaced(steps: np.ndarray, per_decade: int) -> np.ndarray:
    """Return indices into `steps` (k,), ascending: the first, the last, and `per_decade` in each decade."""
    count = int(np.ceil(np.log10(steps[-1] / steps[0]) * per_decade)) + 1
    wanted = np.geomspace(steps[0], steps[-1], count)
    return np.unique(np.minimum(np.searchsorted(steps, wanted * (1 - 1e-9)), len(steps) - 1))

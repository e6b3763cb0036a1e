"""Snapshots on a logarithmic time axis: read from their table, thinned in pairs for figures, averaged in bins of log t.

Training at the edge of stability flips weights every step, so that a step and the next one tell different stories:
thinning keeps both, and a bin's mean weighs them alike.
"""

import numpy as np
import pyarrow as pa

PAIRS = 200
"""Pairs of steps (t, t + 1) of a curve that is kept for figures."""
BINS_PER_DECADE = 10


def read_trajectory(trajectory: pa.Table, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return steps (k,), w (k, 2) and b (k,) of one seed."""
    chosen = trajectory["seed"].to_numpy() == seed
    steps, w_1, w_2, b = (trajectory[name].to_numpy()[chosen] for name in ("step", "w_1", "w_2", "b"))
    return steps, np.column_stack([w_1, w_2]), b


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


def log_bins(steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first step of each bin of log t that holds snapshots, and the bin (k,) of each of `steps`."""
    edge = np.floor(np.log10(steps) * BINS_PER_DECADE + 1e-9)
    _, first, bins = np.unique(edge, return_index=True, return_inverse=True)
    return steps[first], bins


def bin_means(values: np.ndarray, bins: np.ndarray) -> np.ndarray:
    """Return the mean of `values` (k,) in each bin."""
    return np.bincount(bins, values) / np.bincount(bins)

"""Straight-line fits with intervals that honour how the points arose: seeds are resampled, not points."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from grokking.seeds import Role, generator
from scipy import stats

from judging.query import swept_axes, times_along

RESAMPLES = 2000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class LineFit:
    """Slope of y on x with its bootstrap interval, quality of the line, and how many points it rests on."""

    slope: float
    ci_low: float
    ci_high: float
    r2: float
    spearman: float
    n: int
    n_censored: int


def fit_line(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> LineFit:
    """Fit y = a + slope * x by least squares.

    x has shape `(k,)`, y `(k, seeds)`; NaN marks a censored point, which is left out and counted. The interval is the
    percentile bootstrap over seeds. With fewer than three x values left, all numbers but the counts are NaN.
    """
    seed = np.broadcast_to(np.arange(y.shape[1]), y.shape)
    xs, used = np.broadcast_to(x[:, None], y.shape), np.isfinite(y)
    xs, ys, seed = xs[used], y[used], seed[used]
    censored = int(y.size - used.sum())
    if len(np.unique(xs)) < 3:
        return LineFit(np.nan, np.nan, np.nan, np.nan, np.nan, len(xs), censored)
    counts = rng.multinomial(y.shape[1], np.full(y.shape[1], 1 / y.shape[1]), size=RESAMPLES)
    slopes = _weighted_slopes(xs, ys, counts[:, seed].astype(float))
    line = stats.linregress(xs, ys)
    low, high = np.nanquantile(slopes, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    rank = stats.spearmanr(xs, ys).statistic
    return LineFit(line.slope, low, high, line.rvalue**2, rank, len(xs), censored)


def _weighted_slopes(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the least-squares slope for each row of `weights`, NaN where the weights leave a single x."""
    x, y = x - x.mean(), y - y.mean()
    total = weights.sum(axis=1)
    spread = total * (weights @ x**2) - (weights @ x) ** 2
    cross = total * (weights @ (x * y)) - (weights @ x) * (weights @ y)
    return np.divide(cross, spread, out=np.full(len(weights), np.nan), where=spread > 0)


def fit_sweeps(runs: pd.DataFrame, times: pd.DataFrame, root: int) -> pd.DataFrame:
    """Fit every time of every ridge and network figure along each of its sweeps: rows of the table `fits`.

    ln t on ln x for weight decay, n and m (power laws); t on ln nu2, because theory says that times grow with ln nu2.
    """
    rows = []
    for figure, group in runs[runs["paper"] == "ridge"].groupby("figure", sort=False):
        for axis in swept_axes(runs, figure):
            if axis not in ("weight_decay", "n", "m", "nu2"):
                continue
            for quantity in times[times["run"].isin(group["run"])]["quantity"].unique():
                values = times_along(runs, times, figure, axis, quantity)
                y = values.to_numpy() if axis == "nu2" else np.log(values.where(values > 0).to_numpy())
                fit = fit_line(np.log(values.index.to_numpy(float)), y, generator(root, Role.BOOTSTRAP, 0, len(rows)))
                label = quantity if axis == "nu2" else f"ln {quantity}"
                names = {"fit": f"figure {figure}: {quantity} on {axis}", "x": f"ln {axis}", "y": label}
                rows.append(names | {"eps": group["eps"].iloc[0]} | asdict(fit))
    return pd.DataFrame(rows)

"""Straight-line fits with intervals that honour how the points arose: seeds are resampled, not points."""

from dataclasses import asdict, dataclass, fields
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from grokking.results.files import write_parquet
from grokking.results.jobs import stage
from grokking.seeds import Role, generator
from scipy import stats

from judging.query import Results, imbalanced, read_results

FITTED = ("weight_decay", "n", "data", "m", "nu2")
"""Axes of the ridge paper's sweeps along which times are fitted."""
SUPPORT = "support"
"""The axis of an experiment that plants support vectors in several numbers."""
TIMES_OF_SUPPORT = (
    "T_te_concentrated",
    "T_te_concentrated_last",
    "T_te_geometric",
    "T_te_model",
    "T_te_flow",
    "T_te_theorem",
)
COUNTS = "|ln delta|, counts"
ABSCISSAE = {COUNTS: "log_delta_counts", "|ln delta|, measured": "log_delta_measured"}
"""Abscissae of the fits on that axis, and the numbers of the table `bounds` that they are."""
RESAMPLES = 2000
CONFIDENCE = 0.95


@stage
def fit_times(tables: list[Path], seed: int, out: Path) -> None:
    """Write the table `fits`, from the tables runs, times and bounds and the root seed."""
    write_parquet(pa.Table.from_pandas(fit_all(read_results(tables), seed), preserve_index=False), out)


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


COLUMNS = ["fit", "experiment", "axis", "quantity", "x", "y", "eps", *(field.name for field in fields(LineFit))]
"""Columns of the table `fits`, whether it has rows or none."""


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
    slopes = _resampled_slopes(xs, ys, seed, counts)
    line = stats.linregress(xs, ys)
    low, high = np.nanquantile(slopes, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    rank = stats.spearmanr(xs, ys).statistic
    return LineFit(line.slope, low, high, line.rvalue**2, rank, len(xs), censored)


def _resampled_slopes(x: np.ndarray, y: np.ndarray, seed: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the least-squares slope for each row of `counts` (k, seeds), how often a seed is drawn.

    It is NaN where a single x is left. Sums over the points of each seed are all that is needed.
    """
    x, y = x - x.mean(), y - y.mean()
    terms = (np.ones_like(x), x, y, x * x, x * y)
    sums = np.array([np.bincount(seed, weights=term, minlength=counts.shape[1]) for term in terms])
    n, sx, sy, sxx, sxy = sums @ counts.T
    spread = n * sxx - sx**2
    wide = spread > 1e-12 * n * sxx  # else rounding
    return np.divide(n * sxy - sx * sy, spread, out=np.full(len(counts), np.nan), where=wide)


def fit_all(results: Results, root: int) -> pd.DataFrame:
    """Return the table `fits`: times of ridge regression and networks along their sweeps, and times against delta."""
    parts = [fit_support(results, root), fit_sweeps(results, root)]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)  # an empty one has no types


def fit_sweeps(results: Results, root: int) -> pd.DataFrame:
    """Fit every time of every ridge and network experiment along each of its sweeps with three values or more.

    ln t on ln x for weight decay, n and m (power laws); t on ln nu2, because theory says that times grow with ln nu2.
    """
    runs, rows = results.table("runs"), []
    for experiment in runs.loc[runs["paper"] == "ridge", "experiment"].unique():
        for axis in [axis for axis in FITTED if axis in results.axes(experiment)]:
            swept = results.sweep(experiment, axis)
            if swept["at"].nunique() < 3:
                continue
            for quantity in _quantities(results, results.runs(experiment)):
                values = results.times_along(experiment, axis, quantity)
                y = values.to_numpy() if axis == "nu2" else np.log(values.where(values > 0).to_numpy())
                fit = fit_line(np.log(values.index.to_numpy(float)), y, generator(root, Role.BOOTSTRAP, 0, len(rows)))
                label = quantity if axis == "nu2" else f"ln {quantity}"
                names = _names(experiment, axis, quantity) | {"x": f"ln {results.number_of(experiment, axis)}"}
                rows.append(names | {"y": label, "eps": swept["eps"].iloc[0]} | asdict(fit))
    return pd.DataFrame(rows, columns=COLUMNS)


def along_support(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs that differ from their experiment's first run in their support vectors alone, and that one."""
    return runs[runs["axis"].isna() | (runs["axis"] == SUPPORT)]


def times_on_delta(
    results: Results, experiment: str, quantity: str, eps: float, abscissa: str = COUNTS
) -> pd.DataFrame:
    """Return one row for each run along SUPPORT (index: |log delta|, by one of ABSCISSAE) and one column for each seed.

    A measured log delta is the median over seeds. A time that was not reached is NaN.
    """
    runs = imbalanced(along_support(results.runs(experiment)))
    times = _by_run(results.times(runs, quantity, eps), "seed")
    return times.set_index(_deltas(results, runs, abscissa).reindex(times.index)).sort_index()


def _by_run(times: pd.Series, columns: str | list[str]) -> pd.DataFrame:
    """Return times as one row a run and one column for each value of `columns`."""
    return times.rename("step").reset_index().pivot_table(index="run", columns=columns, values="step", dropna=False)


def _deltas(results: Results, runs: pd.DataFrame, abscissa: str) -> pd.Series:
    """Return |log delta| by run."""
    return results.numbers(runs, ABSCISSAE[abscissa]).groupby("run").median().abs().rename("delta")


def model_levels(results: Results, *experiments: str) -> list[float]:
    """Return the levels eps at which the reduced model predicts times of any of these experiments."""
    runs = pd.concat([results.runs(name) for name in experiments])
    return list(results.levels(runs, "T_te_model"))


def fit_support(results: Results, root: int) -> pd.DataFrame:
    """Fit ln T on |log delta| for each experiment that plants support vectors in several numbers, time and eps."""
    runs, rows, known = results.table("runs"), [], set(results.table("bounds")["quantity"])
    abscissae = [name for name, number in ABSCISSAE.items() if number in known]
    for experiment in runs.loc[runs["axis"] == SUPPORT, "experiment"].unique():
        group = imbalanced(along_support(results.runs(experiment)))
        found, deltas = _quantities(results, group), {name: _deltas(results, group, name) for name in abscissae}
        for quantity in [name for name in TIMES_OF_SUPPORT if name in found]:
            levels = list(results.levels(group, quantity))
            times = _by_run(results.times(group, quantity, levels=levels), ["eps", "seed"])
            for eps, (abscissa, x) in product(levels, deltas.items()):
                values = times[eps].set_index(x.reindex(times.index)).sort_index()
                rng = generator(root, Role.BOOTSTRAP, 1, len(rows))
                fit = fit_line(values.index.to_numpy(float), np.log(values.where(values > 0).to_numpy()), rng)
                names = _names(experiment, SUPPORT, quantity) | {"x": abscissa, "y": f"ln {quantity}"}
                rows.append(names | {"eps": eps} | asdict(fit))
    return pd.DataFrame(rows, columns=COLUMNS)


def _names(experiment: str, axis: str, quantity: str) -> dict[str, str]:
    return {
        "fit": f"{experiment}: {quantity} on {axis}",
        "experiment": experiment,
        "axis": axis,
        "quantity": quantity,
    }


def _quantities(results: Results, runs: pd.DataFrame) -> list[str]:
    """Return the times that the runs have, in the order of the table."""
    times = results.table("times")
    return list(times.loc[times["run"].isin(runs["run"]), "quantity"].unique())

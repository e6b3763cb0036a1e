"""The measures of claims on times of generalisation against delta, on the tables.

A sweep is named by its figure. Balanced runs, for which log delta is 0, are left out unless a measure says otherwise.
"""

import numpy as np
import pandas as pd

from judging.delta_fits import delta_runs, fit_name
from judging.registry import Measurement, Tables, measure, median


@measure
def delta_slope(tables: Tables, figure: str, quantity: str, eps: float) -> Measurement:
    """Slope of the logarithm of a time on |log delta| from counts, with its bootstrap interval over seeds."""
    fits = tables["fits"]
    chosen = (fits["fit"] == fit_name(figure, quantity)) & (fits["x"] == "|ln delta|, counts") & (fits["eps"] == eps)
    if not chosen.any():
        return Measurement(np.nan)
    fit = fits[chosen].iloc[0]
    return Measurement(fit["slope"], fit["ci_low"], fit["ci_high"])


@measure
def share_within(
    tables: Tables, figure: str, quantity: str, model: str, levels: list[float], factor: float
) -> Measurement:
    """Share of runs, seeds and levels eps at which a time is within a factor of its prediction."""
    ratio = _steps(tables, figure, quantity, levels) / _steps(tables, figure, model, levels)
    return Measurement((np.abs(np.log(ratio)) <= np.log(factor)).mean()) if len(ratio) else Measurement(np.nan)


@measure
def delay_due_to_bias(tables: Tables, figure: str, control: str, quantity: str, eps: float) -> Measurement:
    """Median over runs and seeds of a time with a bias over that of the same points without, in the sweep `control`."""
    pairs = []
    for name in (figure, control):
        runs = delta_runs(tables["runs"])
        counts = runs[runs["figure"] == name].set_index("run")[["s_pos", "s_neg"]]
        steps = _steps(tables, name, quantity, [eps]).rename("step").reset_index()
        pairs.append(steps.join(counts, on="run").set_index(["s_pos", "s_neg", "seed"])["step"])
    return _median(pairs[0] / pairs[1])


@measure
def median_time(tables: Tables, figure: str, quantity: str, eps: float) -> Measurement:
    """Median of a time over runs and seeds."""
    return _median(_steps(tables, figure, quantity, [eps]))


@measure
def median_number(tables: Tables, figure: str, quantity: str, equation: str) -> Measurement:
    """Median over runs and seeds of a number in the table `bounds`."""
    return _median(_numbers(tables, figure, quantity, equation))


@measure
def share_holding(tables: Tables, figure: str, equation: str, before: float) -> Measurement:
    """Share of runs and seeds in which a hypothesis holds from a step on that is not after `before`."""
    checked = _numbers(tables, figure, "hypothesis", equation)
    holds = _numbers(tables, figure, "holds_from", equation) <= before
    return Measurement(holds.sum() / len(checked)) if len(checked) else Measurement(np.nan)


def _median(values: pd.Series) -> Measurement:
    return median(values.to_numpy()) if len(values) else Measurement(np.nan)


def _steps(tables: Tables, figure: str, quantity: str, levels: list[float]) -> pd.Series:
    """Return a time by run, seed and eps, infinity where it was not reached."""
    rows = _of_figure(tables, tables["times"], figure)
    rows = rows[(rows["quantity"] == quantity) & rows["eps"].isin(levels)]
    return rows.set_index(["run", "seed", "eps"])["step"].astype(float).fillna(np.inf)


def _numbers(tables: Tables, figure: str, quantity: str, equation: str) -> pd.Series:
    rows = _of_figure(tables, tables["bounds"], figure)
    return rows[(rows["quantity"] == quantity) & (rows["equation"] == equation)].set_index(["run", "seed"])["value"]


def _of_figure(tables: Tables, rows: pd.DataFrame, figure: str) -> pd.DataFrame:
    runs = delta_runs(tables["runs"])
    return rows[rows["run"].isin(runs.loc[runs["figure"] == figure, "run"])]

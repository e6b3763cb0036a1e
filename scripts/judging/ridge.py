"""The measures of the ridge paper's claims, on the tables."""

import numpy as np
import pandas as pd

from judging.query import times_along
from judging.registry import Measurement, Tables, mean, measure


@measure
def slope(tables: Tables, figure: str, quantity: str, axis: str) -> Measurement:
    """Slope of a fit, with its bootstrap interval over seeds."""
    fit = _fit(tables, figure, quantity, axis)
    return Measurement(fit["slope"], fit["ci_low"], fit["ci_high"])


@measure
def slope_over_decay(tables: Tables, figure: str, quantity: str, axis: str, powers: int) -> Measurement:
    """Slope of a time on a logarithm, in units of 1 / (-powers ln(1 - eta lambda)): how fast weight decay shrinks L."""
    fit, run = _fit(tables, figure, quantity, axis), _base(tables, figure)
    unit = -powers * np.log1p(-run["eta"] * run["weight_decay"])
    return Measurement(fit["slope"] * unit, fit["ci_low"] * unit, fit["ci_high"] * unit)


@measure
def linearity(tables: Tables, figure: str, quantity: str, axis: str) -> Measurement:
    """Coefficient of determination of a fit."""
    return Measurement(_fit(tables, figure, quantity, axis)["r2"])


@measure
def range_over_sweep(tables: Tables, figure: str, quantity: str, axis: str) -> Measurement:
    """Largest over smallest mean time along a sweep; no number where a time does not exist."""
    values = times_along(tables["runs"], tables["times"], figure, axis, quantity)
    means = values.mean(axis=1, skipna=False)
    return Measurement(means.max(skipna=False) / means.min(skipna=False))


@measure
def ratio_over_sweep(tables: Tables, figure: str, quantity: str, axis: str) -> Measurement:
    """Time at the largest over that at the smallest value of a sweep, mean over seeds with t interval."""
    values = times_along(tables["runs"], tables["times"], figure, axis, quantity)
    return mean(values.iloc[-1].to_numpy() / values.iloc[0].to_numpy())


@measure
def share_reached(tables: Tables, figure: str, quantity: str) -> Measurement:
    """Share of a figure's runs and seeds in which the time exists."""
    return Measurement(1 - _times(tables, figure, quantity)["censored"].mean())


@measure
def share_grokking(tables: Tables, figure: str, factor: float) -> Measurement:
    """Share of the base configuration's seeds with t2 >= factor * t1, both existing."""
    name = _base(tables, figure)["run"]
    times = tables["times"][tables["times"]["run"] == name].astype({"step": float})
    values = times.pivot_table(index="seed", columns="quantity", values="step", dropna=False)
    return Measurement((values["t2"] >= factor * values["t1"]).mean())


@measure
def violations(tables: Tables, equation: str, figure: str | None = None) -> Measurement:
    """Number of violations of a bound; no number where it was never checked."""
    rows = _audit(tables, equation, figure)
    return Measurement(rows["violations"].sum() if rows["checks"].sum() > 0 else np.nan)


@measure
def hypothesis_share(tables: Tables, equation: str, figure: str) -> Measurement:
    """Share of runs and seeds in which a statement's hypothesis holds."""
    return Measurement(_audit(tables, equation, figure)["hypothesis"].mean())


@measure
def ratio_to_prediction(tables: Tables, figure: str, quantity: str, prediction: str) -> Measurement:
    """Mean of a time over its prediction, over all runs and seeds of a figure where both exist."""
    predicted = tables["bounds"][tables["bounds"]["quantity"] == prediction]
    both = _times(tables, figure, quantity).merge(predicted, on=["run", "seed"])
    ratio = both["step"].astype(float) / both["value"]
    return mean(ratio.groupby(both["seed"]).mean().to_numpy())


@measure
def last_value(tables: Tables, figure: str, quantity: str, split: str) -> Measurement:
    """Last value of a curve of the base configuration, mean over seeds with t interval."""
    return mean(_curve(tables, figure, quantity, split).iloc[-1].to_numpy())


@measure
def late_change(tables: Tables, figure: str, quantity: str, split: str) -> Measurement:
    """Last value of a curve less its value at half the last step, mean over seeds with t interval."""
    curve = _curve(tables, figure, quantity, split)
    halfway = curve.loc[: curve.index[-1] / 2].iloc[-1]
    return mean((curve.iloc[-1] - halfway).to_numpy())


def _fit(tables: Tables, figure: str, quantity: str, axis: str) -> pd.Series:
    name = f"figure {figure}: {quantity} on {axis}"
    found = tables["fits"][tables["fits"]["fit"] == name]
    return found.iloc[0] if len(found) else pd.Series(np.nan, index=tables["fits"].columns)


def _base(tables: Tables, figure: str) -> pd.Series:
    return tables["runs"][tables["runs"]["figure"] == figure].iloc[0]


def _times(tables: Tables, figure: str, quantity: str) -> pd.DataFrame:
    names = tables["runs"].loc[tables["runs"]["figure"] == figure, "run"]
    times = tables["times"]
    return times[times["run"].isin(names) & (times["quantity"] == quantity)]


def _curve(tables: Tables, figure: str, quantity: str, split: str) -> pd.DataFrame:
    curves, name = tables["curves"], _base(tables, figure)["run"]
    rows = curves[(curves["run"] == name) & (curves["quantity"] == quantity) & (curves["split"] == split)]
    return rows.pivot_table(index="step", columns="seed", values="value")


def _audit(tables: Tables, equation: str, figure: str | None) -> pd.DataFrame:
    rows = tables["bounds"][tables["bounds"]["equation"] == equation]
    if figure is not None:
        rows = rows[rows["run"].isin(tables["runs"].loc[tables["runs"]["figure"] == figure, "run"])]
    audit = rows.pivot_table(index=["run", "seed"], columns="quantity", values="value")
    return audit.reindex(columns=["hypothesis", "vacuous", "checks", "violations"])

"""The measures of the ridge paper's claims, on the tables."""

import numpy as np
import pandas as pd

from judging.query import Results
from judging.registry import Axis, Experiment, Measurement, mean, measure


@measure
def slope(results: Results, experiment: Experiment, quantity: str, axis: Axis) -> Measurement:
    """Slope of a fit, with its bootstrap interval over seeds."""
    fit = results.fits(experiment, axis, quantity).iloc[0]
    return Measurement(fit["slope"], fit["ci_low"], fit["ci_high"])


@measure
def slope_over_decay(results: Results, experiment: Experiment, quantity: str, axis: Axis, powers: int) -> Measurement:
    """Slope of a time on a logarithm, in units of 1 / (-powers ln(1 - eta lambda)): how fast weight decay shrinks L."""
    run, found = results.first(experiment), slope(results, experiment, quantity, axis)
    unit = -powers * np.log1p(-run["eta"] * run["weight_decay"])
    return Measurement(found.value * unit, found.ci_low * unit, found.ci_high * unit)


@measure
def linearity(results: Results, experiment: Experiment, quantity: str, axis: Axis) -> Measurement:
    """Coefficient of determination of a fit."""
    return Measurement(results.fits(experiment, axis, quantity)["r2"].iloc[0])


@measure
def range_over_sweep(results: Results, experiment: Experiment, quantity: str, axis: Axis) -> Measurement:
    """Largest over smallest mean time along a sweep; no number where a time does not exist."""
    means = _along(results, experiment, axis, quantity).mean(axis=1, skipna=False)
    return Measurement(means.max(skipna=False) / means.min(skipna=False))


@measure
def ratio_over_sweep(results: Results, experiment: Experiment, quantity: str, axis: Axis) -> Measurement:
    """Time at the largest over that at the smallest value of a sweep, mean over seeds with t interval."""
    values = _along(results, experiment, axis, quantity)
    return mean(values.iloc[-1].to_numpy() / values.iloc[0].to_numpy())


@measure
def share_reached(results: Results, experiment: Experiment, quantity: str) -> Measurement:
    """Share of an experiment's runs and seeds in which the time exists."""
    return Measurement(1 - results.times(results.runs(experiment), quantity).isna().mean())


@measure
def share_grokking(results: Results, experiment: Experiment, factor: float) -> Measurement:
    """Share of the seeds of the experiment's first run with t2 >= factor * t1, both existing."""
    t1, t2 = (results.times(results.runs(experiment)[:1], name) for name in ("t1", "t2"))
    return Measurement((t2 >= factor * t1).mean())


@measure
def violations(results: Results, equation: str, experiment: Experiment | None = None) -> Measurement:
    """Number of violations of a bound; no number where it was never checked."""
    runs = _checked(results, equation, experiment)
    checks = results.numbers(runs, "checks", equation).sum()
    return Measurement(results.numbers(runs, "violations", equation).sum() if checks > 0 else np.nan)


@measure
def hypothesis_share(results: Results, equation: str, experiment: Experiment) -> Measurement:
    """Share of runs and seeds in which a statement's hypothesis holds."""
    return Measurement(results.numbers(results.runs(experiment), "hypothesis", equation).mean())


@measure
def ratio_to_prediction(results: Results, experiment: Experiment, quantity: str, prediction: str) -> Measurement:
    """Mean of a time over its prediction, over all runs and seeds of an experiment where both exist."""
    runs = results.runs(experiment)
    ratio = (results.times(runs, quantity) / results.numbers(runs, prediction)).dropna()
    return mean(ratio.groupby("seed").mean().to_numpy())


@measure
def mean_number(results: Results, experiment: Experiment, quantity: str) -> Measurement:
    """Mean of a number of the table `bounds` over all runs of an experiment, then over seeds with t interval."""
    return mean(results.numbers(results.runs(experiment), quantity).groupby("seed").mean().to_numpy())


@measure
def last_value(results: Results, experiment: Experiment, quantity: str, split: str) -> Measurement:
    """Last value of a curve of the experiment's first run, mean over seeds with t interval."""
    return mean(results.curve(results.first(experiment)["run"], quantity, split).iloc[-1].to_numpy())


@measure
def late_change(results: Results, experiment: Experiment, quantity: str, split: str) -> Measurement:
    """Last value of a curve less its value at half the last step, mean over seeds with t interval."""
    curve = results.curve(results.first(experiment)["run"], quantity, split)
    halfway = curve.loc[: curve.index[-1] / 2].iloc[-1]
    return mean((curve.iloc[-1] - halfway).to_numpy())


def _checked(results: Results, equation: str, experiment: Experiment | None) -> pd.DataFrame:
    return results.checked_on(equation) if experiment is None else results.runs(experiment)


def _along(results: Results, experiment: Experiment, axis: Axis, quantity: str) -> pd.DataFrame:
    """Return a time along a sweep, which must be there: the first run alone would pass for a flat one."""
    results.check_axis(experiment, axis)
    return results.times_along(experiment, axis, quantity)

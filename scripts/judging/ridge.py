"""The measures of the ridge paper's claims, on the tables."""

import numpy as np
import pandas as pd

from judging.query import NotInResultsError, Results
from judging.registry import Axis, Experiment, Measurement, mean, measure, median


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
def median_over_sweep(results: Results, experiment: Experiment, quantity: str, axis: Axis) -> Measurement:
    """Time at the largest over that at the smallest value of a sweep, median over seeds with its interval."""
    values = _along(results, experiment, axis, quantity)
    return median(values.iloc[-1].to_numpy() / values.iloc[0].to_numpy())


@measure
def slope_up_to(results: Results, experiment: Experiment, quantity: str, axis: Axis, largest: float) -> Measurement:
    """Slope of the logarithm of a time on that of a parameter up to its value `largest`, mean over seeds."""
    values = np.log(_along(results, experiment, axis, quantity).loc[:largest])
    if len(values) < 2:
        return Measurement(np.nan)
    return mean(np.polyfit(np.log(values.index.to_numpy(float)), values.to_numpy(), 1)[0])


@measure
def ratio_of_slopes(results: Results, experiment: Experiment, quantity: str, over: str, axis: Axis) -> Measurement:
    """Slope of one time's fit over that of another, with the interval that their two intervals leave room for."""
    upper, lower = slope(results, experiment, quantity, axis), slope(results, experiment, over, axis)
    return Measurement(upper.value / lower.value, upper.ci_low / lower.ci_high, upper.ci_high / lower.ci_low)


@measure
def delay_over_sweep(results: Results, experiment: Experiment, axis: Axis) -> Measurement:
    """Mean t2 - t1 at the largest over that at the smallest value of a sweep, mean over seeds with t interval."""
    delay = _along(results, experiment, axis, "t2") - _along(results, experiment, axis, "t1")
    return mean(delay.iloc[-1].to_numpy() / delay.iloc[0].to_numpy())


@measure
def delay_at_smallest(results: Results, experiment: Experiment, axis: Axis) -> Measurement:
    """Mean t2 - t1 at the smallest value of a sweep; a t1 that does not exist counts as 0, as L_n starts below eps."""
    t1, t2 = (_along(results, experiment, axis, quantity).iloc[0] for quantity in ("t1", "t2"))
    return mean((t2 - t1.fillna(0)).to_numpy())


@measure
def least_ratio(results: Results, experiment: Experiment, axis: Axis) -> Measurement:
    """Smallest mean t2/t1 along a sweep."""
    ratio = _along(results, experiment, axis, "t2") / _along(results, experiment, axis, "t1")
    return Measurement(ratio.mean(axis=1, skipna=False).min(skipna=False))


@measure
def ratio_of_times(results: Results, experiment: Experiment, quantity: str, over: str) -> Measurement:
    """One time over another of the experiment's first run, mean over seeds with t interval."""
    upper, lower = (results.times(results.runs(experiment)[:1], name) for name in (quantity, over))
    return mean((upper / lower).to_numpy())


@measure
def share_late(results: Results, experiment: Experiment, quantity: str) -> Measurement:
    """Share of the seeds of the experiment's first run in which a time comes after t1, both existing."""
    t1, late = (results.times(results.runs(experiment)[:1], name) for name in ("t1", quantity))
    return Measurement((late > t1).mean())


@measure
def share_reached(
    results: Results, experiment: Experiment, quantity: str, axis: Axis | None = None, at: float | None = None
) -> Measurement:
    """Share of an experiment's runs and seeds in which the time exists; with `at`, of its run there on the axis."""
    runs = results.runs(experiment)
    if axis is not None:
        results.check_axis(experiment, axis)
        runs = results.runs(experiment, **{axis: at})
    return Measurement(1 - results.times(runs, quantity).isna().mean())


@measure
def share_grokking_anywhere(results: Results, experiment: Experiment, factor: float) -> Measurement:
    """Share of an experiment's runs and seeds with t2 >= factor * t1, both existing."""
    t1, t2 = (results.times(results.runs(experiment), name) for name in ("t1", "t2"))
    return Measurement((t2 >= factor * t1).mean())


@measure
def time_at(results: Results, experiment: Experiment, quantity: str, axis: Axis, at: float) -> Measurement:
    """A time of the run at one value of a sweep, mean over seeds with t interval."""
    results.check_axis(experiment, axis)
    run = results.runs(experiment, **{results.number_of(experiment, axis): at})[:1]
    return mean(results.times(run, quantity).to_numpy())


@measure
def gap_over_sweep(results: Results, experiment: Experiment, axis: Axis, step: int) -> Measurement:
    """L - L_n at a step, at the largest over that at the smallest value of a sweep, mean over seeds."""
    results.check_axis(experiment, axis)
    first, last = (
        _at(results.curve(run, "loss", "population"), step) - _at(results.curve(run, "loss", "train"), step)
        for run in results.sweep(experiment, axis)["run"].iloc[[0, -1]]
    )
    return mean((last / first).to_numpy())


@measure
def change_between(
    results: Results,
    experiment: Experiment,
    quantity: str,
    split: str,
    start: int | str,
    end: int,
    relative: bool = False,
) -> Measurement:
    """Change of a curve of the experiment's first run from `start`, a step or a time, to the step `end`.

    Mean over seeds with t interval; a time is its next logged step. `relative` divides by the value at the start.
    """
    run = results.runs(experiment)[:1]
    curve = results.curve(run["run"].iloc[0], quantity, split)
    first = results.times(run, start).droplevel("run") if isinstance(start, str) else dict.fromkeys(curve, start)
    starts = np.array([_next(curve[seed], first[seed]) for seed in curve])
    changes = _at(curve, end).to_numpy() - starts
    return mean(changes / starts if relative else changes)


@measure
def number_at(results: Results, experiment: Experiment, number: str, axis: Axis, end: str) -> Measurement:
    """A number of the table `bounds` at the `smallest` or `largest` value of a sweep, mean over seeds."""
    return mean(_numbers(results, experiment, axis, number).iloc[{"smallest": 0, "largest": -1}[end]].to_numpy())


@measure
def number_over_sweep(results: Results, experiment: Experiment, number: str, axis: Axis) -> Measurement:
    """A number of the table `bounds` at the largest over that at the smallest value of a sweep, mean over seeds."""
    values = _numbers(results, experiment, axis, number).dropna(axis=1)  # a data set may have fewer seeds
    return mean(values.iloc[-1].to_numpy() / values.iloc[0].to_numpy())


@measure
def ratio_of_numbers(results: Results, experiment: Experiment, number: str, over: str) -> Measurement:
    """One number of the table `bounds` over another, of the experiment's first run, mean over seeds."""
    upper, lower = (results.numbers(results.runs(experiment)[:1], name) for name in (number, over))
    return mean((upper / lower).to_numpy())


@measure
def slope_of_number(results: Results, experiment: Experiment, number: str, axis: Axis) -> Measurement:
    """Slope of the logarithm of a number of the table `bounds` on that of a parameter, mean over seeds."""
    values = np.log(_numbers(results, experiment, axis, number))
    return mean(np.polyfit(np.log(values.index.to_numpy(float)), values.to_numpy(), 1)[0])


@measure
def learnt_late(results: Results, experiment: Experiment) -> Measurement:
    """Number of an experiment's runs and seeds in which t2 exists although the zero function's loss is above eps."""
    runs = results.runs(experiment)
    reached = results.times(runs, "t2").notna()
    null = results.numbers(runs, "null_loss").reindex(reached.index)
    fails = null > runs.set_index("run")["eps"].reindex(reached.index, level="run")
    return Measurement(float((fails & reached).sum()))


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
def median_ratio_to_prediction(results: Results, experiment: Experiment, quantity: str, prediction: str) -> Measurement:
    """Median over seeds of a time over its prediction, mean over the runs of an experiment where both exist."""
    runs = results.runs(experiment)
    ratio = (results.times(runs, quantity) / results.numbers(runs, prediction)).dropna()
    return median(ratio.groupby("seed").mean().to_numpy())


@measure
def farthest_ratio(results: Results, experiment: Experiment, quantity: str, prediction: str) -> Measurement:
    """A time over its prediction, mean over seeds of the run in which that is farthest from 1."""
    runs = results.runs(experiment)
    ratio = (results.times(runs, quantity) / results.numbers(runs, prediction)).dropna().groupby("run").mean()
    return Measurement(ratio.loc[np.log(ratio).abs().idxmax()] if len(ratio) else np.nan)


@measure
def mean_number(results: Results, experiment: Experiment, quantity: str) -> Measurement:
    """Mean of a number of the table `bounds` over all runs of an experiment, then over seeds with t interval."""
    return mean(results.numbers(results.runs(experiment), quantity).groupby("seed").mean().to_numpy())


def _checked(results: Results, equation: str, experiment: Experiment | None) -> pd.DataFrame:
    return results.checked_on(equation) if experiment is None else results.runs(experiment)


def _at(curve: pd.DataFrame, step: int) -> pd.Series:
    """Return the values by seed at the last logged step up to `step`.

    Raises NotInResultsError where the run ends before.
    """
    if curve.index[-1] < step:
        raise NotInResultsError(f"the runs end before step {step:g}", [])
    return curve.loc[:step].iloc[-1]


def _next(curve: pd.Series, step: float) -> float:
    """Return the value at the first logged step from `step` on, NaN where there is no such step."""
    later = curve[curve.index >= step]
    return later.iloc[0] if len(later) else np.nan


def _along(results: Results, experiment: Experiment, axis: Axis, quantity: str) -> pd.DataFrame:
    """Return a time along a sweep, which must be there: the first run alone would pass for a flat one."""
    results.check_axis(experiment, axis)
    return results.times_along(experiment, axis, quantity)


def _numbers(results: Results, experiment: Experiment, axis: Axis, number: str) -> pd.DataFrame:
    """Return a number of the table `bounds` along a sweep, which must be there."""
    results.check_axis(experiment, axis)
    return results.numbers_along(experiment, axis, number)

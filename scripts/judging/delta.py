"""The measures of claims on times of generalisation against delta, on the tables.

Their experiments plant support vectors in several numbers. Runs with as many in either class, for which log delta is 0,
are left out; a time that was not reached counts as later than all.
"""

import numpy as np
import pandas as pd

from judging.fits import COUNTS, SUPPORT, imbalanced
from judging.query import Results
from judging.registry import Experiment, Measurement, measure, median


@measure
def delta_slope(results: Results, experiment: Experiment, quantity: str, eps: float) -> Measurement:
    """Slope of the logarithm of a time on |log delta| from counts, with its bootstrap interval over seeds."""
    fit = results.fits(experiment, SUPPORT, quantity, x=COUNTS, eps=eps).iloc[0]
    return Measurement(fit["slope"], fit["ci_low"], fit["ci_high"])


@measure
def share_within(
    results: Results, experiment: Experiment, quantity: str, model: str, levels: list[float], factor: float
) -> Measurement:
    """Share of runs, seeds and levels eps at which a time is within a factor of its prediction."""
    runs = imbalanced(results.runs(experiment))
    measured, predicted = (results.times(runs, name, levels=levels, unreached=np.inf) for name in (quantity, model))
    return Measurement((np.abs(np.log(measured / predicted)) <= np.log(factor)).mean())


@measure
def delay_due_to_bias(
    results: Results, experiment: Experiment, control: Experiment, quantity: str, eps: float
) -> Measurement:
    """Median over runs and seeds of a time with a bias over that of the same points without, those of `control`."""
    with_bias, without = (_by_counts(results, name, quantity, eps) for name in (experiment, control))
    return median((with_bias / without).to_numpy())


@measure
def median_time(results: Results, experiment: Experiment, quantity: str, eps: float) -> Measurement:
    """Median of a time over runs and seeds."""
    runs = imbalanced(results.runs(experiment))
    return median(results.times(runs, quantity, eps, unreached=np.inf).to_numpy())


@measure
def median_number(results: Results, experiment: Experiment, quantity: str, equation: str) -> Measurement:
    """Median over runs and seeds of a number in the table `bounds`."""
    return median(results.numbers(imbalanced(results.runs(experiment)), quantity, equation).to_numpy())


@measure
def share_holding(results: Results, experiment: Experiment, equation: str, before: float) -> Measurement:
    """Share of runs and seeds in which a hypothesis holds from a step on that is not after `before`."""
    runs = imbalanced(results.runs(experiment))
    checked = results.numbers(runs, "hypothesis", equation)
    if not checked.any():  # then no run has a step from which it holds
        return Measurement(0.0 if len(checked) else np.nan)
    holds = results.numbers(runs, "holds_from", equation) <= before
    return Measurement(holds.sum() / len(checked))


def _by_counts(results: Results, experiment: str, quantity: str, eps: float) -> pd.Series:
    """Return a time by numbers of support vectors and seed."""
    runs = imbalanced(results.runs(experiment))
    steps = results.times(runs, quantity, eps, unreached=np.inf).rename("step").reset_index()
    return steps.merge(runs[["run", "s_pos", "s_neg"]], on="run").set_index(["s_pos", "s_neg", "seed"])["step"]

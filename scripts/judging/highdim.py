"""The measures of the logistic paper's claims that only high dimension needs, on the tables."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from grokking.flow.theory import limit_norm
from grokking.times import first_crossing

from judging.query import NotInResultsError, Results
from judging.registry import Experiment, Measurement, mean, measure, median


@measure
def delay_within_run(results: Results, experiment: Experiment, test: str, eps: float) -> Measurement:
    """Median over seeds of T_te / T_tr of the experiment's first run.

    A T_te that is not reached is put at the horizon, the latest that the run allows. Where a T_tr is not reached
    training accuracy still rises at the end, and there is no delay.
    """
    return median(_delays(results, results.runs(experiment)[:1], f"T_te_{test}", "T_tr", eps).to_numpy())


@measure
def share_improving_late(
    results: Results, experiment: Experiment, eps: float, factor: float, rise: float
) -> Measurement:
    """Share of seeds of the experiment's first run in which accuracy on concentrated data grokked, not only wavered.

    That is T_te(eps) >= factor * T_tr(eps) by first and by last crossings, and a rise of at least `rise` after
    T_tr(eps). Where T_tr is not reached training is not over, and nothing comes after it.
    """
    run = results.runs(experiment)[:1]
    late = [
        _delays(results, run, f"T_te_concentrated{suffix}", f"T_tr{suffix}", eps) >= factor for suffix in ("", "_last")
    ]
    curve = results.curve(run["run"].iloc[0], "accuracy", "concentrated")
    trained = results.times(run, "T_tr", eps).droplevel("run").dropna()
    curve = curve.reindex(columns=trained.index)
    rises = pd.Series({seed: _rise(curve[seed], step) for seed, step in trained.items()}, dtype=float)
    improved = rises.reindex(late[0].index.get_level_values("seed")).to_numpy() >= rise
    return Measurement((late[0] & late[1] & improved).mean())


@measure
def share_reached_at(results: Results, experiment: Experiment, quantity: str, eps: float) -> Measurement:
    """Share of seeds of the experiment's first run in which a time was reached."""
    return Measurement(results.times(results.runs(experiment)[:1], quantity, eps).notna().mean())


@measure
def horizon_dependence(results: Results, experiment: Experiment, split: str, part: float) -> Measurement:
    """First step with the best accuracy over the same read from the first `part` of the run, median over seeds.

    Neither is censored: a time that is an artefact of the horizon grows with it.
    """
    rows = results.curve_rows(results.first(experiment)["run"], "accuracy", split)
    ratios = [
        _first_best(curve) / _first_best(curve[curve["step"] <= part * curve["step"].max()])
        for _, curve in rows.groupby("seed")
    ]
    return median(np.array(ratios))


@measure
def accuracy_rise(results: Results, experiment: Experiment, split: str, start: int) -> Measurement:
    """Rise of accuracy in the experiment's first run from step `start` to the end, mean over seeds."""
    return mean(_rise(_accuracy(results, experiment, split), start).to_numpy())


@measure
def rise_after_training(results: Results, experiment: Experiment, split: str, eps: float, factor: float) -> Measurement:
    """Rise of accuracy in the experiment's first run from step `factor` * T_tr(eps) to the end, mean over seeds.

    There is none where a seed's T_tr is not reached, or that step lies beyond the end.
    """
    curve = _accuracy(results, experiment, split)
    trained = results.times(results.runs(experiment)[:1], "T_tr", eps).droplevel("run")
    curve = curve.reindex(columns=trained.index)
    return mean(np.array([_rise(curve[seed], factor * step) for seed, step in trained.items()]))


@measure
def late_share_of_rise(results: Results, experiment: Experiment, split: str, start: int, late: int) -> Measurement:
    """Rise of accuracy from step `late` to the end over that from step `start`, first run, mean over seeds."""
    curve = _accuracy(results, experiment, split)
    return mean((_rise(curve, late) / _rise(curve, start)).to_numpy())


@measure
def level_delay_by_bias(results: Results, experiment: Experiment, split: str, level: float) -> Measurement:
    """Step from which accuracy stays at or above a level, with a bias over without, median over seeds.

    A step that is not reached is put at the horizon, so that the delay is at least what comes out.
    """
    runs = [results.runs(experiment, bias=bias)["run"].iloc[0] for bias in (True, False)]
    steps = [results.curve(run, "accuracy", split).apply(_settled, level=level) for run in runs]
    return median((steps[0] / steps[1]).dropna().to_numpy())


@measure
def summary_ratio(
    results: Results, experiment: Experiment, other: Experiment, quantity: str, among: Mapping | None = None
) -> Measurement:
    """A summary number of the experiment's first run over its mean in that of another experiment, mean over seeds.

    `among` gives values of columns that the other experiment's run must have.
    """
    run, reference = results.runs(experiment)[:1], results.runs(other, **(among or {}))[:1]
    return mean(results.numbers(run, quantity).to_numpy() / results.numbers(reference, quantity).mean())


@measure
def greatest_number(results: Results, experiment: Experiment, quantity: str) -> Measurement:
    """Greatest summary number over all runs and seeds of an experiment."""
    return Measurement(results.numbers(results.runs(experiment), quantity).max())


@measure
def departure_from_norm_law(results: Results, experiment: Experiment, start: int) -> Measurement:
    """Greatest relative departure of ||w|| from (k t)^(1/3) from step `start` on, first run, mean over seeds."""
    run = results.first(experiment)
    norms = results.curve(run["run"], "norm").loc[start:]
    law = limit_norm(norms.index.to_numpy(float), run["eta"])
    return mean(norms.div(law, axis=0).sub(1).abs().max().to_numpy())


@measure
def norm_exponent(results: Results, experiment: Experiment, decades: float) -> Measurement:
    """Slope of log ||w|| on log t over the last decades of the experiment's first run, mean over seeds."""
    norms = results.curve(results.first(experiment)["run"], "norm")
    late = norms.loc[norms.index[-1] / 10**decades :]
    return mean(np.polyfit(np.log(late.index.to_numpy(float)), np.log(late.to_numpy()), 1)[0])


@measure
def angle_departure(results: Results, experiment: Experiment, data: str) -> Measurement:
    """Greatest relative departure of tan(angle) from the theory, wherever it has a value, mean over seeds.

    Of the experiment's run with a bias on a data set.
    """
    run = results.runs(experiment, dataset=data, bias=True)["run"].iloc[0]
    measured = np.tan(results.curve(run, "angle"))
    predicted = at_steps(theory(results, run, "tan_angle"), measured.index)
    return mean(measured.div(predicted, axis=0).sub(1).abs().max().to_numpy())


@measure
def final_departure(results: Results, experiment: Experiment, data: str, split: str) -> Measurement:
    """Accuracy at the last step less the theory's, of the run with a bias on a data set, mean over seeds.

    There is none where the theory ends before the run.
    """
    run = results.runs(experiment, dataset=data, bias=True)["run"].iloc[0]
    measured = results.curve(run, "accuracy", split).iloc[-1:]
    predicted = at_steps(theory(results, run, f"accuracy_{split}"), measured.index)
    return mean(measured.sub(predicted, axis=0).iloc[0].to_numpy())


def theory(results: Results, run: str, quantity: str) -> pd.Series:
    """Return what the theory says of one run, by step. Raises NotInResultsError where it says nothing of it."""
    rows = results.table("theory")
    own = rows[rows["run"] == run]
    found = own[own["quantity"] == quantity]
    if found.empty:
        raise NotInResultsError(f"theory says nothing of {quantity!r} in {run}", own["quantity"].unique())
    return found.set_index("step")["value"].sort_index()


def at_steps(predicted: pd.Series, steps: pd.Index) -> pd.Series:
    """Return a prediction at steps, interpolated in log t; NaN beyond its ends."""
    at, known = (np.log(index.to_numpy(float)) for index in (steps, predicted.index))
    return pd.Series(np.interp(at, known, predicted.to_numpy(), left=np.nan, right=np.nan), index=steps)


def _delays(results: Results, run: pd.DataFrame, tested: str, trained: str, eps: float) -> pd.Series:
    """Return T_te / T_tr by run and seed, T_te at the horizon where it is not reached, NaN without T_tr."""
    latest = results.times(run, tested, eps, unreached=float(run["horizon"].iloc[0]))
    return latest / results.times(run, trained, eps)


def _accuracy(results: Results, experiment: str, split: str) -> pd.DataFrame:
    return results.curve(results.first(experiment)["run"], "accuracy", split)


def _rise(curve: pd.DataFrame | pd.Series, start: float):
    """Return the last value less that at the first step from `start` on; NaN where the curve ends before."""
    later = curve[curve.index >= start]
    return later.iloc[-1] - later.iloc[0] if len(later) else np.nan * curve.iloc[-1]


def _settled(accuracy: pd.Series, level: float) -> float:
    """Return the step from which a curve stays at or above a level; the last one where it ends below."""
    below = np.flatnonzero(accuracy.to_numpy() < level)
    index = below[-1] + 1 if below.size else 0
    return float(accuracy.index[min(index, len(accuracy) - 1)])


def _first_best(curve: pd.DataFrame) -> int:
    steps, accuracy = curve["step"].to_numpy(), curve["value"].to_numpy()
    return first_crossing(steps, accuracy, 0.0, steps[-1], censor_fraction=1.0).step

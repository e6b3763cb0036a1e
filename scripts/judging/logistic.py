"""The measures of the logistic paper's claims in two dimensions, on the tables.

A time that was not reached counts as later than all; in a ratio of measured times it is put at the horizon. `support`
picks the run with these [S+, S-].
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from grokking.logistic.theory import kappa
from scipy import stats

from judging.fits import COUNTS, SUPPORT, times_on_delta
from judging.query import NotInResultsError, Results
from judging.registry import Axis, Experiment, Measurement, mean, measure, median

FIRST_LOGGED = 100  # the paper's first logged step
WORDS = {"some": "planted", "none": "no planted"}
SETTLED = 20  # a peak of |b|/||w|| is looked for from here on: at the first steps both are next to nothing


@measure
def logistic_time(results: Results, experiment: Experiment, quantity: str, eps: float) -> Measurement:
    """Median over seeds of a time of the experiment's first run."""
    return median(results.times(results.runs(experiment)[:1], quantity, eps, unreached=np.inf).to_numpy())


@measure
def delay(results: Results, experiment: Experiment, test: str, eps: float) -> Measurement:
    """Median over seeds of zeta = T_te / T_tr of the experiment's first run."""
    return median(_delays(results, experiment, test, eps).to_numpy())


@measure
def share_delayed(results: Results, experiment: Experiment, test: str, eps: float, factor: float) -> Measurement:
    """Share of seeds of the experiment's first run with T_te >= factor * T_tr."""
    return mean((_delays(results, experiment, test, eps) >= factor).to_numpy(float))


def _delays(results: Results, experiment: str, test: str, eps: float) -> pd.Series:
    run = results.runs(experiment)[:1]
    tested, trained = (_known(results, run, name, eps) for name in (f"T_te_{test}", "T_tr"))
    return tested / trained


def _known(results: Results, runs: pd.DataFrame, quantity: str, eps: float | None = None) -> pd.Series:
    """Return a time by run and seed, for ratios: one that was not reached is put at the horizon, and not later."""
    steps = results.times(runs, quantity, eps)
    horizons = runs.set_index("run")["horizon"].reindex(steps.index.get_level_values("run"))
    return steps.where(steps.notna(), horizons.to_numpy(float))


@measure
def share_of_row(results: Results, experiment: Experiment, times: list[dict], factor: float) -> Measurement:
    """Share of seeds of the first run in which each of several times is as in a row of table 1.

    Each of `times` is {quantity, eps, near}, to be within `factor` of `near`, or {quantity, eps, at_most}.
    """
    run = results.runs(experiment)[:1]
    met = [_met(results.times(run, one["quantity"], one["eps"], unreached=np.inf), one, factor) for one in times]
    return mean(np.logical_and.reduce(met).astype(float))


def _met(steps: pd.Series, wanted: dict, factor: float) -> np.ndarray:
    if "at_most" in wanted:
        return steps.to_numpy() <= wanted["at_most"]
    return np.abs(np.log(steps.to_numpy() / wanted["near"])) <= np.log(factor)


@measure
def delay_by_bias(
    results: Results, experiment: Experiment, quantity: str, eps: float | None = None, support: list | None = None
) -> Measurement:
    """Median over seeds of a time with a bias over the same without."""
    with_bias, without = (
        _known(results, _runs(results, experiment, support, bias=bias), quantity, eps).droplevel("run")
        for bias in (True, False)
    )
    return median((with_bias / without).to_numpy())


@measure
def share_of_delay(
    results: Results, experiment: Experiment, test: str, eps: float, planted: str = "all"
) -> Measurement:
    """Median over runs and seeds of T_gr / T_te, T_gr = T_te - T_tr."""
    runs = _chosen(results, experiment, planted=planted, bias=True)
    tested, trained = (_known(results, runs, name, eps) for name in (f"T_te_{test}", "T_tr"))
    return median((1 - trained / tested).to_numpy())


@measure
def phase_start(
    results: Results, experiment: Experiment, quantity: str, classes: str = "all", planted: str = "all"
) -> Measurement:
    """Median over runs with a bias and seeds of a step at which a phase begins."""
    chosen = _chosen(results, experiment, classes, planted, bias=True)
    return median(results.times(chosen, quantity, unreached=np.inf).to_numpy())


@measure
def summary_mean(results: Results, experiment: Experiment, quantity: str, planted: str = "all") -> Measurement:
    """Mean of a summary number over the experiment's runs with a bias, then over seeds with t interval."""
    chosen = _chosen(results, experiment, planted=planted, bias=True)
    return mean(results.numbers(chosen, quantity).groupby("seed").mean().to_numpy())


@measure
def summary_median(results: Results, experiment: Experiment, quantity: str, planted: str = "all") -> Measurement:
    """Median of a summary number over the experiment's runs with a bias and seeds."""
    chosen = _chosen(results, experiment, planted=planted, bias=True)
    return median(results.numbers(chosen, quantity).to_numpy())


@measure
def rank_with_imbalance(
    results: Results, experiment: Experiment, quantity: str, eps: float | None = None
) -> Measurement:
    """Spearman correlation, over an experiment's runs with a bias, of |0.5 log(s_pos/s_neg)| with a time or number.

    One correlation a seed, then mean with t interval, as far as a correlation goes. A time not reached counts as later
    than all others.
    """
    runs = results.runs(experiment, bias=True)
    values = results.numbers(runs, quantity) if eps is None else results.times(runs, quantity, eps, unreached=np.inf)
    ranks = [
        stats.spearmanr(imbalance(runs), one.droplevel("seed").reindex(runs["run"])).statistic
        for _, one in values.groupby("seed")
    ]
    found = mean(np.array(ranks))
    return replace(found, ci_low=max(found.ci_low, -1.0), ci_high=min(found.ci_high, 1.0))


@measure
def size_at(
    results: Results, experiment: Experiment, quantity: str, step: int, support: list | None = None
) -> Measurement:
    """Median over seeds of the absolute value of a curve at a step."""
    run = _runs(results, experiment, support).iloc[0]
    return median(np.abs(at_step(results.curve(run["run"], quantity), step).to_numpy()))


@measure
def size_in_runs(
    results: Results, experiment: Experiment, quantity: str, step: int, classes: str, planted: str
) -> Measurement:
    """Median over runs and seeds of the absolute value of a curve at a step."""
    return median(np.abs(_values(results, _chosen(results, experiment, classes, planted), quantity, step)))


@measure
def peak_height(results: Results, experiment: Experiment, support: list | None = None) -> Measurement:
    """Median over seeds of the peak of |b|/||w|| from step SETTLED on."""
    return median(peaks(results, _runs(results, experiment, support).iloc[0]["run"]).to_numpy())


@measure
def peak_place(results: Results, experiment: Experiment, value: float, support: list | None = None) -> Measurement:
    """Place of a value v among the seeds' peaks x of |b|/||w||: P(x < v) + P(x = v)/2."""
    found = peaks(results, _runs(results, experiment, support).iloc[0]["run"])
    return Measurement(float((found < value).mean() + (found == value).mean() / 2))


@measure
def share_of_signs(results: Results, experiment: Experiment, step: int) -> Measurement:
    """Share of runs with imbalanced support vectors, and seeds, in which b has the sign of log(S+/S-) at a step."""
    runs = results.imbalanced(experiment)
    signs = np.sign(runs["s_pos"] - runs["s_neg"]).to_numpy()
    right = [np.sign(_values(results, runs[i : i + 1], "bias", step)) == sign for i, sign in enumerate(signs)]
    return Measurement(np.concatenate(right).mean())


@measure
def mirror_ratio(results: Results, experiment: Experiment) -> Measurement:
    """Largest ratio, over runs and those with both classes exchanged, of their medians of the peak of |b|/||w||."""
    runs = results.runs(experiment, bias=True)
    counts = ["n_pos", "s_pos", "n_neg", "s_neg"]
    height = {tuple(run[counts]): peaks(results, run["run"]).median() for _, run in runs.iterrows()}
    pairs = [(key, key[2:] + key[:2]) for key in height if key[:2] != key[2:]]
    ratios = [height[key] / height[image] for key, image in pairs if image in height]
    return Measurement(max(ratios, default=np.nan))


@measure
def share_forgetting_start(
    results: Results, experiment: Experiment, quantity: str, step: int, within: float
) -> Measurement:
    """Share of runs with b_0 other than 0, and seeds, whose curve is `within` of that from b_0 = 0 at a step."""
    runs = results.runs(experiment)
    first = _values(results, runs[:1], quantity, step)
    others = [_values(results, runs[i : i + 1], quantity, step) for i in range(1, len(runs))]
    return Measurement(float(np.mean([np.abs(values - first) <= within for values in others])))


@measure
def time_ratio(
    results: Results,
    experiment: Experiment,
    quantity: str,
    over: str,
    eps: float | None = None,
    support: list | None = None,
) -> Measurement:
    """Median over seeds of one time over another of the same run, which has a bias."""
    runs = _runs(results, experiment, support)[:1]
    above, below = (results.times(runs, name, eps, unreached=np.inf) for name in (quantity, over))
    return median((above / below).dropna().to_numpy())


@measure
def worst_time_ratio(
    results: Results, experiment: Experiment, quantity: str, over: str, levels: list[float]
) -> Measurement:
    """Factor by which a time departs from its prediction where it does so most, over runs and levels eps.

    Of each run with imbalanced support vectors and level it is the median over seeds of time over prediction, or the
    inverse if that is greater.
    """
    ratios = _ratios(results, experiment, quantity, over, levels).groupby(["run", "eps"]).median()
    return Measurement(np.exp(np.abs(np.log(ratios)).max()))


@measure
def largest_time_ratio(
    results: Results, experiment: Experiment, quantity: str, over: str, levels: list[float]
) -> Measurement:
    """Largest ratio of a time to its bound, over runs with imbalanced support vectors, seeds and levels eps."""
    return Measurement(_ratios(results, experiment, quantity, over, levels).max())


def _ratios(results: Results, experiment: str, quantity: str, over: str, levels: list[float]) -> pd.Series:
    """Return one time over another by run, seed and eps, without those of which one was not reached."""
    runs = results.imbalanced(experiment, bias=True)
    above, below = (results.times(runs, name, levels=levels) for name in (quantity, over))
    return (above / below).dropna()


@measure
def worst_number_ratio(results: Results, experiment: Experiment, quantity: str, over: str) -> Measurement:
    """Factor by which one number departs from another where it does so most, over runs: median over seeds, or inverse.

    Of the runs with imbalanced support vectors.
    """
    runs = results.imbalanced(experiment, bias=True)
    above, below = (results.numbers(runs, name).groupby("run").median() for name in (quantity, over))
    return Measurement(np.exp(np.abs(np.log(above / below)).max()))


@measure
def slope_against_theorem(
    results: Results, experiment: Experiment, quantity: str, levels: list[float], least: float = 0.0
) -> Measurement:
    """Factor between the slope of ln T_te(eps) on |log delta| and the theorem's, at the level where it is greatest.

    The theorem's is 1 / (1 + 2 eps (2 alpha - 1)). Least squares over runs and seeds with |log delta| from `least` on.
    """
    alpha = results.first(experiment)["alpha"]
    slopes = {eps: _slope(results, experiment, quantity, eps, least) for eps in levels}
    factors = [np.abs(slope) * kappa(eps, alpha) for eps, slope in slopes.items()]
    return Measurement(max(max(factor, 1 / factor) for factor in factors))


@measure
def steepest_slope(
    results: Results, experiment: Experiment, quantity: str, levels: list[float], least: float = 0.0
) -> Measurement:
    """Slope of ln T_te(eps) on |log delta| from `least` on, at the level eps where it is greatest."""
    return Measurement(max(_slope(results, experiment, quantity, eps, least) for eps in levels))


def _slope(results: Results, experiment: str, quantity: str, eps: float, least: float) -> float:
    """Return the least-squares slope over runs and seeds; nan where fewer than three runs have a time."""
    times = times_on_delta(results, experiment, quantity, eps)
    times = times[times.index >= least]
    at, log_time = np.broadcast_arrays(times.index.to_numpy(float)[:, None], np.log(times.to_numpy(float)))
    used = np.isfinite(log_time)
    if len(np.unique(at[used])) < 3:
        return np.nan
    return stats.linregress(at[used], log_time[used]).slope


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
    runs = results.imbalanced(experiment)
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
    """Median of a time over runs with imbalanced support vectors and seeds."""
    runs = results.imbalanced(experiment)
    return median(results.times(runs, quantity, eps, unreached=np.inf).to_numpy())


@measure
def median_number(results: Results, experiment: Experiment, quantity: str, equation: str) -> Measurement:
    """Median over runs with imbalanced support vectors and seeds of a number in the table `bounds`."""
    return median(results.numbers(results.imbalanced(experiment), quantity, equation).to_numpy())


@measure
def spread_over_seeds(results: Results, experiment: Experiment, quantity: str, levels: list[float]) -> Measurement:
    """Greatest time over the smallest, over the seeds of the experiment's first run, at the level where that is most.

    Infinite where some seeds reach it and others do not; no number where none does.
    """
    steps = results.times(results.runs(experiment)[:1], quantity, levels=levels, unreached=np.inf).groupby("eps")
    reached = steps.min()[np.isfinite(steps.min())]
    return Measurement((steps.max() / reached).max())


@measure
def share_holding(results: Results, experiment: Experiment, equation: str, before: float) -> Measurement:
    """Share of runs and seeds in which a hypothesis holds from a step on that is not after `before`."""
    runs = results.imbalanced(experiment)
    checked = results.numbers(runs, "hypothesis", equation)
    if not checked.any():  # then no run has a step from which it holds
        return Measurement(0.0 if len(checked) else np.nan)
    holds = results.numbers(runs, "holds_from", equation) <= before
    return Measurement(holds.sum() / len(checked))


@measure
def attack_gain(results: Results, experiment: Experiment, bias: bool, quantity: str) -> Measurement:
    """Rise of an accuracy under attack from the paper's first logged step to the end, mean over seeds."""
    curve = from_first_logged(results.curve(results.runs(experiment, bias=bias)["run"].iloc[0], quantity))
    return mean((curve.iloc[-1] - curve.iloc[0]).to_numpy())


@measure
def attack_difference(
    results: Results, experiment: Experiment, bias: bool, quantity: str, less: list[str]
) -> Measurement:
    """Last value of one curve less the last values of others, mean over seeds."""
    run = results.runs(experiment, bias=bias)["run"].iloc[0]
    last = [results.curve(run, name).iloc[-1].to_numpy() for name in (quantity, *less)]
    return mean(last[0] - sum(last[1:]))


@measure
def largest_difference(results: Results, experiment: Experiment, bias: bool, quantity: str, less: str) -> Measurement:
    """Largest difference, over steps from the first logged one on and seeds, of two curves of the first run."""
    run = results.runs(experiment, bias=bias)["run"].iloc[0]
    one, other = (from_first_logged(results.curve(run, name)) for name in (quantity, less))
    return Measurement(float((one - other).abs().max(axis=None)))


@measure
def gain_without(
    results: Results, experiment: Experiment, quantity: str, step: int, support: list | None = None
) -> Measurement:
    """What concentrated accuracy at a step gains if a part of the trained model is left out, mean over seeds.

    `quantity` is the accuracy without that part.
    """
    run = _runs(results, experiment, support)["run"].iloc[0]
    without, trained = (at_step(results.curve(run, name, "concentrated"), step) for name in (quantity, "accuracy"))
    return mean((without - trained).to_numpy())


@measure
def theory_ratio(
    results: Results, experiment: Experiment, quantity: str, step: int, support: list | None = None
) -> Measurement:
    """Median over seeds of a curve at a step over what the theory without free parameters has for it."""
    run = _runs(results, experiment, support)["run"].iloc[0]
    return median((at_step(results.curve(run, quantity), step) / _predicted(results, run, quantity, step)).to_numpy())


@measure
def peak_ratio(results: Results, experiment: Experiment, support: list | None = None) -> Measurement:
    """Median over seeds of the peak of |b|/||w|| over the theory's."""
    run = _runs(results, experiment, support)[:1]
    return median((peaks(results, run["run"].iloc[0]) / results.numbers(run, "peak_distance_flow").iloc[0]).to_numpy())


@measure
def rms_ratio(results: Results, experiment: Experiment, step: int) -> Measurement:
    """Root of the mean over seeds of b^2 at a step over its expectation, of the experiment's first run."""
    run = results.first(experiment)["run"]
    measured = np.sqrt((at_step(results.curve(run, "bias"), step) ** 2).mean())
    return Measurement(float(measured / _predicted(results, run, "bias_rms", step)))


@measure
def expected_accuracy_ratio(results: Results, experiment: Experiment, step: int) -> Measurement:
    """Concentrated accuracy at a step over its expectation, mean over seeds of the experiment's first run."""
    run = results.first(experiment)["run"]
    expected = _predicted(results, run, "accuracy_concentrated", step)
    return mean((at_step(results.curve(run, "accuracy", "concentrated"), step) / expected).to_numpy())


@measure
def median_ratio(
    results: Results, experiment: Experiment, other: Experiment, quantity: str, step: int, support: list
) -> Measurement:
    """Median over seeds of a curve at a step over that of another experiment's run with as many support vectors."""
    above, below = (
        at_step(results.curve(_runs(results, name, support)["run"].iloc[0], quantity), step).median()
        for name in (experiment, other)
    )
    return Measurement(above / below)


# Beyond the papers: numbers of the table `bounds`, of the run at one place of a sweep or of all runs of an experiment.


@measure
def number_in_run(
    results: Results,
    experiment: Experiment,
    quantity: str,
    over: str | None = None,
    support: list | None = None,
    axis: Axis | None = None,
    at: float | None = None,
) -> Measurement:
    """Median over seeds of a number, or of it over another, in the run at a place of a sweep or in the first run."""
    runs = _at_place(results, experiment, support, axis, at)
    values = results.numbers(runs, quantity)
    return median((values if over is None else values / results.numbers(runs, over)).dropna().to_numpy())


@measure
def share_of_numbers(
    results: Results,
    experiment: Experiment,
    quantity: str,
    least: float,
    support: list | None = None,
    axis: Axis | None = None,
    at: float | None = None,
) -> Measurement:
    """Share of seeds in which a number is at least `least`, in the run at a place of a sweep or in the first run."""
    values = results.numbers(_at_place(results, experiment, support, axis, at), quantity)
    return mean((values >= least).to_numpy(float))


def _at_place(
    results: Results, experiment: str, support: list | None, axis: str | None, at: float | None
) -> pd.DataFrame:
    return results.runs(experiment, **_counts(support), **({} if axis is None else {axis: at}))[:1]


@measure
def farthest_number(results: Results, experiment: Experiment, quantity: str, over: str) -> Measurement:
    """Factor between a number and another one where they are farthest apart: over runs, median over seeds, or inverse.

    Of the runs that have both.
    """
    runs = results.runs(experiment)
    ratios = results.numbers(runs, quantity) / results.numbers(runs, over)
    return Measurement(np.exp(np.abs(np.log(ratios.dropna().groupby("run").median())).max()))


@measure
def farthest_mean(
    results: Results, experiment: Experiment, quantity: str, less: str, support: list | None = None
) -> Measurement:
    """Difference of two numbers' means over seeds, without its sign, in the run where it is greatest.

    Of all runs of an experiment, or of those with these [S+, S-].
    """
    runs = results.runs(experiment, **_counts(support))
    means = (results.numbers(runs, name).groupby("run").mean() for name in (quantity, less))
    return Measurement(next(means).sub(next(means)).abs().max())


@measure
def farthest_between(
    results: Results, experiment: Experiment, other: Experiment, quantity: str, axis: Axis
) -> Measurement:
    """Difference of a number's means over seeds between two experiments, without its sign, where it is greatest.

    Of their runs at the same places of a sweep, with as many support vectors.
    """
    place = [axis, "s_pos", "s_neg"]
    one, same = (
        results.numbers(runs, quantity).groupby("run").mean().rename(quantity).reset_index().merge(runs, on="run")
        for runs in (results.runs(name) for name in (experiment, other))
    )
    both = one[[*place, quantity]].merge(same[[*place, quantity]], on=place, suffixes=("", "_other"))
    return Measurement((both[quantity] - both[f"{quantity}_other"]).abs().max())


@measure
def time_over_number(results: Results, experiment: Experiment, quantity: str, eps: float, over: str) -> Measurement:
    """Median over seeds of a time over a number that predicts it, of the experiment's first run.

    A time that was not reached counts as infinite; a seed without a prediction does not count.
    """
    run = results.runs(experiment)[:1]
    ratio = results.times(run, quantity, eps, unreached=np.inf) / results.numbers(run, over)
    return median(ratio.dropna().to_numpy())


@measure
def delay_by_support(
    results: Results,
    experiment: Experiment,
    quantity: str,
    eps: float,
    support: list,
    over: list,
    bias: bool | None = None,
) -> Measurement:
    """Median over seeds of a time at [S+, S-] over that at other counts, with or without a bias where it is a sweep.

    The horizon stands for a time that was not reached.
    """
    learnt = {} if bias is None else {"bias": bias}
    above, below = (
        _known(results, results.runs(experiment, **_counts(pair), **learnt)[:1], quantity, eps).droplevel("run")
        for pair in (support, over)
    )
    return median((above / below).dropna().to_numpy())


def imbalance(runs: pd.DataFrame) -> np.ndarray:
    """Return |log delta| from counts, 0.5 |log(s_pos/s_neg)|."""
    return np.abs(np.log(runs["s_pos"].to_numpy(float) / runs["s_neg"].to_numpy(float))) / 2


def at_step(curve: pd.DataFrame, step: float) -> pd.Series:
    """Return the values by seed at the snapshot nearest to a step, in log t.

    Where there are snapshots right before or after it, the mean with them: weights may flip at every step. Raises
    NotInResultsError where the run ends before.
    """
    steps = curve.index.to_numpy(float)
    if len(steps) == 0 or steps[-1] < 0.9 * step:
        raise NotInResultsError(f"the runs end before step {step:g}", [])
    nearest = steps[np.argmin(np.abs(np.log(np.maximum(steps, 0.5) / step)))]
    return curve[np.abs(steps - nearest) <= 1].mean()


def from_first_logged(curve: pd.DataFrame) -> pd.DataFrame:
    """Return a curve from the paper's first logged step on. Raises NotInResultsError where the run ends before."""
    if curve.index[-1] < FIRST_LOGGED:
        raise NotInResultsError(f"the runs end before step {FIRST_LOGGED}", [])
    return curve.loc[FIRST_LOGGED:]


def peaks(results: Results, run: str) -> pd.Series:
    """Return the peaks of |b|/||w|| of a run by seed, from step SETTLED on."""
    return results.curve(run, "bias_distance").loc[SETTLED:].max()


def _predicted(results: Results, run: str, quantity: str, step: float) -> float:
    """Return a curve of the table `theory` at a step, linear in log t between its steps."""
    rows = results.table("theory")
    rows = rows[(rows["run"] == run) & (rows["quantity"] == quantity)].sort_values("step")
    if rows.empty or rows["step"].iloc[-1] < 0.9 * step:
        raise NotInResultsError(f"there is no {quantity!r} of {run} at step {step:g} in the table theory", [])
    kept = rows[rows["step"] > 0]
    return float(np.interp(np.log(step), np.log(kept["step"].to_numpy(float)), kept["value"]))


def _runs(results: Results, experiment: str, support: list | None, *, bias: bool = True) -> pd.DataFrame:
    """Return the runs of an experiment with or without a bias, those with [S+, S-] if `support` says so."""
    return results.runs(experiment, bias=bias, **_counts(support))


def _counts(support: list | None) -> dict[str, float]:
    """Return the columns that [S+, S-] stand for, none where it does not matter."""
    return {} if support is None else {"s_pos": support[0], "s_neg": support[1]}


def _values(results: Results, runs: pd.DataFrame, quantity: str, step: float) -> np.ndarray:
    """Return the values of a curve at a step, of all runs and seeds."""
    return np.concatenate([at_step(results.curve(run, quantity), step).to_numpy() for run in runs["run"]])


def _by_counts(results: Results, experiment: str, quantity: str, eps: float) -> pd.Series:
    """Return a time by numbers of support vectors and seed."""
    runs = results.imbalanced(experiment)
    steps = _known(results, runs, quantity, eps).rename("step").reset_index()
    return steps.merge(runs[["run", "s_pos", "s_neg"]], on="run").set_index(["s_pos", "s_neg", "seed"])["step"]


def _chosen(
    results: Results, experiment: str, classes: str = "all", planted: str = "all", **values: bool
) -> pd.DataFrame:
    """Return the runs of an experiment of which columns have these values.

    By their `classes` and `planted` support vectors: balanced, imbalanced, all, some or none. Raises NotInResultsError
    where there is none.
    """
    runs = _balanced(_balanced(results.runs(experiment, **values), "n", classes), "s", planted)
    if runs.empty:
        named = {"classes": classes, "support vectors": planted}
        words = " and ".join(f"{WORDS.get(kind, kind)} {what}" for what, kind in named.items() if kind != "all")
        raise NotInResultsError(f"experiment {experiment!r} has no run with {words}", [])
    return runs


def _balanced(runs: pd.DataFrame, of: str, chosen: str) -> pd.DataFrame:
    if chosen == "all":
        return runs
    equal, some = runs[f"{of}_pos"] == runs[f"{of}_neg"], runs[f"{of}_pos"] > 0
    kept = {"balanced": equal & some, "imbalanced": ~equal, "some": some, "none": ~some}
    return runs[kept[chosen]]

"""The measures of the logistic paper's claims, on the tables. A time that was not reached counts as later than all."""

import numpy as np
import pandas as pd
from scipy import stats

from judging.query import Results
from judging.registry import Experiment, Measurement, mean, measure, median

FIRST_LOGGED = 100  # the paper's first logged step


@measure
def logistic_time(results: Results, experiment: Experiment, quantity: str, eps: float) -> Measurement:
    """Median over seeds of a time of the experiment's first run."""
    return median(results.times(results.runs(experiment)[:1], quantity, eps, unreached=np.inf).to_numpy())


@measure
def delay(results: Results, experiment: Experiment, test: str, eps: float) -> Measurement:
    """Median over seeds of zeta = T_te / T_tr of the experiment's first run."""
    run = results.runs(experiment)[:1]
    tested, trained = (results.times(run, name, eps, unreached=np.inf) for name in (f"T_te_{test}", "T_tr"))
    return median((tested / trained).to_numpy())


@measure
def delay_by_bias(results: Results, experiment: Experiment, quantity: str, eps: float) -> Measurement:
    """Median over seeds of a time with a bias over the same without."""
    with_bias, without = (
        results.times(results.runs(experiment, bias=bias), quantity, eps, unreached=np.inf).to_numpy()
        for bias in (True, False)
    )
    return median(with_bias / without)


@measure
def phase_start(results: Results, experiment: Experiment, quantity: str, classes: str = "all") -> Measurement:
    """Median over runs and seeds of the step at which a phase begins; `classes` balanced, imbalanced or all."""
    chosen = _balanced(results.runs(experiment, bias=True), "n", classes)
    return median(results.times(chosen, quantity, unreached=np.inf).to_numpy())


@measure
def summary_mean(results: Results, experiment: Experiment, quantity: str, planted: str = "all") -> Measurement:
    """Mean of a summary number over the experiment's runs with a bias, then over seeds with t interval.

    `planted` takes the runs with as many support vectors a class (balanced), with other numbers (imbalanced), or all.
    """
    chosen = _balanced(results.runs(experiment, bias=True), "s", planted)
    return mean(results.numbers(chosen, quantity).groupby("seed").mean().to_numpy())


@measure
def rank_with_imbalance(
    results: Results, experiment: Experiment, quantity: str, eps: float | None = None
) -> Measurement:
    """Spearman correlation, over an experiment's runs, of |0.5 log(s_pos/s_neg)| with a time or summary number.

    One correlation a seed, then mean with t interval. A time not reached counts as later than all others.
    """
    runs = results.runs(experiment)
    values = results.numbers(runs, quantity) if eps is None else results.times(runs, quantity, eps, unreached=np.inf)
    ranks = [
        stats.spearmanr(imbalance(runs), one.droplevel("seed").reindex(runs["run"])).statistic
        for _, one in values.groupby("seed")
    ]
    return mean(np.array(ranks))


@measure
def attack_gain(results: Results, experiment: Experiment, bias: bool, quantity: str) -> Measurement:
    """Rise of an accuracy under attack from the paper's first logged step to the end, mean over seeds."""
    curve = results.curve(results.runs(experiment, bias=bias)["run"].iloc[0], quantity)
    return mean((curve.iloc[-1] - curve.loc[FIRST_LOGGED:].iloc[0]).to_numpy())


@measure
def attack_difference(
    results: Results, experiment: Experiment, bias: bool, quantity: str, less: list[str]
) -> Measurement:
    """Last value of one curve less the last values of others, mean over seeds."""
    run = results.runs(experiment, bias=bias)["run"].iloc[0]
    last = [results.curve(run, name).iloc[-1].to_numpy() for name in (quantity, *less)]
    return mean(last[0] - sum(last[1:]))


def imbalance(runs: pd.DataFrame) -> np.ndarray:
    """Return |log delta| from counts, 0.5 |log(s_pos/s_neg)|."""
    return np.abs(np.log(runs["s_pos"].to_numpy(float) / runs["s_neg"].to_numpy(float))) / 2


def _balanced(runs: pd.DataFrame, of: str, chosen: str) -> pd.DataFrame:
    """Return the runs with as many points `n` or support vectors `s` of either class, the other runs, or all."""
    equal = runs[f"{of}_pos"] == runs[f"{of}_neg"]
    return {"all": runs, "balanced": runs[equal], "imbalanced": runs[~equal]}[chosen]

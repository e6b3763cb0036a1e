"""The measures of the logistic paper's claims, on the tables."""

import numpy as np
import pandas as pd
from scipy import stats

from judging.registry import Measurement, Tables, mean, measure, median

FIRST_LOGGED = 100  # the paper's first logged step


@measure
def logistic_time(tables: Tables, figure: str, quantity: str, eps: float) -> Measurement:
    """Median over seeds of a time of the figure's first run."""
    return median(steps_of(tables, logistic_runs(tables, figure)[:1], quantity, eps).to_numpy())


@measure
def delay(tables: Tables, figure: str, test: str, eps: float) -> Measurement:
    """Median over seeds of zeta = T_te / T_tr of the figure's first run."""
    run = logistic_runs(tables, figure)[:1]
    return median((steps_of(tables, run, f"T_te_{test}", eps) / steps_of(tables, run, "T_tr", eps)).to_numpy())


@measure
def delay_by_bias(tables: Tables, figure: str, quantity: str, eps: float) -> Measurement:
    """Median over seeds of a time with a bias over the same without."""
    runs = logistic_runs(tables, figure)
    with_bias, without = (
        steps_of(tables, runs[runs["bias"] == bias], quantity, eps).to_numpy() for bias in (True, False)
    )
    return median(with_bias / without)


@measure
def phase_start(tables: Tables, figure: str, quantity: str, classes: str = "all") -> Measurement:
    """Median over runs and seeds of the step at which a phase begins; `classes` balanced, imbalanced or all."""
    runs = logistic_runs(tables, figure)
    runs = runs[runs["bias"].astype(bool)]
    balanced = runs["n_pos"] == runs["n_neg"]
    chosen = {"all": runs, "balanced": runs[balanced], "imbalanced": runs[~balanced]}[classes]
    return median(steps_of(tables, chosen, quantity).to_numpy())


@measure
def summary_mean(tables: Tables, figure: str, quantity: str, planted: str = "all") -> Measurement:
    """Mean of a summary number over the figure's runs with a bias, then over seeds with t interval.

    `planted` takes the runs with as many support vectors a class (balanced), with other numbers (imbalanced), or all.
    """
    runs = logistic_runs(tables, figure)
    runs = runs[runs["bias"].astype(bool)]
    balanced = runs["s_pos"] == runs["s_neg"]
    chosen = {"all": runs, "balanced": runs[balanced], "imbalanced": runs[~balanced]}[planted]
    return mean(numbers_of(tables, chosen, quantity).groupby("seed").mean().to_numpy())


@measure
def rank_with_imbalance(tables: Tables, figure: str, quantity: str, eps: float | None = None) -> Measurement:
    """Spearman correlation, over a figure's runs, of |0.5 log(s_pos/s_neg)| with a time or summary number.

    One correlation a seed, then mean with t interval. A time not reached counts as later than all others.
    """
    runs = logistic_runs(tables, figure)
    values = numbers_of(tables, runs, quantity) if eps is None else steps_of(tables, runs, quantity, eps)
    ranks = [
        stats.spearmanr(imbalance(runs), one.droplevel("seed").reindex(runs["run"])).statistic
        for _, one in values.groupby("seed")
    ]
    return mean(np.array(ranks))


@measure
def attack_gain(tables: Tables, figure: str, bias: bool, quantity: str) -> Measurement:
    """Rise of an accuracy under attack from the paper's first logged step to the end, mean over seeds."""
    curve = _curve(tables, figure, bias, quantity)
    return mean((curve.iloc[-1] - curve.loc[FIRST_LOGGED:].iloc[0]).to_numpy())


@measure
def attack_difference(tables: Tables, figure: str, bias: bool, quantity: str, less: list[str]) -> Measurement:
    """Last value of one curve less the last values of others, mean over seeds."""
    last = [_curve(tables, figure, bias, name).iloc[-1].to_numpy() for name in (quantity, *less)]
    return mean(last[0] - sum(last[1:]))


def logistic_runs(tables: Tables, figure: str) -> pd.DataFrame:
    """Return the runs of a figure, the base configuration first."""
    return tables["runs"][tables["runs"]["figure"] == figure]


def imbalance(runs: pd.DataFrame) -> np.ndarray:
    """Return |log delta| from counts, 0.5 |log(s_pos/s_neg)|."""
    return np.abs(np.log(runs["s_pos"].to_numpy(float) / runs["s_neg"].to_numpy(float))) / 2


def steps_of(tables: Tables, runs: pd.DataFrame, quantity: str, eps: float | None = None) -> pd.Series:
    """Return a time by run and seed, infinity where it was not reached."""
    times = tables["times"]
    chosen = times["run"].isin(runs["run"]) & (times["quantity"] == quantity)
    rows = times[chosen & (times["eps"].isna() if eps is None else times["eps"] == eps)]
    return rows.set_index(["run", "seed"])["step"].astype(float).fillna(np.inf)


def numbers_of(tables: Tables, runs: pd.DataFrame, quantity: str) -> pd.Series:
    """Return a summary number by run and seed."""
    rows = tables["bounds"]
    chosen = rows["run"].isin(runs["run"]) & (rows["quantity"] == quantity)
    return rows[chosen].set_index(["run", "seed"])["value"]


def _curve(tables: Tables, figure: str, bias: bool, quantity: str) -> pd.DataFrame:
    runs, curves = logistic_runs(tables, figure), tables["curves"]
    name = runs.loc[runs["bias"] == bias, "run"].iloc[0]
    rows = curves[(curves["run"] == name) & (curves["quantity"] == quantity)]
    return rows.pivot_table(index="step", columns="seed", values="value")

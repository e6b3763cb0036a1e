"""Times of generalisation along sweeps of the numbers of support vectors, against |log delta|."""

import numpy as np
import pandas as pd
from grokking.logistic.theory import kappa, log_delta
from judging.query import Results, imbalanced

LEVELS = (0.0, 0.01, 0.1)
"""The levels eps that are shown."""
DESIGNS = {"total": "o", "product": "^"}
"""Sweeps along which S+ + S- or S+ S- is constant, and how their points are drawn."""


def on_delta(results: Results, runs: pd.DataFrame, quantity: str, eps: float) -> pd.DataFrame:
    """Return a time by |log delta| of the counts, one column a seed; NaN where it was not reached or does not exist."""
    unequal = imbalanced(runs)
    steps = results.times(unequal, quantity, eps).rename("step").reset_index()
    values = steps.pivot_table(index="run", columns="seed", values="step", dropna=False)
    of_run = unequal.set_index("run").reindex(values.index)
    return values.set_index(np.abs(log_delta(of_run["s_pos"], of_run["s_neg"])).rename("delta")).sort_index()


def local_slopes(times: pd.DataFrame) -> pd.DataFrame:
    """Return the slope of log T on |log delta| between neighbours, at the middle of the two."""
    x = times.index.to_numpy()
    slopes = np.diff(np.log(times.to_numpy()), axis=0) / np.diff(x)[:, None]
    return pd.DataFrame(slopes, index=(x[1:] + x[:-1]) / 2, columns=times.columns)


def theorem_slope(results: Results, experiment: str, eps: float) -> float:
    """Return 1/kappa, the slope of log T_te on |log delta| by Theorem 4.6."""
    return 1 / float(kappa(eps, results.first(experiment)["alpha"]))


def constant_of(results: Results, experiment: str) -> str:
    """Return what is constant along the sweep of an experiment, with its value."""
    run = results.first(experiment)
    if "product" in experiment:
        return rf"$\sqrt{{S_+ S_-}} \approx {np.sqrt(run['s_pos'] * run['s_neg']):.0f}$"
    return f"$S_+ + S_- = {run['s_pos'] + run['s_neg']:.0f}$"

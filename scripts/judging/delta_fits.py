"""Fits of the logarithm of times of generalisation against |log delta|, one for each level eps."""

from dataclasses import asdict

import numpy as np
import pandas as pd
from grokking.seeds import Role, generator

from judging.fits import fit_line

QUANTITIES = ("T_te_concentrated", "T_te_concentrated_last", "T_te_model", "T_te_theorem")
ABSCISSAE = {"counts": "log_delta_counts", "measured": "log_delta_measured"}


def delta_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of delta sweeps that are not balanced, for which log delta is not 0."""
    return runs[runs["start"].notna() & (runs["s_pos"] != runs["s_neg"])]


def fit_name(figure: str, quantity: str) -> str:
    """Return the name, in the table `fits`, of the fits of a time of one sweep."""
    return f"{figure}: {quantity} on |ln delta|"


def times_on_delta(
    runs: pd.DataFrame, times: pd.DataFrame, bounds: pd.DataFrame, quantity: str, eps: float, delta: str = "counts"
) -> pd.DataFrame:
    """Return one row for each run (index: |log delta|, by `delta` one of ABSCISSAE) and one column for each seed.

    A measured log delta is the median over seeds. A time that was not reached is NaN.
    """
    rows = bounds[(bounds["quantity"] == ABSCISSAE[delta]) & bounds["run"].isin(runs["run"])]
    x = rows.groupby("run")["value"].median().abs()
    found = times[times["run"].isin(runs["run"]) & (times["quantity"] == quantity) & (times["eps"] == eps)]
    steps = found.astype({"step": float}).pivot_table(index="run", columns="seed", values="step", dropna=False)
    return steps.set_index(x.reindex(steps.index).rename("delta")).sort_index()


def fit_delta(runs: pd.DataFrame, times: pd.DataFrame, bounds: pd.DataFrame, root: int) -> pd.DataFrame:
    """Fit ln T on |log delta| for each sweep, time and eps: rows of the table `fits`."""
    rows = []
    for figure, group in delta_runs(runs).groupby("figure", sort=False):
        found = times[times["run"].isin(group["run"])]
        for quantity in [name for name in QUANTITIES if name in set(found["quantity"])]:
            levels = np.sort(found.loc[found["quantity"] == quantity, "eps"].unique())
            for eps, delta in [(eps, delta) for eps in levels for delta in ABSCISSAE]:
                values = times_on_delta(group, times, bounds, quantity, eps, delta)
                rng = generator(root, Role.BOOTSTRAP, 1, len(rows))
                fit = fit_line(values.index.to_numpy(float), np.log(values.where(values > 0).to_numpy()), rng)
                names = {"fit": fit_name(figure, quantity), "x": f"|ln delta|, {delta}", "y": f"ln {quantity}"}
                rows.append(names | {"eps": eps} | asdict(fit))
    return pd.DataFrame(rows)

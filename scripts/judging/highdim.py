"""The measures of the logistic paper's claims that only high dimension needs, on the tables."""

import numpy as np
import pandas as pd
from grokking.times import first_crossing

from judging.logistic import logistic_runs, numbers_of, steps_of
from judging.registry import Measurement, Tables, mean, measure, median


@measure
def share_improving_late(tables: Tables, figure: str, factor: float, rise: float) -> Measurement:
    """Share of seeds of the figure's first run in which accuracy on concentrated data grokked, not only wavered.

    That is T_te(0) >= factor * T_tr(0) by first and by last crossings, and a rise of at least `rise` after T_tr(0).
    """
    run = _first_run(tables, figure)
    delays = [
        steps_of(tables, run, f"T_te_concentrated{suffix}", 0.0) / steps_of(tables, run, f"T_tr{suffix}", 0.0)
        for suffix in ("", "_last")
    ]
    rises = numbers_of(tables, run, "late_rise").reindex(delays[0].index)
    return Measurement(((delays[0] >= factor) & (delays[1] >= factor) & (rises >= rise)).mean())


@measure
def share_reached_at(tables: Tables, figure: str, quantity: str, eps: float) -> Measurement:
    """Share of seeds of the figure's first run in which a time was reached."""
    return Measurement(np.isfinite(steps_of(tables, _first_run(tables, figure), quantity, eps)).mean())


@measure
def horizon_dependence(tables: Tables, figure: str, split: str, part: float) -> Measurement:
    """First step with the best accuracy over the same read from the first `part` of the run, median over seeds.

    Neither is censored: a time that is an artefact of the horizon grows with it.
    """
    run, curves = _first_run(tables, figure), tables["curves"]
    rows = curves[curves["run"].isin(run["run"]) & (curves["quantity"] == "accuracy") & (curves["split"] == split)]
    ratios = [
        _first_best(curve) / _first_best(curve[curve["step"] <= part * curve["step"].max()])
        for _, curve in rows.groupby("seed")
    ]
    return median(np.array(ratios))


@measure
def summary_ratio(tables: Tables, figure: str, other: str, quantity: str) -> Measurement:
    """A summary number of the figure's first run over its mean in another figure's first run, mean over seeds."""
    reference = numbers_of(tables, _first_run(tables, other), quantity).mean()
    return mean(numbers_of(tables, _first_run(tables, figure), quantity).to_numpy() / reference)


@measure
def greatest_omission(tables: Tables, figure: str) -> Measurement:
    """Greatest certified bound on the gradient that a step of the figure's runs left out, relative to it."""
    return Measurement(numbers_of(tables, logistic_runs(tables, figure), "omitted_gradient").max())


def balanced_sizes(tables: Tables) -> pd.DataFrame:
    """Return the runs in high dimension that differ in the number of training points `size` alone, sorted by it."""
    runs = tables["runs"]
    plain = runs[(runs["model"] == "highdim") & (runs["n_pos"] == runs["n_neg"]) & (runs["s_pos"] + runs["s_neg"] == 0)]
    plain = plain[plain["bias"].astype(bool)]
    return plain.assign(size=plain["n_pos"] + plain["n_neg"]).sort_values("size")


def _first_best(curve: pd.DataFrame) -> int:
    steps, accuracy = curve["step"].to_numpy(), curve["value"].to_numpy()
    return first_crossing(steps, accuracy, 0.0, steps[-1], censor_fraction=1.0).step


def _first_run(tables: Tables, figure: str) -> pd.DataFrame:
    return logistic_runs(tables, figure)[:1]

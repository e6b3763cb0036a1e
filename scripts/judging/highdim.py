"""The measures of the logistic paper's claims that only high dimension needs, on the tables."""

import numpy as np
import pandas as pd
from grokking.times import first_crossing

from judging.query import Results
from judging.registry import Experiment, Measurement, mean, measure, median


@measure
def share_improving_late(results: Results, experiment: Experiment, factor: float, rise: float) -> Measurement:
    """Share of seeds of the experiment's first run in which accuracy on concentrated data grokked, not only wavered.

    That is T_te(0) >= factor * T_tr(0) by first and by last crossings, and a rise of at least `rise` after T_tr(0).
    """
    run = results.runs(experiment)[:1]
    delays = [
        results.times(run, f"T_te_concentrated{suffix}", 0.0, unreached=np.inf)
        / results.times(run, f"T_tr{suffix}", 0.0, unreached=np.inf)
        for suffix in ("", "_last")
    ]
    rises = results.numbers(run, "late_rise").reindex(delays[0].index)
    return Measurement(((delays[0] >= factor) & (delays[1] >= factor) & (rises >= rise)).mean())


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
def summary_ratio(results: Results, experiment: Experiment, other: Experiment, quantity: str) -> Measurement:
    """A summary number of the experiment's first run over its mean in that of another experiment, mean over seeds."""
    values, reference = (results.numbers(results.runs(name)[:1], quantity) for name in (experiment, other))
    return mean(values.to_numpy() / reference.mean())


@measure
def greatest_omission(results: Results, experiment: Experiment) -> Measurement:
    """Greatest certified bound on the gradient that a step of the experiment's runs left out, relative to it."""
    return Measurement(results.numbers(results.runs(experiment), "omitted_gradient").max())


def balanced_sizes(results: Results) -> pd.DataFrame:
    """Return runs that differ in the number of training points `size` alone, sorted by it.

    They are the run of `highdim-plain` with a bias and those of `highdim-sizes` in its dimension.
    """
    plain = results.runs("highdim-plain", bias=True)[:1]
    runs = pd.concat([plain, results.runs("highdim-sizes", bias=True, d=plain["d"].iloc[0])])
    return runs.assign(size=runs["n_pos"] + runs["n_neg"]).sort_values("size")


def _first_best(curve: pd.DataFrame) -> int:
    steps, accuracy = curve["step"].to_numpy(), curve["value"].to_numpy()
    return first_crossing(steps, accuracy, 0.0, steps[-1], censor_fraction=1.0).step

"""What the page computes of logistic regression, against the reduced model and Theorem 4.6, and what it shows."""

import altair as alt
import numpy as np
import pandas as pd
import planar_tables
import pytest
from explored import computed, texts
from explorer import bias, delays
from explorer.page import READS, SHOWS
from explorer.parts import calculated, sweeps
from grokking.logistic import reduced, theory
from judging.query import NotInResultsError, Results


@pytest.fixture(scope="module")
def results() -> Results:
    tables = planar_tables.tables(planar_tables.shipped())
    runs = tables["runs"][tables["runs"]["experiment"].isin(SHOWS)]
    return Results({name: tables[name][tables[name]["run"].isin(runs["run"])] for name in READS})


def law(run: pd.Series) -> dict[str, float]:
    mean = run["reduction"] == "mean"
    return {"eta": run["eta"] / (run["n_pos"] + run["n_neg"]) if mean else run["eta"], "gamma": run["gamma"]}


@pytest.mark.parametrize(("reading", "imbalance"), [("mean", 0.05), ("mean", 1.234), ("sum", 1.8)])
def test_the_bias_of_the_model_is_the_reduced_models(results, reading, imbalance):
    found = sweeps(results, bias.EXPERIMENTS)
    columns = ["z", "t", "bias_middle", "bias_distance_middle"]
    nodes = alt.sequence(0, bias.NODES + 1, as_="i")
    rows = computed(
        nodes, calculated(bias.OF_LOGIT), bias.controls(found), columns, bias_reading=reading, imbalance=imbalance
    )
    rows, run = rows[(rows["t"] >= 1) & (rows["t"] <= 10**bias.LAST)], found[reading].iloc[0]
    total = run["s_pos"] + run["s_neg"]
    counts = total / (1 + np.exp(-2 * imbalance)), total / (1 + np.exp(2 * imbalance))
    z = rows["z"].to_numpy()
    np.testing.assert_allclose(rows["t"], reduced.steps_to(z, *counts, **law(run)), rtol=1e-8)
    np.testing.assert_allclose(rows["bias_middle"], reduced.bias(z, *counts), rtol=1e-10)
    norm = 2 * reduced.logit(rows["t"].to_numpy(), *counts, **law(run)) / run["gamma"]
    np.testing.assert_allclose(rows["bias_distance_middle"], rows["bias_middle"] / norm, rtol=1e-7)


@pytest.mark.parametrize("eps", [0.0, 0.013, 0.1])
@pytest.mark.parametrize(("design", "reading"), [("total", "mean"), ("product", "sum")])
def test_times_of_the_model_and_the_theorem_are_those_of_the_formulas(results, design, reading, eps):
    found = sweeps(results, delays.EXPERIMENTS)
    run = found[f"{design} {reading}"].iloc[0]
    total, root = run["s_pos"] + run["s_neg"], np.sqrt(run["s_pos"] * run["s_neg"])
    kappa = theory.kappa(eps, run["alpha"])
    for columns, exact in (
        (delays.OF_LOGIT, lambda *counts: reduced.generalisation_time(*counts, **law(run), kappa=kappa)),
        (
            delays.OF_IMBALANCE,
            lambda *counts: theory.theorem_time(
                -theory.log_delta(*counts), kappa, theory.reduced_constant(*counts, **law(run))
            ),
        ),
    ):
        given = calculated(columns | delays.TIME)
        nodes = alt.sequence(0, delays.NODES, as_="i")
        values = {"design": design, "delays_reading": reading, "eps": eps}
        rows = computed(nodes, given, delays.controls(found), ["L", "t"], **values)
        rows = rows[(rows["L"] > 1e-3) & (rows["L"] < delays.FURTHEST)]
        assert len(rows) > 30
        each = total / (2 * np.cosh(rows["L"])) if design == "total" else root
        counts = (each * np.exp(rows["L"])).to_numpy(), (each * np.exp(-rows["L"])).to_numpy()
        np.testing.assert_allclose(rows["t"], exact(*counts), rtol=1e-6)


def test_the_run_and_the_level_nearest_to_the_sliders_are_shown(results):
    chart = bias.panel(results).chart
    assert "S+ : S- = 400 : 300 measured, 401 : 299 in the model" in texts(chart, bias_reading="mean", imbalance=0.147)
    assert "S+ : S- = 300 : 100 measured, 300 : 100 in the model" in texts(chart, bias_reading="sum", imbalance=0.549)
    chart = delays.panel(results).chart
    assert "measured at ε = 0.05, computed at ε = 0.04" in texts(chart, eps=0.04)
    assert "measured at ε = 0.01, computed at ε = 0.03" in texts(chart, eps=0.03)  # one of two at a tie


def test_curves_are_summed_up_over_seeds_and_tenths_of_decades(results):
    run = sweeps(results, bias.EXPERIMENTS)["mean"].iloc[3]
    rows = bias.rows_of(results, run)
    measured = rows[rows["source"] == bias.MEASURED].set_index("t")
    last = results.curve(run["run"], "bias").iloc[-1]
    assert measured.loc[float(run["horizon"]), "bias_middle"] == pytest.approx(last.median())
    assert measured.loc[float(run["horizon"]), "bias_low"] == pytest.approx(last.quantile(0.05))
    flow = rows[rows["source"] == bias.FLOW].set_index("t")
    assert flow["bias_middle"].iloc[-1] == pytest.approx(last[0])


def test_a_median_time_counts_seeds_that_did_not_reach_it(results):
    found = sweeps(results, delays.EXPERIMENTS)["total mean"]
    run, times = found["run"].iloc[2], results.table("times").copy()
    own = (times["run"] == run) & (times["quantity"] == delays.MEASURED) & (times["eps"] == 0.01)
    times.loc[own & (times["seed"] == 1), "step"] = np.nan

    def shown(table: pd.DataFrame) -> pd.DataFrame:
        rows = delays.rows_of(Results({"runs": results.table("runs"), "times": table}), "total mean", found)
        return rows[(rows["L"] == found["log_delta"].iloc[2]) & (rows["eps"] == 0.01)].set_index("source")

    assert len(shown(results.table("times"))) == 2
    assert list(shown(times).index) == ["flow, nothing fitted"]


@pytest.mark.parametrize("panel", [bias.panel, delays.panel])
def test_without_sweeps_there_is_no_panel_and_with_one_it_is_shown(results, panel):
    runs = results.table("runs")
    tables = {name: results.table(name) for name in ("curves", "times", "theory")}
    with pytest.raises(NotInResultsError, match="delta-total-mean"):
        panel(Results(tables | {"runs": runs[~runs["experiment"].str.startswith("delta")]}))
    one = panel(Results(tables | {"runs": runs[runs["experiment"] == "delta-total-sum"]}))
    readings = [one["bind"]["options"] for one in one.chart.to_dict()["params"] if one["name"].endswith("_reading")]
    assert readings == [["sum"]]
    assert texts(one.chart)

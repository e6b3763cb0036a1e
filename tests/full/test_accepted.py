"""The results at full scale against values of an independent implementation with its own seeds, for `make verify`.

accepted.csv has its median and range over seeds, to three digits. Ours must be inside its range and, for a level whose
range leaves 0 out, within 15 % of its median; for a time, within a factor of 1.5. Peaks and minima are over steps from
20 and 100 on. MISSED says what misses, all of it inside the range, and why: a miss that is none any more fails, too.
RATIOS are measured values over those of the theory without free parameters, as far as it quotes them.
"""

import csv
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from judging.logistic import FIRST_LOGGED, at_step, peaks
from judging.query import Results
from judging.registry import MEASURES

TABLES = Path(os.environ.get("RESULTS", "results")) / "tables"
ACCEPTED = list(csv.DictReader((Path(__file__).parent / "accepted.csv").open()))
CURVES = ["bias", "bias_distance", "norm", "accuracy"]

BOTH = {"quantity": "T_te_geometric", "over": "T_te_flow"}
GAP = {"quantity": "T_te_geometric", "least": 2.9}
S = {"375/325": [375, 325], "400/300": [400, 300], "450/250": [450, 250], "500/200": [500, 200]}
FULL, STEEP, CLASSES = "logistic-full-mean", "logistic-steep-mean", "logistic-classes-mean"
LONG, PLAIN = "logistic-long-mean", "logistic-plain-mean"
# Name, measure, experiment, other arguments, least and greatest. Ratios that are quoted without a range have 5 %, times
# of peaks 6 %; 40 seeds leave 11 % of a spread open.
RATIOS = [
    *(
        (f"norm of plain data at {step:g}", "theory_ratio", PLAIN, {"quantity": "norm", "step": step}, 0.97, 1.03)
        for step in (100, 10**4, 10**6, 10**7)
    ),
    *(
        (
            f"b of S(400, 300) at {step:g}",
            "theory_ratio",
            FULL,
            {"quantity": "bias", "step": step, "support": S["400/300"]},
            ratio - 0.05,
            ratio + 0.05,
        )
        for step, ratio in ((10**5, 0.998), (10**6, 1.017), (10**7, 1.010))
    ),
    *(
        (f"height of the peak, {name}", "peak_ratio", experiment, {"support": support}, ratio - 0.05, ratio + 0.05)
        for name, experiment, support, ratio in (
            ("S(400, 300)", FULL, S["400/300"], 0.944),
            ("S(450, 250)", STEEP, S["450/250"], 0.978),
            ("S(500, 200)", STEEP, S["500/200"], 0.994),
            ("classes 3 : 1", CLASSES, [0, 0], 0.995),
            ("classes 3 : 1, S(350, 350)", CLASSES, [350, 350], 0.994),
            ("classes 3 : 1, S(400, 300)", CLASSES, [400, 300], 0.994),
        )
    ),
    *(
        (
            f"time of the peak, {name}",
            "time_ratio",
            experiment,
            {"support": support, "quantity": "t_peak", "over": "t_peak_flow"},
            ratio - 0.06,
            ratio + 0.06,
        )
        for name, experiment, support, ratio in (
            ("S(400, 300)", FULL, S["400/300"], 1.06),
            ("S(450, 250)", STEEP, S["450/250"], 1.00),
            ("S(500, 200)", STEEP, S["500/200"], 1.015),
            ("classes 3 : 1", CLASSES, [0, 0], 1.0),
            ("classes 3 : 1, S(350, 350)", CLASSES, [350, 350], 1.01),
            ("classes 3 : 1, S(400, 300)", CLASSES, [400, 300], 1.01),
        )
    ),
    *(
        (
            f"T_te({eps:g}) by |b|/||w||, S({name})",
            "time_ratio",
            LONG,
            BOTH | {"eps": eps, "support": S[name]},
            0.95,
            1.04,
        )
        for name in ("375/325", "400/300")
        for eps in (0.0, 0.01)
    ),
    ("spread of b at 1e6, plain", "rms_ratio", PLAIN, {"step": 10**6}, 0.75, 1.25),
    ("spread of b at 1e7, plain", "rms_ratio", PLAIN, {"step": 10**7}, 0.75, 1.25),
    *(
        (f"E[accuracy] at {step:g}, plain", "expected_accuracy_ratio", PLAIN, {"step": step}, 0.93, 1.07)
        for step in (10**4, 10**6, 10**7)
    ),
    ("slope, gap, S+ + S- fixed", "steepest_slope", "delta-gap-total-mean", GAP | {"levels": [0.1]}, 2.13, 2.25),
    ("slope, gap, S+ S- fixed", "steepest_slope", "delta-gap-product-mean", GAP | {"levels": [0.1]}, 1.13, 1.25),
]


# gamma B/2 of S(400, 300) by data set, as far as |log delta| and gamma leave it: log(2 N/(eta gamma^2 sqrt(S+ S-))).
RESIDUALS = {
    "": 20.98,
    "-data-gamma-1e-2": 16.36,
    "-data-gamma-1e-1": 11.69,
    "-data-gamma-5e-1": 8.41,
    "-data-gamma-1": 7.00,
}


# Numbers that are 0 but for the scatter of data sets, or small beside it: the median of so few seeds scatters by 15 %.
MISSED = {  # run, quantity, step, seeds of the other implementation: the median of further seeds of ours
    ("logistic-full-mean-350-350", "peak", "", "10"): "240 further seeds: 0.0071",
    ("logistic-full-mean-350-350", "peak", "", "40"): "240 further seeds: 0.0071",
    ("logistic-full-mean-350-350", "bias_distance", "10000000", "10"): "240 further seeds: 0.00013",
    ("logistic-full-mean-375-325", "bias", "100", "10"): "140 further seeds: 0.0034",
    ("logistic-classes-mean-data-pos-350-350", "bias", "10000000", "10"): "100 further seeds: 0.0268",
    ("logistic-plain-mean", "|bias|", "10000000", "40"): "200 further seeds: 0.171; sigma_b has 0.16",
    ("logistic-plain-mean", "bias_distance", "10000000", "40"): "200 further seeds: 0.0042",
}


def entries() -> Iterator:
    """Yield the rows of accepted.csv, those that miss marked."""
    for row in ACCEPTED:
        reason = MISSED.get(tuple(row[key] for key in ("run", "quantity", "step", "seeds")))
        name = f"{row['run']}-{row['quantity']}-{row['step']}-{row['seeds']}"
        yield pytest.param(row, id=name, marks=pytest.mark.xfail(strict=True, reason=reason) if reason else ())


@cache
def results() -> Results:
    """Return the tables, of the curves those rows that are looked at."""
    tables = {
        name: pq.read_table(TABLES / f"{name}.parquet").to_pandas() for name in ("runs", "times", "bounds", "theory")
    }
    runs = sorted({row["run"] for row in ACCEPTED})
    curves = pq.read_table(
        TABLES / "curves.parquet", filters=pc.field("run").isin(runs) & pc.field("quantity").isin(CURVES)
    )
    return Results(tables | {"curves": curves.to_pandas()})


def full_scale() -> bool:
    """Whether these tables are there, and at full scale."""
    if not all((TABLES / f"{name}.parquet").exists() for name in ("runs", "curves", "times", "bounds", "theory")):
        return False
    scales = pq.read_table(TABLES / "runs.parquet", filters=pc.field("run") == PLAIN)["scale"].to_pylist()
    return scales == ["paper"]


needs_results = pytest.mark.skipif(not full_scale(), reason=f"there are no results at full scale in {TABLES}")


def measured(row: dict) -> float:
    """Return our median over seeds of what a row of accepted.csv is about."""
    run, quantity = row["run"], row["quantity"]
    if quantity == "t_peak":
        times = results().table("times")
        return times.loc[(times["run"] == run) & (times["quantity"] == "t_peak"), "step"].astype(float).median()
    if quantity == "peak":
        return peaks(results(), run).median()
    if quantity == "lowest":
        return results().curve(run, "accuracy", "concentrated").loc[FIRST_LOGGED:].min().median()
    name, _, split = quantity.strip("|").partition("/")
    values = at_step(results().curve(run, name, split or "train"), float(row["step"]))
    return (values.abs() if quantity.startswith("|") else values).median()


def miss(row: dict, value: float) -> str | None:
    """Return in one line what a value has against it, None where it is accepted."""
    median, low, high = (float(row[key]) for key in ("median", "low", "high"))
    what = f"{row['run']}: {row['quantity']}{' at ' + row['step'] if row['step'] else ''} is {value:.4g}; expected"
    if not low <= float(f"{value:.3g}") <= high:
        return f"{what} {low:g} to {high:g}"
    if row["kind"] == "time" and not 1 / 1.5 <= value / median <= 1.5:
        return f"{what} {median:g} to a factor of 1.5"
    if row["kind"] == "level" and not low <= 0 <= high and abs(value / median - 1) > 0.15:
        return f"{what} {median:g} to 15 %"
    return None


@needs_results
@pytest.mark.parametrize("row", list(entries()))
def test_a_median_over_seeds_is_the_accepted_one(row):
    line = miss(row, measured(row))
    assert line is None, line


@needs_results
@pytest.mark.parametrize(
    ("name", "measure", "experiment", "arguments", "low", "high"), RATIOS, ids=[one[0] for one in RATIOS]
)
def test_a_ratio_to_theory_is_the_accepted_one(name, measure, experiment, arguments, low, high):
    value = MEASURES[measure](results(), experiment, **arguments).value
    assert low <= value <= high, f"{name}: measured over theory is {value:.4g}; expected {low:.4g} to {high:.4g}"


@needs_results
def test_the_distance_falls_as_the_cube_root():
    """Slopes of log(|b|/||w||) on log t between 1e5 and 1e7 at S(400, 300)."""
    curve = results().curve("logistic-full-mean-400-300", "bias_distance")
    decades = np.log(at_step(curve, 1e7) / at_step(curve, 1e5)) / np.log(100)
    assert -0.346 <= decades.median() <= -0.325, f"the slope is {decades.median():.4g}; expected -0.346 to -0.325"


@pytest.mark.parametrize(
    ("kind", "low", "value", "line"),
    [
        ("level", 1, 10, None),
        ("level", 1, 11.6, "r: q at 100 is 11.6; expected 10 to 15 %"),
        ("level", 0, 11.6, None),
        ("time", 1, 14.9, None),
        ("time", 1, 15.1, "r: q at 100 is 15.1; expected 10 to a factor of 1.5"),
        ("time", 0, 20.1, "r: q at 100 is 20.1; expected 0 to 20"),
    ],
)
def test_a_miss_is_one_line(kind, low, value, line):
    row = {"run": "r", "quantity": "q", "step": "100", "kind": kind, "median": "10", "low": str(low), "high": "20"}
    assert miss(row, value) == line


@needs_results
@pytest.mark.parametrize(("data", "accepted"), RESIDUALS.items())
def test_the_residual_is_the_accepted_one(data, accepted):
    runs = results().runs("delta-gamma-mean", run=f"delta-gamma-mean{data}-400-300")
    value = results().numbers(runs, "gamma_B_half").median()
    assert abs(value / accepted - 1) <= 0.01, f"gamma B/2 is {value:.4g}; expected {accepted} to 1 %"

import numpy as np
import pandas as pd
import pytest
from judging.fits import COLUMNS, fit_all, fit_line, fit_sweeps
from judging.query import Results


def rng():
    return np.random.default_rng(0)


def test_an_exact_line_is_found_with_an_interval_of_no_width():
    x = np.array([0.0, 1.0, 2.0, 5.0])
    fit = fit_line(x, np.repeat(3 - 2 * x[:, None], 4, axis=1), rng())
    assert fit.slope == pytest.approx(-2)
    assert fit.ci_low == pytest.approx(-2)
    assert fit.ci_high == pytest.approx(-2)
    assert (fit.r2, fit.spearman) == (pytest.approx(1), pytest.approx(-1))
    assert (fit.n, fit.n_censored) == (16, 0)


def test_the_interval_covers_the_true_slope_about_as_often_as_it_says():
    """Each seed has its own slope: an interval that resampled points instead of seeds would be far too narrow."""
    x, draw = np.linspace(0, 1, 6), np.random.default_rng(5)
    hits = 0
    for _ in range(100):
        y = x[:, None] * (1 + draw.standard_normal(20)) + draw.standard_normal(20)
        fit = fit_line(x, y, draw)
        hits += fit.ci_low <= 1 <= fit.ci_high
    assert 85 <= hits <= 100


def test_censored_points_are_left_out_and_counted():
    x, y = np.array([0.0, 1.0, 2.0, 3.0]), np.tile(np.array([0.0, 1.0, 2.0, 3.0])[:, None], 3)
    y[3, 1] = np.nan
    fit = fit_line(x, y, rng())
    assert fit.slope == pytest.approx(1)
    assert (fit.n, fit.n_censored) == (11, 1)


def test_two_values_are_no_fit():
    fit = fit_line(np.array([0.0, 1.0]), np.ones((2, 3)), rng())
    assert np.isnan(fit.slope)
    assert fit.n == 6


def small_tables(model="ridge"):
    changes = [(None, {}), ("weight_decay", {"weight_decay": 1e-2}), ("weight_decay", {"weight_decay": 1e-1})]
    changes += [("n", {"n": 20}), ("data", {"m": 100, "n": 11}), ("data", {"m": 200})]
    base = {"paper": "ridge", "experiment": "e", "model": model, "weight_decay": 1e-3, "n": 10, "m": 50, "eps": 0.01}
    runs = pd.DataFrame([{"run": f"r{i}", "axis": axis} | base | change for i, (axis, change) in enumerate(changes)])
    steps = [[1000, 1000], [100, 100], [10, None], [5, 5], [2000, 2000], [4000, 4000]]
    times = [
        {"run": f"r{i}", "seed": s, "quantity": "t2", "eps": 0.01, "step": step}
        for i, row in enumerate(steps)
        for s, step in enumerate(row)
    ]
    return {"runs": runs, "times": pd.DataFrame(times).astype({"step": "Int64"})}


def test_missing_times_stay_missing_along_a_sweep():
    values = Results(small_tables()).times_along("e", "weight_decay", "t2")
    assert values.shape == (3, 2)
    assert np.isnan(values.loc[1e-1, 1])


def test_sweeps_of_three_values_are_fitted_as_power_laws():
    fits = fit_sweeps(Results(small_tables()), root=1)
    assert list(fits["fit"]) == ["e: t2 on weight_decay", "e: t2 on data"]
    assert list(fits["x"]) == ["ln weight_decay", "ln m"]
    assert list(fits["slope"]) == pytest.approx([-1, 1])
    assert list(fits["n_censored"]) == [1, 0]


def test_a_table_without_a_fit_has_the_columns_of_one():
    empty = {
        "runs": pd.DataFrame({"paper": [], "experiment": [], "axis": []}),
        "times": pd.DataFrame({"run": [], "quantity": []}),
        "bounds": pd.DataFrame({"run": [], "quantity": []}),
    }
    found = fit_all(Results(empty), 1)
    assert (list(found), len(found)) == (COLUMNS, 0)

"""Rows of `brute_force`: what they say, what they refuse, and those of the last `make verify`."""

import numpy as np
import pandas as pd
import pytest
from grokking.logistic.comparison import compared_row, relative_errors, violation

ABOUT = {"run": "r", "model": "logistic", "seed": 0, "contracting": True}
STEPS, ERRORS = np.array([1, 5, 9]), np.array([1e-12, 3e-9, 2e-9])


def test_errors_are_relative_to_the_norm_of_the_executed_state():
    found = relative_errors(np.array([[3.0, 4.1], [0.0, 2.0]]), np.array([[3.0, 4.0], [0.0, 2.0]]))
    assert found == pytest.approx([0.02, 0.0])


def test_a_row_names_the_worst_step():
    row = compared_row(ABOUT, "w", STEPS, ERRORS, 1e-8)
    assert (row["max_error"], row["worst_step"]) == (3e-9, 5)
    assert (row["first_step"], row["last_step"], row["n_snapshots"]) == (1, 9, 3)
    assert violation(row) is None


def test_an_error_above_its_tolerance_is_one_line():
    row = compared_row(ABOUT, "w", STEPS, ERRORS, 1e-9)
    expected = "r, seed 0: w differs from plain gradient descent's by 3e-09 at step 5: expected at most 1e-09"
    assert violation(row) == expected
    assert violation(row | {"max_error": np.nan}) is not None
    assert violation(row | {"tolerance": None}) is None


def test_another_time_is_one_line():
    row = compared_row(ABOUT, "w", STEPS, ERRORS, 1e-8, n_times=15, n_times_equal=14)
    assert violation(row) == "r, seed 0: 14 of 15 times are those of plain gradient descent"


def test_the_committed_table_holds_every_run_to_its_tolerance():
    """The last `make verify`: two-dimensional runs, those that settle to the paper's horizon, and one at d = 1024."""
    rows = pd.read_parquet("docs/tables/brute_force.parquet")
    judged, timed = rows[rows["tolerance"].notna()], rows[rows["n_times"].notna()]
    assert (judged["max_error"] <= judged["tolerance"]).all()
    assert (timed["n_times"] == timed["n_times_equal"]).all()
    whole = rows[(rows["model"] == "logistic") & (rows["last_step"] > 1000)]
    contracting = rows["contracting"].eq(True) & rows["seed"].eq(0) & rows["model"].eq("logistic")
    assert set(whole["run"]) == set(rows.loc[contracting, "run"])
    assert (whole["last_step"] == 10**7).all()

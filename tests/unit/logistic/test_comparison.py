"""Rows of `brute_force`: what they say, what they refuse, and those of the last `make verify`."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
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


def test_the_committed_table_holds_every_run_to_its_tolerance_as_far_as_it_says():
    """The last `make verify`: all runs in two dimensions, to steps that docs/methods.md names, networks, d = 1024."""
    rows, runs = (pd.read_parquet(f"docs/tables/{name}.parquet") for name in ("brute_force", "runs"))
    judged, timed = rows[rows["tolerance"].notna()], rows[rows["n_times"].notna()]
    assert (judged["max_error"] <= judged["tolerance"]).all()
    assert (timed["n_times"] == timed["n_times_equal"]).all()
    planar = runs[runs["model"] == "logistic"].set_index("run")
    config = yaml.safe_load(Path("config.yaml").read_text())
    long = np.where(planar["reduction"] == "mean", planar.index.isin(config["planar"]["checks"]), planar["axis"].isna())
    others = planar["reduction"].map({"mean": 10**4, "sum": 10**6})
    executed = judged[judged["seed"] == 0].groupby("run")["last_step"].max().reindex(planar.index)
    assert (executed >= 0.99 * others.mask(long, 10**7)).all()  # the last snapshot up to there
    networks = {*config["networks"]["checks"], *config["networks"]["verified"]}
    assert set(rows["run"]) - set(planar.index) == networks | {"highdim-plain-sum", "highdim-executed-mean"}

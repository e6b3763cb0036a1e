"""The results at d = 1024, mean loss, against values of an independent implementation on the same points.

accepted_highdim.csv has them with what they may differ by: norms and angles 1 %, accuracies 0.002, concentrated
accuracies 0.01; the others 2 %, or half of the last digit that is quoted. MISSED says what misses; a miss that is none
any more fails, too.
"""

import csv
import os
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

TABLES = Path(os.environ.get("RESULTS", "results")) / "tables"
ACCEPTED = list(csv.DictReader((Path(__file__).parent / "accepted_highdim.csv").open()))
SCATTER = 1 / np.sqrt(2 * 1024)
"""Relative deviation of the norm of a normal vector in 1024 dimensions."""


MISSED = {("highdim-classes-mean", "0", "bias_distance", "10000000"): "ours is 0.0206, as if the digits were cut"}


@cache
def table(name):
    return pd.read_parquet(TABLES / f"{name}.parquet")


def measured(run, seed, quantity, step):
    name, _, split = quantity.partition("/")
    rows = table("curves").query("run == @run and seed == @seed and step == @step")
    stored = {"tan_angle": "angle"}.get(name, name)
    value = rows[(rows["quantity"] == stored) & (rows["split"] == (split or "train"))]["value"].item()
    return np.tan(value) if name == "tan_angle" else value


def accepted():
    for row in ACCEPTED:
        key = tuple(row.values())[:4]
        marks = pytest.mark.xfail(strict=True, reason=MISSED[key]) if key in MISSED else ()
        yield pytest.param(row, id="-".join(key), marks=marks)


@pytest.mark.parametrize("row", accepted())
def test_values_are_those_of_an_independent_implementation(row):
    value = measured(row["run"], int(row["seed"]), row["quantity"], int(row["step"]))
    assert value == pytest.approx(float(row["value"]), abs=float(row["tolerance"]))


def test_angles_scatter_about_the_theory_as_normal_vectors_do():
    runs = ["highdim-plain-mean", "highdim-sizes-mean-data-balanced-3e5", "highdim-sizes-mean-data-balanced-1e5"]
    curves = table("curves")
    angles = curves[curves["run"].isin(runs) & (curves["quantity"] == "angle")]
    theory = table("theory").query("quantity == 'tan_angle'")
    both = angles.merge(theory, on=["run", "step"], suffixes=("", "_theory"))
    ratio = np.tan(both["value"]) / both["value_theory"]
    assert len(ratio) > 100
    assert np.abs(ratio - 1).max() < 4 * SCATTER


def test_every_run_is_certified():
    corrections = table("bounds").query("quantity == 'correction'")["value"]
    assert len(corrections) > 0
    assert corrections.max() < 1e-6

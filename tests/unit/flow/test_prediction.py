"""Rows of the table `theory` in high dimension."""

from dataclasses import replace

import numpy as np
import pytest
from grokking.flow.prediction import PredictedRun, predict_run, theory_table
from grokking.flow.theory import limit_bias, predict
from grokking.results.files import read_parquet

RUN = PredictedRun("big", 1024, 50_000, 50_000, 1e-3, 10.0, bias=True, eta=1e-2, horizon=100_000, n_snapshots=51)


def test_rows_are_the_theorys_curves_at_the_evaluated_steps(tmp_path):
    predict_run(RUN, tmp_path / "theory")
    rows = read_parquet(tmp_path / "theory").to_pandas()
    steps = np.sort(rows["step"].unique())
    assert {1, 10, 100_000} <= set(steps)
    found = predict(steps, eta=1e-2, size=100_000, d=1024, gamma=1e-3, alpha=10.0, horizon=100_000)
    curves = {name: group["value"].to_numpy() for name, group in rows.groupby("quantity")}
    np.testing.assert_array_equal(curves.pop("norm"), found.norm)
    np.testing.assert_array_equal(curves.pop("tan_angle"), found.tangent)
    np.testing.assert_array_equal(curves.pop("bias_rms"), limit_bias(found.norm, 100_000))
    for split in ("train", "standard", "concentrated"):
        np.testing.assert_array_equal(curves.pop(f"accuracy_{split}"), getattr(found, split))
    assert curves == {}


def test_no_bias_is_predicted_where_none_is_learned():
    assert "bias_rms" not in theory_table(replace(RUN, bias=False))["quantity"].to_pylist()


def test_rows_end_with_the_last_decade_that_has_a_fixed_point():
    rows = theory_table(replace(RUN, n_pos=2000, n_neg=2000, horizon=10_000_000)).to_pandas()
    assert rows["step"].max() in (10**k for k in range(2, 7))
    assert np.isfinite(rows["value"]).all()


@pytest.mark.parametrize("size", [200, 1000])
def test_too_few_points_have_no_rows(size):
    found = theory_table(replace(RUN, n_pos=size, n_neg=size))
    assert found.num_rows == 0
    assert found.column_names == ["run", "quantity", "step", "value"]

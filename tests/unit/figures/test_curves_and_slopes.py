"""What figures make of tables before they draw: curves of either reading, slopes of times on |log delta|."""

import numpy as np
import pandas as pd
import pytest
from figures.accuracies import balanced_sizes, curve, least_imbalanced, most_imbalanced, runs_if_any
from figures.times_on_delta import local_slopes, on_delta
from judging.query import Results

COUNTS = {"flat": (350, 350), "mild": (400, 300), "steep": (300, 100)}


def results() -> Results:
    """Return three runs with a bias and a curve of three steps each, and the time |log delta|^2 of two seeds."""
    runs = [
        {"run": name, "experiment": "e", "reduction": "sum", "bias": True, "s_pos": pos, "s_neg": neg}
        for name, (pos, neg) in COUNTS.items()
    ]
    curves = [
        {"run": "mild", "seed": 0, "step": step, "value": value} for step, value in ((1, 5.0), (2, 7.0), (9, 1.0))
    ]
    times = [
        {"run": name, "seed": seed, "quantity": "T", "eps": 0.0, "step": np.nan if seed else np.log(pos / neg) ** 2 / 4}
        for name, (pos, neg) in COUNTS.items()
        for seed in range(2)
    ]
    curves = pd.DataFrame({"run": "mild", "seed": 0, "step": [1, 2, 9], "value": [5.0, 7.0, 1.0]})
    curves = curves.assign(quantity="bias", split="train")
    return Results({"runs": pd.DataFrame(runs), "curves": curves, "times": pd.DataFrame(times)})


@pytest.mark.parametrize(("reduction", "values"), [("sum", {1: [5, 7], 9: [1]}), ("mean", {1: [5], 2: [7], 9: [1]})])
def test_the_printed_loss_shows_both_steps_of_a_pair(reduction, values):
    found = curve(results(), pd.Series({"run": "mild", "reduction": reduction}), "bias")
    assert {step: list(row.dropna()) for step, row in found.iterrows()} == values


def test_runs_are_chosen_by_their_imbalance():
    runs = results().runs("e")
    assert most_imbalanced(runs)["run"] == "steep"
    assert least_imbalanced(runs)["run"] == "flat"


def test_no_such_run_is_none():
    assert len(runs_if_any(results(), "e", bias=False)) == 0
    assert len(runs_if_any(results(), "f")) == 0


def test_times_lie_over_log_delta_of_unequal_numbers():
    found = on_delta(results(), results().runs("e"), "T", 0.0)
    np.testing.assert_allclose(found.index, [np.log(4 / 3) / 2, np.log(3) / 2])
    np.testing.assert_allclose(found[0], found.index**2)
    assert found[1].isna().all()


def test_the_slope_of_a_power_of_e_is_its_rate():
    x = np.array([0.1, 0.4, 2.0])
    slopes = local_slopes(pd.DataFrame({0: np.exp(2 * x), 1: [1.0, np.nan, 3.0]}, index=x))
    np.testing.assert_allclose(slopes[0], 2)
    np.testing.assert_allclose(slopes.index, [0.25, 1.2])
    assert slopes[1].isna().all()


def test_sizes_are_those_of_one_reading():
    rows = [
        ("plain", "highdim-plain-mean", 50, True),
        ("free", "highdim-plain-mean", 50, False),
        ("small", "highdim-sizes-mean", 5, True),
        ("printed", "highdim-sizes-sum", 5, True),
        ("another", "mine", 7, True),
    ]
    runs = pd.DataFrame(rows, columns=["run", "experiment", "n_pos", "bias"]).assign(n_neg=lambda rows: rows["n_pos"])
    found = balanced_sizes(Results({"runs": runs}), "mean")
    assert dict(zip(found["run"], found["size"], strict=True)) == {"small": 10, "plain": 100}

"""Measures on curves, peaks and theory, on tables made by hand: run `a` S(4, 4), `b` S(6, 2), its mirror image `c`."""

import judging.logistic  # noqa: F401 (it registers measures)
import numpy as np
import pandas as pd
import pytest
from judging.logistic import at_step
from judging.query import NotInResultsError, Results
from judging.registry import MEASURES

STEPS = [0, 1, 10, 99, 100, 1000]
RUNS = [
    {"run": "a", "n_pos": 10, "n_neg": 10, "s_pos": 4, "s_neg": 4, "bias": True},
    {"run": "b", "n_pos": 15, "n_neg": 5, "s_pos": 6, "s_neg": 2, "bias": True},
    {"run": "c", "n_pos": 5, "n_neg": 15, "s_pos": 2, "s_neg": 6, "bias": True},
    {"run": "d", "n_pos": 10, "n_neg": 10, "s_pos": 4, "s_neg": 4, "bias": False},
    {"run": "e", "n_pos": 15, "n_neg": 5, "s_pos": 0, "s_neg": 0, "bias": True},
]


def curve(run, quantity, values, split="train"):
    """Rows of a curve whose seeds 0, 1, 2 have 1, 2 and 3 times the values at STEPS."""
    names = ("run", "seed", "step", "quantity", "split", "value")
    rows = [(run, s, t, quantity, split, (s + 1) * v) for s in range(3) for t, v in zip(STEPS, values, strict=True)]
    return [dict(zip(names, row, strict=True)) for row in rows]


def tables(curves=(), times=(), bounds=(), theory=()):
    given = {
        "runs": pd.DataFrame(RUNS).assign(experiment="f", axis=None, horizon=1000),
        "curves": pd.DataFrame(curves),
        "times": pd.DataFrame(times, columns=["run", "seed", "quantity", "eps", "step"]).astype({"step": "Int64"}),
        "bounds": pd.DataFrame(bounds, columns=["run", "seed", "quantity", "value"]),
        "theory": pd.DataFrame(theory, columns=["run", "quantity", "step", "value"]),
    }
    return Results(given)


def measured(name, given, **arguments):
    return MEASURES[name](given, experiment="f", **arguments)


def test_a_value_is_that_of_the_nearest_snapshot_and_of_those_right_beside_it():
    frame = pd.DataFrame({0: [0.0, 1.0, 2.0, 3.0, 5.0, 7.0]}, index=STEPS)
    assert at_step(frame, 10)[0] == 2.0
    assert at_step(frame, 100)[0] == 4.0
    assert at_step(frame, 950)[0] == 7.0
    with pytest.raises(NotInResultsError, match="the runs end before step 10000"):
        at_step(frame, 10_000)


def test_sizes_are_medians_of_absolute_values():
    given = tables(curve("a", "bias", [0, 0, 0, -1, -1, -5]) + curve("b", "bias", [0, 0, 0, 0, 0, 9]))
    found = measured("size_at", given, quantity="bias", step=100)
    assert (found.value, found.sample) == (2.0, (1.0, 2.0, 3.0))
    assert measured("size_at", given, quantity="bias", step=1000, support=[6, 2]).value == 18
    in_runs = {"quantity": "bias", "step": 1000, "classes": "imbalanced", "planted": "imbalanced"}
    given = tables(curve("b", "bias", [0, 0, 0, 0, 0, 1]) + curve("c", "bias", [0, 0, 0, 0, 0, -2]))
    assert measured("size_in_runs", given, **in_runs).value == 2


def test_peaks_are_looked_for_from_step_20_on():
    given = tables(curve("a", "bias_distance", [0, 9, 9, 0.1, 0.2, 0.1]))
    assert measured("peak_height", given).value == pytest.approx(0.4)
    assert measured("peak_place", given, value=0.4).value == pytest.approx(0.5)
    assert measured("peak_place", given, value=0.1).value == 0


def test_the_sign_of_the_bias_is_that_of_the_support_vectors():
    curves = curve("b", "bias", [0, 0, 0, 0, 0, 1]) + curve("c", "bias", [0, 0, 0, 0, 0, -1])
    assert measured("share_of_signs", tables(curves), step=1000).value == 1
    curves = curve("b", "bias", [0, 0, 0, 0, 0, 1]) + curve("c", "bias", [0, 0, 0, 0, 0, 1])
    assert measured("share_of_signs", tables(curves), step=1000).value == 0.5


def test_mirrored_runs_are_compared_both_ways():
    peaks = {"a": 7.0, "b": 2.0, "c": 3.0, "e": 1.0}
    given = tables([row for run, v in peaks.items() for row in curve(run, "bias_distance", [0, 0, 0, 0, 0, v])])
    assert measured("mirror_ratio", given).value == pytest.approx(1.5)


def test_starts_are_forgotten_where_the_curve_is_that_of_the_first_run():
    curves = curve("a", "bias", [0, 0, 0, 0, 0, 1])
    for run, value in zip("bcde", [1, 1, 1, 1.5], strict=True):
        curves += curve(run, "bias", [9, 0, 0, 0, 0, value])
    assert measured("share_forgetting_start", tables(curves), quantity="bias", step=1000, within=0.1).value == 0.75


def test_times_are_held_against_predictions_run_by_run():
    times = [(run, s, "T", 0.0, t * (s + 1)) for run, t in (("b", 100), ("c", 300)) for s in range(3)]
    times += [(run, s, "P", 0.0, 200) for run in "bc" for s in range(3)]
    times += [("b", s, "T", 0.1, None) for s in range(3)] + [("b", s, "P", 0.1, 1) for s in range(3)]
    given = tables(times=times)
    assert measured("time_ratio", given, quantity="T", over="P", eps=0.0, support=[6, 2]).value == 1
    assert measured("worst_time_ratio", given, quantity="T", over="P", levels=[0.0, 0.1]).value == pytest.approx(3)
    assert measured("largest_time_ratio", given, quantity="T", over="P", levels=[0.0, 0.1]).value == 4.5


def test_worst_numbers_are_the_same_factor_up_and_down():
    bounds = [(run, s, name, v) for run, v in (("b", 1.0), ("c", 4.0)) for s in range(3) for name in ("x",)]
    bounds += [(run, s, "y", 2.5) for run in "bc" for s in range(3)]
    assert measured("worst_number_ratio", tables(bounds=bounds), quantity="x", over="y").value == pytest.approx(2.5)


def test_theory_is_met_at_the_step():
    theory = [("b", "bias", 100, 1.0), ("b", "bias", 1000, 2.0), ("a", "bias_rms", 1000, 2.0)]
    theory += [("a", "accuracy_concentrated", 1000, 0.5)]
    curves = curve("b", "bias", [0, 0, 0, 1, 1, 3]) + curve("a", "bias", [0, 0, 0, 0, 0, -1])
    curves += curve("a", "accuracy", [0, 0, 0, 0, 0, 0.25], "concentrated") + curve(
        "b", "bias_distance", [0, 0, 0, 0, 1, 0]
    )
    given = tables(curves, bounds=[("b", s, "peak_distance_flow", 4.0) for s in range(3)], theory=theory)
    assert measured("theory_ratio", given, quantity="bias", step=1000, support=[6, 2]).value == 3
    assert measured("rms_ratio", given, step=1000).value == pytest.approx(np.sqrt(14 / 3) / 2)
    assert measured("expected_accuracy_ratio", given, step=1000).value == pytest.approx(1.0)
    assert measured("peak_ratio", given, support=[6, 2]).value == 0.5
    with pytest.raises(NotInResultsError, match="no 'bias' of a at step 1000"):
        measured("theory_ratio", given, quantity="bias", step=1000, support=[4, 4])


def test_what_a_part_costs_is_read_on_concentrated_points():
    curves = curve("a", "accuracy", [0, 0, 0, 0, 0, 0.1], "concentrated") + curve("a", "accuracy", [1] * 6)
    curves += curve("a", "accuracy_without_tilt", [0, 0, 0, 0, 0, 0.3], "concentrated")
    found = measured("gain_without", tables(curves), quantity="accuracy_without_tilt", step=1000)
    assert found.value == pytest.approx(0.4)


def test_curves_of_two_experiments_and_of_two_quantities_are_compared():
    given = tables(curve("a", "x", [0, 5, 0, 0, 0.1, 0.2]) + curve("a", "y", [0, 0, 0, 0, 0.2, 0.2]))
    assert measured("largest_difference", given, bias=True, quantity="x", less="y").value == pytest.approx(0.3)
    assert measured("median_ratio", given, other="f", quantity="x", step=1000, support=[4, 4]).value == 1


def delays():
    times = [("a", s, "T_tr", 0.0, step) for s, step in enumerate([10, 20, None])]
    return times + [("a", s, "T_te_concentrated", 0.0, step) for s, step in enumerate([1000, None, None])]


def test_delayed_seeds_are_counted_and_the_share_of_the_delay_is_a_median():
    given = tables(times=delays())
    assert measured("share_delayed", given, test="concentrated", eps=0.0, factor=100).value == pytest.approx(1 / 3)
    found = measured("share_of_delay", given, test="concentrated", eps=0.0)
    assert found.sample == pytest.approx((0.99, 0.98, 0))  # what was not reached is put at the horizon, 1000
    assert MEASURES["delay"](given, "f", "concentrated", 0.0).sample == pytest.approx((100, 50, 1))


def test_a_row_counts_where_all_its_times_are_near():
    near = {"quantity": "T_te_concentrated", "eps": 0.0, "near": 2500}
    early = {"quantity": "T_tr", "eps": 0.0, "at_most": 20}
    given = tables(times=delays())
    assert measured("share_of_row", given, times=[near, early], factor=2.5).value == pytest.approx(1 / 3)
    assert measured("share_of_row", given, times=[near, early], factor=2.4).value == 0
    assert measured("share_of_row", given, times=[early], factor=1).value == pytest.approx(2 / 3)
    assert measured("share_of_row", given, times=[early | {"at_most": 9}], factor=3).value == 0


def test_runs_are_chosen_by_classes_and_planting():
    times = [(run, 0, "t", np.nan, step) for run, step in zip("abce", [1, 2, 3, 4], strict=True)]
    chosen = {"none": 4, "some": 2, "imbalanced": 2, "balanced": 1}
    for planted, expected in chosen.items():
        assert measured("phase_start", tables(times=times), quantity="t", planted=planted).value == expected
    assert measured("phase_start", tables(times=times), quantity="t", classes="imbalanced", planted="some").value == 2


def test_runs_that_an_experiment_lacks_are_named():
    asked = Results({"runs": pd.DataFrame(RUNS[:1]).assign(experiment="f", axis=None)})
    with pytest.raises(NotInResultsError, match="experiment 'f' has no run with imbalanced support vectors"):
        measured("share_of_signs", asked, step=100)
    with pytest.raises(NotInResultsError, match="no run with imbalanced classes and planted support vectors"):
        measured("phase_start", asked, quantity="t", classes="imbalanced", planted="some")


def test_a_rise_from_the_papers_first_logged_step_needs_that_step():
    short = [row for row in curve("a", "pgd", [0, 0, 0, 0, 0, 1]) if row["step"] < 99]
    with pytest.raises(NotInResultsError, match="the runs end before step 100"):
        measured("attack_gain", tables(short), bias=True, quantity="pgd")

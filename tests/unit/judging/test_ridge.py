"""The measures of the ridge paper's claims, on tables small enough to compute by hand."""

import numpy as np
import pandas as pd
import pytest
from judging import ridge
from judging.query import NotInResultsError, Results

T1 = {0.1: [10, 20], 1.0: [40, 40], 10.0: [100, None]}
T2 = {0.1: [100, 100], 1.0: [400, 200], 10.0: [50, 100]}
EXCESS = {0.1: 0.2, 1.0: 2.0, 10.0: 20.0}
NULL = {0.1: 0.001, 1.0: 0.5, 10.0: 0.5}


def results():
    runs, times, bounds, curves = [], [], [], []
    for nu2 in (1.0, 0.1, 10.0):
        run = f"nu2-{nu2:g}"
        runs.append({"run": run, "experiment": "e", "axis": None if nu2 == 1 else "nu2", "nu2": nu2, "eps": 0.01})
        for seed in (0, 1):
            times += [(run, seed, name, 0.01, of[nu2][seed]) for name, of in (("t1", T1), ("t2", T2))]
            bounds += [
                (run, seed, "late_excess", (seed + 1) * EXCESS[nu2], "F"),
                (run, seed, "null_loss", NULL[nu2], "E f*^2"),
            ]
            for step, test in ((0, 4.0), (30, 3.0), (50, 2.0), (100, 1.0)):
                curves.append((run, seed, step, "loss", "population", nu2 * test))
                curves.append((run, seed, step, "loss", "train", 0.0))
    return Results(
        {
            "runs": pd.DataFrame(runs),
            "times": pd.DataFrame(times, columns=["run", "seed", "quantity", "eps", "step"]).astype({"step": "Int64"}),
            "bounds": pd.DataFrame(bounds, columns=["run", "seed", "quantity", "value", "equation"]),
            "curves": pd.DataFrame(curves, columns=["run", "seed", "step", "quantity", "split", "value"]),
        }
    )


def test_a_slope_up_to_a_value_leaves_out_what_is_beyond():
    assert ridge.slope_up_to(results(), "e", "t2", "nu2", 1.0).value == pytest.approx(np.log10(8) / 2)
    assert np.isnan(ridge.slope_up_to(results(), "e", "t2", "nu2", 0.5).value)


def test_delays_and_ratios_are_those_of_each_seed():
    assert ridge.delay_at_smallest(results(), "e", "nu2").value == pytest.approx(85)
    assert np.isnan(ridge.delay_over_sweep(results(), "e", "nu2").value)
    assert ridge.ratio_of_times(results(), "e", "t2", "t1").value == pytest.approx(7.5)
    assert np.isnan(ridge.least_ratio(results(), "e", "nu2").value)
    assert ridge.time_at(results(), "e", "t1", "nu2", 0.1).value == 15


def test_a_time_that_the_start_has_passed_counts_as_zero():
    asked = results()
    asked.table("times").loc[lambda rows: (rows["run"] == "nu2-0.1") & (rows["quantity"] == "t1"), "step"] = pd.NA
    assert ridge.delay_at_smallest(asked, "e", "nu2").value == 100


def test_shares_count_runs_and_seeds():
    assert ridge.share_late(results(), "e", "t2").value == 1
    assert ridge.share_grokking_anywhere(results(), "e", 6.0).value == pytest.approx(2 / 6)
    assert ridge.share_reached(results(), "e", "t1").value == pytest.approx(5 / 6)
    assert ridge.share_reached(results(), "e", "t1", "nu2", 10.0).value == 0.5
    with pytest.raises(NotInResultsError, match=r"nu2 = 3"):
        ridge.share_reached(results(), "e", "t1", "nu2", 3.0)


def test_numbers_lie_along_the_sweep():
    assert ridge.number_at(results(), "e", "late_excess", "nu2", "largest").value == pytest.approx(30)
    assert ridge.number_over_sweep(results(), "e", "late_excess", "nu2").value == pytest.approx(100)
    assert ridge.slope_of_number(results(), "e", "late_excess", "nu2").value == pytest.approx(1)
    assert ridge.ratio_of_numbers(results(), "e", "late_excess", "null_loss").value == pytest.approx(6)


def test_the_prediction_that_is_farthest_off_is_told():
    """Ratios of the means over seeds: 100/0.2 and 100/0.4 at the first value, and so on."""
    assert ridge.farthest_ratio(results(), "e", "t2", "late_excess").value == pytest.approx(375)


def test_medians_are_those_of_each_seed():
    assert ridge.median_over_sweep(results(), "e", "t2", "nu2").value in (0.5, 1.0)
    # mean over runs of 100/0.2, 400/2, 50/20 in the first seed and of 100/0.4, 200/4, 100/40 in the second
    expected = [np.mean([500, 200, 2.5]), np.mean([250, 50, 2.5])]
    assert ridge.median_ratio_to_prediction(results(), "e", "t2", "late_excess").value in expected


def test_curves_are_read_at_steps_and_times():
    assert ridge.gap_over_sweep(results(), "e", "nu2", 100).value == pytest.approx(100)
    assert ridge.change_between(results(), "e", "loss", "population", 0, 100).value == pytest.approx(-3)
    # t1 = 40 in both seeds: the next logged step is 50
    change = ridge.change_between(results(), "e", "loss", "population", "t1", 100, relative=True)
    assert change.value == pytest.approx(-0.5)


@pytest.mark.parametrize(
    ("question", "line"),
    [
        (lambda asked: ridge.gap_over_sweep(asked, "e", "nu2", 200), "the runs end before step 200"),
        (lambda asked: ridge.change_between(asked, "e", "loss", "train", 0, 200), "the runs end before step 200"),
        (lambda asked: ridge.time_at(asked, "e", "t1", "nu2", 3.0), r"experiment .e. has no run with nu2 = 3\.0"),
    ],
)
def test_what_the_runs_do_not_reach_is_said(question, line):
    with pytest.raises(NotInResultsError, match=line):
        question(results())


def test_learning_is_told_from_passing_a_level_that_the_zero_function_passes():
    assert ridge.learnt_late(results(), "e").value == 4

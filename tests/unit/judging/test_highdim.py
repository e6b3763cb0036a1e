"""Measures of the claims in high dimension on tables made by hand."""

import judging.highdim  # noqa: F401  registers the measures
import numpy as np
import pandas as pd
import pytest
from grokking.flow.theory import limit_norm
from judging.query import NotInResultsError, Results
from judging.registry import MEASURES

PLAIN = "highdim-plain-mean"
HORIZON = 10**7


def run(name, experiment=PLAIN, **changes):
    base = {"d": 1024, "axis": None, "n_pos": 5, "n_neg": 5, "s_pos": 0.0, "s_neg": 0.0, "bias": True}
    given = {"eta": 0.01, "horizon": HORIZON, "dataset": "balanced"}
    return {"run": name, "experiment": experiment} | base | given | changes


def tables(times=(), bounds=(), curves=(), theory=(), runs=None):
    given = {
        "runs": pd.DataFrame(runs or [run("r")]),
        "times": pd.DataFrame(times, columns=["run", "seed", "quantity", "eps", "step"]).astype({"step": "Int64"}),
        "bounds": pd.DataFrame(bounds, columns=["run", "seed", "quantity", "value"]),
        "curves": pd.DataFrame(curves, columns=["run", "seed", "step", "quantity", "split", "value"]),
        "theory": pd.DataFrame(theory, columns=["run", "quantity", "step", "value"]),
    }
    return Results(given)


def curve(values, seed=0, run="r", quantity="accuracy", split="concentrated", first=0):
    return [(run, seed, 10**k, quantity, split, value) for k, value in enumerate(values, first)]


def measured(name, results, **arguments):
    return MEASURES[name](results, **({"experiment": PLAIN} | arguments))


def crossings(trained, first, last=None, eps=0.0, seed=0):
    """Rows of T_tr, which is settled at once, and of the first and last crossing on concentrated data."""
    steps = {"T_tr": trained, "T_tr_last": trained, "T_te_concentrated": first, "T_te_concentrated_last": last}
    return [("r", seed, name, eps, step) for name, step in steps.items()]


@pytest.mark.parametrize(
    ("trained", "first", "expected"),
    [(10, 1000, 100), (10, None, HORIZON / 10), (None, 1000, np.nan), (None, None, np.nan)],
)
def test_a_delay_ends_with_the_run_and_does_not_exist_while_training_goes_on(trained, first, expected):
    found = measured("delay_within_run", tables(crossings(trained, first)), test="concentrated", eps=0.0)
    assert found.value == pytest.approx(expected, nan_ok=True)


def test_one_seed_still_in_training_leaves_no_delay():
    both = tables(crossings(10, 1000) + crossings(None, 1000, seed=1))
    assert np.isnan(measured("delay_within_run", both, test="concentrated", eps=0.0).value)


@pytest.mark.parametrize(
    ("trained", "first", "last", "rise", "expected"),
    [
        (10, 1000, 1000, 0.05, 1),
        (10, None, None, 0.2, 1),  # not reached within the run: later than all
        (10, 999, 1000, 0.2, 0),
        (10, 1000, 999, 0.2, 0),
        (10, 1000, 1000, 0.04, 0),
        (None, None, None, 0.2, 0),  # nothing comes after training
        (10**6, None, None, 0.2, 0),  # the run ends too early
    ],
)
def test_grokking_needs_both_delays_and_a_rise(trained, first, last, rise, expected):
    accuracy = [0.4, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5 + rise + 1e-9]
    given = tables(crossings(trained, first, last, eps=0.001), curves=curve(accuracy))
    assert measured("share_improving_late", given, eps=0.001, factor=100, rise=0.05).value == expected


def test_the_share_reached_counts_seeds_of_the_first_run_at_one_level():
    times = [("r", 0, "T", 0.0, 7), ("r", 1, "T", 0.0, None), ("r", 1, "T", 0.1, 3), ("other", 0, "T", 0.0, 7)]
    both = tables(times, runs=[run("r"), run("other")])
    assert measured("share_reached_at", both, quantity="T", eps=0.0).value == 0.5


def test_a_creeping_accuracy_depends_on_the_horizon_and_a_settled_one_does_not():
    def dependence(rows):
        return measured("horizon_dependence", tables(curves=rows), split="concentrated", part=0.1).value

    assert dependence(curve([0.5, 0.6, 0.7, 0.8])) == 10
    assert dependence(curve([0.5, 0.8, 0.8, 0.8])) == 1
    assert dependence(curve([0.5, 0.8, 0.8, 0.8]) + curve([0.5, 0.6, 0.7, 0.8], 1) + curve([1, 1, 1, 1], 2)) == 1


def test_a_rise_is_from_a_step_to_the_end():
    given = tables(curves=curve([0.1, 0.5, 0.6, 0.8]) + curve([0.1, 0.5, 0.6, 1.0], seed=1))
    assert measured("accuracy_rise", given, split="concentrated", start=10).value == pytest.approx(0.4)
    assert measured("accuracy_rise", given, split="concentrated", start=2).value == pytest.approx(0.4)
    assert np.isnan(measured("accuracy_rise", given, split="concentrated", start=10**6).value)
    late = measured("late_share_of_rise", given, split="concentrated", start=10, late=100)
    assert late.value == pytest.approx((2 / 3 + 4 / 5) / 2)


@pytest.mark.parametrize(("trained", "expected"), [(1, 0.3), (10, 0.2), (2, 0.2), (1000, np.nan), (None, np.nan)])
def test_a_rise_counts_from_a_multiple_of_the_training_time(trained, expected):
    given = tables([("r", 0, "T_tr", 0.001, trained)], curves=curve([0.1, 0.5, 0.6, 0.8]))
    found = measured("rise_after_training", given, split="concentrated", eps=0.001, factor=10)
    assert found.value == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("with_bias", "expected"),
    [([0.5, 0.5, 0.6, 0.7], 10), ([0.6, 0.6, 0.5, 0.7], 100), ([0.5, 0.5, 0.5, 0.5], 100)],
)
def test_a_level_is_reached_for_good(with_bias, expected):
    runs = [run("r"), run("free", bias=False)]
    given = tables(curves=curve(with_bias) + curve([0.5, 0.55, 0.6, 0.7], run="free"), runs=runs)
    assert measured("level_delay_by_bias", given, split="concentrated", level=0.55).value == expected


def test_a_ratio_compares_first_runs_or_the_one_that_is_asked_for():
    rows = [("r", 0, "peak", 1.0), ("r", 1, "peak", 3.0), ("plane", 0, "peak", 8.0), ("plane", 1, "peak", 12.0)]
    runs = [run("r"), run("plane", "logistic-plain-mean"), run("steep", "logistic-plain-mean", s_pos=400.0)]
    both = tables(bounds=[*rows, ("steep", 0, "peak", 1.0)], runs=runs)
    asked = {"other": "logistic-plain-mean", "quantity": "peak"}
    assert measured("summary_ratio", both, **asked).value == pytest.approx(0.2)
    assert measured("summary_ratio", both, **asked, among={"s_pos": 400}).value == pytest.approx(2)


def test_the_greatest_number_is_over_all_runs_of_the_experiment():
    rows = [("r", 0, "correction", 1e-20), ("s", 0, "correction", 1e-13), ("t", 0, "correction", 1.0)]
    given = tables(bounds=rows, runs=[run("r"), run("s"), run("t", "x")])
    assert measured("greatest_number", given, quantity="correction").value == 1e-13


def test_the_norm_is_held_to_its_law():
    steps = np.array([10**k for k in range(8)])
    law = limit_norm(steps.astype(float), 0.01)
    off = np.where(steps < 10**4, 5.0, 1.02)
    given = tables(curves=curve(law * off, quantity="norm", split="train"))
    assert measured("departure_from_norm_law", given, start=10**4).value == pytest.approx(0.02)
    assert measured("norm_exponent", given, decades=2).value == pytest.approx(1 / 3)


def beside(angles, predicted, first):
    """Tables of two seeds with these angles, and the theory's tangents from the decade `first` on."""
    theory = [("r", "tan_angle", 10**k, value) for k, value in enumerate(predicted, first)]
    rows = [row for seed in (0, 1) for row in curve(angles, seed, quantity="angle", split="train")]
    return tables(curves=rows, theory=theory)


def test_the_angle_is_compared_by_its_tangent_wherever_theory_has_one():
    angles = np.arctan([9.0, 1.1, 0.5, 0.3])
    found = measured("angle_departure", beside(angles, [1.0, 0.5], first=1), data="balanced")
    assert found.value == pytest.approx(0.1)


def test_theory_is_read_between_its_steps_in_log_t():
    theory = [("r", "accuracy_concentrated", 1, 0.5), ("r", "accuracy_concentrated", 100, 0.7)]
    given = tables(curves=curve([0.5, 0.65]), theory=theory)
    asked = {"data": "balanced", "split": "concentrated"}
    assert measured("final_departure", given, **asked).value == pytest.approx(0.05)
    early = tables(curves=curve([0.5, 0.65]), theory=theory[:1])
    assert np.isnan(measured("final_departure", early, **asked).value)


def test_theory_that_does_not_exist_is_said():
    with pytest.raises(NotInResultsError, match="theory says nothing of 'tan_angle' in r"):
        measured("angle_departure", tables(curves=curve([1.0], quantity="angle", split="train")), data="balanced")

import numpy as np
import pytest
from grokking.results.rows import Time
from grokking.times import first_crossing, last_crossing
from hypothesis import given
from hypothesis import strategies as st

STEPS = np.array([1, 2, 3, 100, 101, 200, 201, 400, 401, 1000])
UNLEARNING = np.array([0.5, 0.9, 1.0, 0.6, 0.6, 0.6, 0.9, 1.0, 1.0, 1.0])


def test_first_and_last_crossing_differ_by_the_unlearning():
    assert first_crossing(STEPS, UNLEARNING, 0.0, 1000) == Time(3, False, 1)
    assert last_crossing(STEPS, UNLEARNING, 0.0, 1000) == Time(400, False, 199)
    assert last_crossing(STEPS, UNLEARNING, 0.1, 1000).step == 201


def test_resolution_looks_past_the_pair_of_a_snapshot():
    """At 201 the step before was seen, but an earlier crossing may hide between 101 and 200."""
    assert last_crossing(STEPS, UNLEARNING, 0.1, 1000).resolution == 99


def test_a_level_reached_only_at_the_end_is_censored_and_null():
    rising = np.linspace(0, 1, len(STEPS))
    assert first_crossing(STEPS, rising, 0.0, 1000) == Time(None, True, 599)
    assert first_crossing(STEPS, rising, 0.0, 1000, censor_fraction=1.0).step == 1000


def test_a_series_that_ends_below_the_level_has_no_last_crossing():
    falling = np.where(STEPS < 1000, UNLEARNING, 0.5)
    assert last_crossing(STEPS, falling, 0.0, 10_000) == Time(None, True, 599)
    assert first_crossing(STEPS, falling, 0.0, 10_000).step == 3


def test_resolution_of_a_time_not_reached_looks_past_the_last_pair():
    steps = np.array([1, 100, 200, 201])
    assert last_crossing(steps, np.array([1.0, 1.0, 1.0, 0.0]), 0.0, 201) == Time(None, True, 100)


def test_constant_accuracy_is_reached_at_the_first_snapshot():
    assert first_crossing(STEPS, np.ones(10), 0.0, 1000) == Time(1, False, 1)
    assert last_crossing(STEPS, np.ones(10), 0.0, 1000) == Time(1, False, 1)


@pytest.mark.parametrize("eps", [0.001, 0.01, 0.05, 0.1])
def test_accuracy_at_the_level_itself_counts(eps):
    """1 - eps as a ratio of 2000 points, whatever the two roundings are."""
    accuracy = np.array([0.0, round((1 - eps) * 1999 * 2000) / (1999 * 2000), 1.0]) * 1999 / 2000
    assert first_crossing(np.array([1, 2, 3]), accuracy, eps, 1000).step == 2


@given(accuracy=st.lists(st.integers(0, 20), min_size=1, max_size=40), eps=st.sampled_from([0.0, 0.05, 0.3]))
def test_crossings_agree_with_a_walk_through_the_series(accuracy, eps):
    steps = np.arange(1, len(accuracy) + 1)
    values = np.array(accuracy) / 20
    level = (1 - eps) * values.max() - 1e-9
    first = next(step for step, value in zip(steps, values, strict=True) if value >= level)
    stays = [step for step in steps if np.all(values[step - 1 :] >= level)]
    assert first_crossing(steps, values, eps, 10**6).step == first
    assert last_crossing(steps, values, eps, 10**6).step == (min(stays) if stays else None)


@pytest.mark.parametrize(("eps", "name"), [(-0.1, "eps"), (1.0, "eps")])
def test_impossible_eps_is_refused(eps, name):
    with pytest.raises(ValueError, match=name):
        first_crossing(STEPS, UNLEARNING, eps, 1000)


def test_series_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="lengths"):
        first_crossing(STEPS, UNLEARNING[1:], 0.0, 1000)

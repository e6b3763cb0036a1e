import numpy as np
import pytest
from checks import assert_follows_gradient_descent
from grokking.networks.leaps import leap
from hypothesis import given
from hypothesis import strategies as st


def gradient_of_a_quartic(theta):
    """Gradient of sum (theta_i^4 / 4 + i theta_i^2 / 2) / 100 + (sum theta)^2 / 200."""
    return (theta**3 + np.arange(1, len(theta) + 1) * theta + theta.sum()) / 100


def increment(theta):
    return -0.02 * gradient_of_a_quartic(theta)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_up_to_three_steps_are_the_iteration_itself(steps):
    start = np.array([1.0, -2.0, 0.5])
    assert_follows_gradient_descent(
        lambda t: leap(increment, start, increment(start), t)[0],
        lambda theta: theta + increment(theta),
        start,
        [steps],
        rtol=1e-15,
    )


@given(st.integers(1, 60), st.floats(0.0, 1e-2))
def test_linear_iteration_agrees_with_the_binomial_expansion_to_third_order(steps, rate):
    start = np.array([1.0])
    leapt = leap(lambda theta: -rate * theta, start, -rate * start, steps)[0][0]
    s = float(steps)
    series = 1 - s * rate + s * (s - 1) / 2 * rate**2 - s * (s - 1) * (s - 2) / 6 * rate**3
    assert leapt == pytest.approx(series, abs=1e-14)


def test_error_falls_with_the_fourth_power_of_the_steps_and_the_estimate_with_the_third():
    start = np.array([1.0, -2.0, 0.5])
    errors, estimates = [], []
    for steps in (50, 100):
        state = start
        for _ in range(steps):
            state = state + increment(state)
        leapt, correction = leap(increment, start, increment(start), steps)
        errors.append(np.linalg.norm(leapt - state))
        estimates.append(np.linalg.norm(correction))
    assert 12 < errors[1] / errors[0] < 20
    assert 6 < estimates[1] / estimates[0] < 10
    assert errors[1] < estimates[1]

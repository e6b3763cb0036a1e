"""The sum over integer steps against direct summation."""

import numpy as np
import pytest
from grokking.collocation import Collocation

HORIZON = 1_000_000
LAWS = {
    "power": lambda t: (t + 60.0) ** (-2 / 3),
    "relaxing": lambda t: np.exp(-t / 50) + (t + 100.0) ** -1.5,
    "logarithm": lambda t: np.log(t + 100.0) / (t + 60.0),
}


@pytest.mark.parametrize("law", LAWS)
def test_sums_are_those_of_direct_summation(law):
    grid = Collocation(HORIZON, 50.0, 80)
    sums = grid.sums @ LAWS[law](grid.steps)
    direct = np.concatenate([[0.0], np.cumsum(LAWS[law](np.arange(HORIZON, dtype=float)))])
    steps = np.unique(np.geomspace(1, HORIZON, 200).astype(int))
    np.testing.assert_allclose(grid.evaluate(sums, steps), direct[steps], rtol=5e-12)


def test_the_first_omitted_term_of_euler_and_maclaurin_is_the_error():
    # f^(5)/30240 of (t + 60)^(-2/3) at 0, with t0 so small that the term can be seen.
    t0, law = 2.0, lambda t: (t + t0) ** (-2 / 3)
    grid = Collocation(HORIZON, t0, 64)
    error = (grid.sums @ law(grid.steps))[-1] - law(np.arange(HORIZON, dtype=float)).sum()
    fifth = -np.prod(2 / 3 + np.arange(5)) * t0 ** (-2 / 3 - 5)
    assert error == pytest.approx(fifth / 30240, rel=0.3)


def test_the_error_falls_geometrically_with_the_degree():
    law = LAWS["relaxing"]
    direct = law(np.arange(HORIZON, dtype=float)).sum()
    errors = []
    for degree in (16, 24, 32, 40):
        grid = Collocation(HORIZON, 50.0, degree)
        errors.append(abs((grid.sums @ law(grid.steps))[-1] / direct - 1))
    assert errors[-1] < 1e-3 * errors[0]


def test_polynomials_pass_through_their_nodes_and_have_any_shape():
    grid = Collocation(1000, 50.0, 12)
    values = np.random.default_rng(0).normal(size=(13, 2, 3))
    np.testing.assert_allclose(grid.evaluate(values, grid.steps), values, atol=1e-12)
    assert grid.steps[0] == 0
    assert grid.steps[-1] == pytest.approx(1000, rel=1e-14)


@pytest.mark.parametrize("steps", [[-1], [1001], [0, 5000]])
def test_steps_outside_the_run_are_refused(steps):
    with pytest.raises(ValueError, match=r"steps must lie in 0\.\.1000"):
        Collocation(1000, 50.0, 4).evaluate(np.zeros(5), steps)

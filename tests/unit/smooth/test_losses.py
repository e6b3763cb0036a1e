import numpy as np
import pytest
from grokking.smooth.losses import LOSSES

FORMULAS = {
    "logistic": lambda m: np.log(1 + np.exp(-m)),
    "exponential": lambda m: np.exp(-m),
    "hinge": lambda m: np.maximum(0, 1 - m),
    "squared-hinge": lambda m: np.maximum(0, 1 - m) ** 2,
}
MARGINS = np.linspace(-3.03, 4.04, 41)  # none where the hinge has its corner


def derivative(f, m):
    return (f(m + 1e-6) - f(m - 1e-6)) / 2e-6


@pytest.mark.parametrize("name", LOSSES)
def test_the_pull_is_minus_the_derivative_and_the_curvature_that_of_the_pull(name):
    loss = LOSSES[name]
    np.testing.assert_allclose(loss.pull(MARGINS.copy()), -derivative(FORMULAS[name], MARGINS), atol=1e-8)
    second = -derivative(lambda m: loss.pull(m.copy()), MARGINS)
    np.testing.assert_allclose(loss.curvature(MARGINS), second, atol=1e-8)


@pytest.mark.parametrize("name", LOSSES)
def test_pulls_fall_with_the_margin(name):
    """What is left out is bounded by pulls at the ends of a box."""
    assert np.all(np.diff(LOSSES[name].pull(np.linspace(-3, 50, 1001))) <= 0)

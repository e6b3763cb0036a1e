import numpy as np
import pytest
from grokking.optimisers import BETA_1, BETA_2, MOMENTUM, RULES, SMALL


def written_out(optimiser, theta, gradients, eta, decay):
    """Return the parameters (2,) that each rule makes of these gradients (k, 2), from the papers' formulas."""
    v = s = 0.0
    for t, g in enumerate(gradients, start=1):
        if optimiser == "gradient-descent":
            theta = theta - eta * (g + decay * theta)
        elif optimiser == "heavy-ball":
            v = MOMENTUM * v + (g + decay * theta)
            theta = theta - eta * v
        elif optimiser == "nesterov":
            full = g + decay * theta
            v = MOMENTUM * v + full
            theta = theta - eta * (full + MOMENTUM * v)
        elif optimiser == "sgdw":
            v = MOMENTUM * v + g
            theta = theta - eta * v - eta * decay * theta
        elif optimiser == "normalised":
            full = g + decay * theta
            theta = theta - eta * full / np.sqrt(full[0] ** 2 + full[1] ** 2)
        elif optimiser == "sign":
            full = g + decay * theta
            theta = theta - eta * np.array([1 if one > 0 else -1 for one in full])
        else:
            full = g + (decay * theta if optimiser == "adam" else 0.0)
            v, s = BETA_1 * v + (1 - BETA_1) * full, BETA_2 * s + (1 - BETA_2) * full**2
            step = v / (1 - BETA_1**t) / (np.sqrt(s / (1 - BETA_2**t)) + SMALL)
            theta = theta - eta * step - (eta * decay * theta if optimiser == "adamw" else 0.0)
    return theta


@pytest.mark.parametrize("optimiser", RULES)
def test_rules_are_the_formulas(optimiser):
    gradients = np.array([[0.3, -0.9], [-2.0, 6.0], [0.0, 0.0], [1.5, -4.5]])
    theta = np.array([[1.7, -0.4], [0.2, 3.0]])
    rule, start = RULES[optimiser](0.1, 0.2), theta.copy()
    for g in gradients:
        rule(theta, np.array([g, -g]))
    expected = [
        written_out(optimiser, start[0], gradients, 0.1, 0.2),
        written_out(optimiser, start[1], -gradients, 0.1, 0.2),
    ]
    np.testing.assert_allclose(theta, expected, rtol=1e-12)


@pytest.mark.parametrize("optimiser", RULES)
def test_without_a_gradient_nothing_moves(optimiser):
    theta = np.array([[1.7, -0.4]])
    RULES[optimiser](0.1, 0.0)(theta, np.zeros((1, 2)))
    np.testing.assert_array_equal(theta, [[1.7, -0.4]])

"""One step, gradient and Hessian of the summed loss, against finite differences of the loss itself."""

import numpy as np
import pytest
from grokking.logistic.model import descent_direction, gradient_step, hessian, signed_features

RNG = np.random.default_rng(0)
X, Y, THETA = RNG.normal(size=(30, 2)), RNG.choice([-1.0, 1.0], 30), np.array([0.3, -0.2, 0.5])
H = 1e-5


def loss(theta):
    return np.logaddexp(0, -Y * (X @ theta[:2] + theta[2])).sum()


def differences(f, theta):
    return np.array([(f(theta + H * unit) - f(theta - H * unit)) / (2 * H) for unit in np.eye(3)])


@pytest.mark.parametrize("bias", [True, False])
def test_one_step_descends_the_gradient_of_the_summed_loss(bias):
    w, b = gradient_step(THETA[:2], THETA[2], X, Y, eta=0.1, bias=bias)
    expected = THETA - 0.1 * differences(loss, THETA) * [1, 1, bias]
    assert [*w, b] == pytest.approx(expected, abs=1e-9)


def test_the_direction_of_descent_is_minus_the_gradient():
    z = signed_features(X, Y, bias=True)
    assert descent_direction(z, THETA) == pytest.approx(-differences(loss, THETA), abs=1e-8)
    without = descent_direction(signed_features(X, Y, bias=False), THETA[:2])
    assert without == pytest.approx(-differences(loss, np.append(THETA[:2], 0))[:2], abs=1e-8)


def test_the_hessian_is_the_derivative_of_the_gradient():
    z = signed_features(X, Y, bias=True)
    expected = -differences(lambda theta: descent_direction(z, theta), THETA)
    assert np.allclose(hessian(z, THETA), expected, atol=1e-8)

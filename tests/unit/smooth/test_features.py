import numpy as np
import pytest
from checks import assert_follows_gradient_descent
from grokking.planar.data import training_set
from grokking.smooth import descent
from grokking.smooth.descent import UnstableError
from grokking.smooth.features import descend, sharpness_bound
from grokking.steps import log_grid

RNG = np.random.default_rng(0)
Z = RNG.standard_normal((60, 12)) * np.geomspace(1, 1e-4, 12) + 0.1
STEP = 0.5 / 60


def test_it_is_gradient_descent_with_every_step_executed():
    steps, weights = log_grid(30_000, 10), RNG.uniform(0.5, 1.5, 60)
    states = dict(zip(steps.tolist(), descend(Z, step=STEP, steps=steps, weights=weights, start=100), strict=True))

    def executed(theta):
        return theta + STEP * (weights / (1 + np.exp(Z @ theta))) @ Z

    assert_follows_gradient_descent(states.get, executed, np.zeros(12), steps[1:], 1e-6)


def test_in_the_plane_it_is_the_collocation_s():
    data = training_set(0, 0, gamma=1e-2, n_pos=100, n_neg=100, planting="full", s_pos=40, s_neg=30)
    z = data.y[:, None] * np.column_stack([data.x, np.ones(200)])
    steps = np.array([1, 1000, 10**5, 10**8])
    states = descend(z, step=1e-2 / 200, steps=steps, tolerance=1e-9)
    known = descent.descend(data.x, data.y, step=1e-2 / 200, steps=steps)
    np.testing.assert_allclose(states, np.column_stack([known.w, known.b]), rtol=1e-6)


def test_the_error_falls_with_the_tolerance():
    exact, *found = (descend(Z, step=STEP, steps=[10**7], tolerance=10.0**-k)[0] for k in (11, 9, 7, 5))
    errors = [np.linalg.norm(theta - exact) for theta in found]
    assert errors == sorted(errors)
    assert errors[1] < 1e-6 * np.linalg.norm(exact)


def test_the_bound_on_the_sharpness_holds_and_a_step_beyond_it_is_refused():
    theta = descend(Z, step=STEP, steps=[100])[0]
    odds = np.exp(-np.abs(Z @ theta))
    hessian = (Z.T * (odds / (1 + odds) ** 2)) @ Z
    assert STEP * np.linalg.eigvalsh(hessian)[-1] < sharpness_bound(Z, step=STEP)
    limit = 2 * STEP / sharpness_bound(Z, step=STEP)
    descend(Z, step=0.99 * limit, steps=[10])
    with pytest.raises(UnstableError, match=r"^the sharpness is at most 2\.02, expected below 2"):
        descend(Z, step=1.01 * limit, steps=[10])


@pytest.mark.parametrize("steps", [[-1, 5], [5, 5], [7, 5]])
def test_other_steps_are_refused(steps):
    with pytest.raises(ValueError, match=r"^steps run from .*expected ascending"):
        descend(Z, step=STEP, steps=steps)

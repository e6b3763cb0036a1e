import numpy as np
import pytest
from grokking.ridge.path import RidgePath
from grokking.ridge.problem import draw_problem
from grokking.ridge.spectrum import marchenko_pastur, t1_marchenko_pastur, times_from_zero_square


def noiseless(n, m, seed):
    return draw_problem("gaussian", m, m, n, root=1, seed=seed).rescaled(n, 1.0, 1.0, 1.0, 0.0)


@pytest.mark.parametrize("gamma", [0.05, 0.5, 1.0])
def test_the_law_has_mean_one_and_variance_gamma(gamma):
    x, weights = marchenko_pastur(gamma)
    assert np.sum(weights * x) == pytest.approx(1, rel=1e-9)
    assert np.sum(weights * (x - 1) ** 2) == pytest.approx(gamma, rel=1e-9)


def test_the_law_has_the_moments_of_drawn_spectra():
    """Inverse and square, which the largest and the smallest eigenvalues decide."""
    n, m = 300, 900
    s2 = np.linalg.eigvalsh(draw_problem("gaussian", m, m, n, root=1, seed=0).gram)
    x, weights = marchenko_pastur(n / m)
    assert np.sum(weights / x) == pytest.approx(np.mean(1 / s2), rel=0.03)
    assert np.sum(weights * x**2) == pytest.approx(np.mean(s2**2), rel=0.03)


def test_t1_of_the_law_is_that_of_a_large_problem():
    n, m = 300, 1200
    path = RidgePath(noiseless(n, m, seed=0), 1.0, 1e-4)
    predicted = t1_marchenko_pastur(n, m, 1 + 1 / m, 1.0, 1e-4, 0.01)
    assert path.training.last_at_least(0.01) == pytest.approx(predicted, rel=0.05)


def test_a_start_below_the_level_has_no_t1():
    assert t1_marchenko_pastur(20, 100, 0.001, 1.0, 1e-4, 0.01) is None


def test_times_from_zero_at_as_many_points_as_features_are_those_of_a_drawn_problem():
    n, eps, seeds = 300, 0.1 / 300, 6
    found = []
    for seed in range(seeds):
        path = RidgePath(noiseless(n, n, seed), 1.0, 1e-10).from_zero
        found.append([path.training.last_at_least(eps), path.population.first_at_most(eps)])
    np.testing.assert_allclose(np.mean(found, axis=0), times_from_zero_square(n, 1.0, 1.0, eps), rtol=0.35)

"""The theory against its limits, against sampling, and against descent itself."""

import numpy as np
import pytest
from grokking.collocation import Collocation
from grokking.flow import theory
from grokking.flow.theory import NoFixedPointError, fixed_point, limit_bias, limit_norm, limit_tangent, predict
from grokking.flow.trainer import train
from grokking.highdim.accuracy import tangent_to_w_true
from grokking.highdim.data import Population
from scipy.integrate import quad
from scipy.optimize import elementwise
from scipy.special import expit

SD = 5 / np.sqrt(3)


def along(values, delta):
    """Fixed points at increasing a, each from the one before."""
    found = [fixed_point(values[0], delta)]
    for a in values[1:]:
        found.append(fixed_point(a, delta, found[-1]))
    return found


@pytest.mark.parametrize("delta", [0.001, 0.03, 0.1])
@pytest.mark.parametrize("a", [0.0, 1.0, 8.0])
def test_equations_hold_for_sampled_margins(a, delta):
    point = along(np.linspace(0, a, 9), delta)[-1]
    rng, n = np.random.default_rng(0), 200_000
    P, x = np.abs(rng.normal(size=n)) * SD, point.s * rng.normal(size=n)
    x += a * P
    found = elementwise.find_root(lambda m, x: m - point.kappa * expit(-m) - x, (x, x + point.kappa), args=(x,))
    m = found.x
    c = point.kappa * expit(m) * expit(-m)
    for sampled, wanted in (
        ((m - x) ** 2, delta * point.s**2),
        (c / (1 + c), delta),
        (P * expit(-m), point.push),
        (m > 0, theory.training_accuracy(a, point.s, point.kappa)),
    ):
        assert abs(sampled.mean() - wanted) < 4.5 * sampled.std() / np.sqrt(n) + 1e-9


def test_few_dimensions_and_no_a_give_the_solution_in_closed_form():
    delta = 1e-6
    point = fixed_point(0.0, delta)
    assert point.kappa == pytest.approx(4 * delta, rel=1e-4)
    assert point.s == pytest.approx(2 * np.sqrt(delta), rel=1e-4)
    assert point.push == pytest.approx(SD / np.sqrt(2 * np.pi), rel=1e-4)


def test_fixed_point_is_where_a_simulated_minimiser_lies():
    # Newton's method on the loss with a held fixed; s scatters by about 1/sqrt(2 d) a draw.
    rng, d, n, a = np.random.default_rng(1), 200, 2000, 2.0
    sizes, accuracies = [], []
    for _ in range(6):
        p, z, w = np.abs(rng.normal(size=n)) * SD, rng.uniform(-5, 5, (n, d)), np.zeros(d)
        for _ in range(12):
            s = expit(-(a * p + z @ w))
            w = w + np.linalg.solve(z.T @ (z * (s * (1 - s))[:, None]), z.T @ s)
        sizes.append(SD * np.linalg.norm(w))
        accuracies.append((a * p + z @ w > 0).mean())
    point = along([0.0, 0.5, 1.0, a], d / n)[-1]
    assert np.mean(sizes) == pytest.approx(point.s, rel=4 / np.sqrt(2 * d * 6))
    accuracy = theory.training_accuracy(a, point.s, point.kappa)
    assert np.mean(accuracies) == pytest.approx(accuracy, abs=4 * np.std(accuracies) / np.sqrt(6) + 1e-3)


def test_the_limit_of_many_points_and_large_norms():
    delta, a = 1e-9, 300.0
    point = along(np.concatenate([[0.0], np.geomspace(0.01, a, 150)]), delta)[-1]
    assert point.s / (SD * a) == pytest.approx(limit_tangent(a, 1, delta), rel=1e-4)
    assert a**2 * point.push == pytest.approx(theory.DENSITY * np.pi**2 / 12, rel=1e-4)


def test_constants_of_the_limit():
    assert limit_tangent(1.0, 1, 1024) == pytest.approx(18.53, abs=0.005)
    assert limit_norm(1.0, 1e-2) ** 3 == pytest.approx(6.82e-3, abs=5e-6)
    assert limit_bias(1.0, 1) ** 2 == pytest.approx(2.79, abs=0.006)
    assert quad(lambda m: expit(-m) ** 2, 0, 50)[0] == pytest.approx(np.log(2) - 0.5)
    assert quad(lambda m: m * expit(-m), 0, 50)[0] == pytest.approx(np.pi**2 / 12)


def test_the_bias_of_a_large_a_scatters_as_in_the_limit():
    # Root of sum_i y_i sigma(-(a p_i + y_i b)) by Newton's method, for many data sets at once.
    rng, n, sets, a = np.random.default_rng(2), 4000, 400, 20.0
    p, y, b = np.abs(rng.normal(size=(sets, n))) * SD, np.where(np.arange(n) % 2, 1.0, -1.0), np.zeros((sets, 1))
    for _ in range(8):
        s = expit(-(a * p + y * b))
        b = b + ((y * s).sum(axis=1) / (s * (1 - s)).sum(axis=1))[:, None]
    assert np.sqrt((b**2).mean()) == pytest.approx(limit_bias(a, n), rel=0.12)


def test_lag_is_that_of_simulated_linear_response():
    # q_{t+1} = q_t + eta (xi_t - V c_t q_t) with every step executed, exact variance.
    eta, horizon = 1e-2, 3000
    a = np.cbrt(7e-3 * np.arange(horizon + 1))
    p = np.abs(np.random.default_rng(3).normal(size=2000)) * SD
    q, kappa = np.zeros(2000), 0.0  # q is a combination of the rows
    for step in range(horizon):
        s = expit(-a[step] * p)
        decay = 1 - eta * theory.VARIANCE * (s * (1 - s)).mean()
        q, kappa = decay * q + eta * s, decay * kappa + eta
    s = expit(-a[-1] * p)
    rest = 1 / (theory.VARIANCE * (s * (1 - s)).mean())
    grid = Collocation(horizon, 50.0, 48)
    found = theory.lag(grid, eta, np.cbrt(7e-3 * grid.steps))[:, -1]
    np.testing.assert_allclose(found, [np.linalg.norm(q) / np.linalg.norm(s * rest), kappa / rest], rtol=0.01)


def test_prediction_is_what_descent_does():
    population, horizon = Population(0, 0, 256, 15_000, 15_000), 1_000_000
    steps = np.array([1, 10, 100, 1000, 10_000, 100_000, horizon])
    w, _ = train(population, 1e-2, horizon)[0].at(steps)
    found = predict(steps, eta=1e-2, size=30_000, d=256, gamma=1e-3, alpha=10.0, horizon=horizon)
    np.testing.assert_allclose(np.linalg.norm(w, axis=1), found.norm, rtol=0.02)
    # chi of 256 degrees of freedom scatters by 4.4 %.
    np.testing.assert_allclose(tangent_to_w_true(w), found.tangent, rtol=0.12)
    z = np.concatenate([chunk.z for chunk in population.chunks()])
    np.testing.assert_allclose((z @ w.T > 0).mean(axis=0), found.train, atol=4 * np.sqrt(0.04 / 30_000))
    assert (np.diff(found.concentrated) > 0).all()


@pytest.mark.parametrize("delta", [0.0, 0.5, 2.0])
def test_too_many_dimensions_are_refused(delta):
    with pytest.raises(NoFixedPointError, match=r"d/N must lie in \(0, 0\.5\)"):
        fixed_point(0.0, delta)


def test_a_start_too_far_away_is_refused():
    with pytest.raises(NoFixedPointError, match="start from one at an a nearby"):
        fixed_point(1e6, 1e-3)


def test_an_a_long_after_separation_is_refused():
    with pytest.raises(NoFixedPointError, match="too long after separation"):
        along(np.geomspace(0.01, 30, 100), 0.4)

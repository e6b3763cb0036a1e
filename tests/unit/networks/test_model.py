import numpy as np
import pytest
from checks import assert_follows_gradient_descent
from grokking.networks.descent import Descent, train_network
from grokking.networks.model import (
    Network,
    gaussian_points,
    gradient_step,
    homogeneous_time,
    initial_parameters,
    training_loss,
)
from grokking.networks.pieces import Pieces
from grokking.networks.plain import PlainDescent, plain_times
from grokking.networks.population import population_loss
from grokking.seeds import Role, generator
from grokking.steps import log_grid
from hypothesis import given, settings
from hypothesis import strategies as st

# m, n, d, nu2, eta, weight_decay: wide, narrow, ill-conditioned (n > d), and with decay as fast as training.
CONFIGURATIONS = [
    (200, 10, 20, 1.0, 1e-3, 0.2),
    (30, 10, 20, 1.0, 2e-3, 0.3),
    (100, 40, 20, 3.0, 1e-3, 0.2),
    (60, 20, 10, 0.3, 5e-3, 1.0),
]


def problem(m, n, d, nu2, seed=0):
    return gaussian_points(7, seed, n, d), initial_parameters(7, seed, m, d, nu2)


def test_fewer_points_and_units_are_the_first_of_more():
    X, theta = problem(8, 6, 5, 1.0)
    assert np.array_equal(gaussian_points(7, 0, 4, 5), X[:4])
    narrow = initial_parameters(7, 0, 3, 5, 1.0)
    assert np.allclose(narrow[:, :-1], theta[:3, :-1], rtol=1e-15)
    assert np.allclose(narrow[:, -1] * np.sqrt(3), theta[:3, -1] * np.sqrt(8), rtol=1e-15)


def test_initial_variances_are_those_of_the_paper():
    theta = initial_parameters(7, 0, 20000, 10, 4.0)
    assert np.var(theta[:, :-1]) == pytest.approx(0.4, rel=0.02)
    assert np.var(theta[:, -1]) * 20000 == pytest.approx(1.0, rel=0.05)


def test_gradient_agrees_with_finite_differences():
    X, theta = problem(7, 6, 5, 2.0)
    weight_decay, h = 0.3, 1e-6

    def objective(at):
        return training_loss(X, at) + weight_decay / 2 * np.sum(at**2)

    gradient = theta - gradient_step(X, theta, 1.0, weight_decay)
    for index in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[index] += h
        down[index] -= h
        difference = (objective(up) - objective(down)) / (2 * h)
        assert difference == pytest.approx(gradient[index], rel=1e-6, abs=1e-9)


def test_network_gives_the_naive_step_and_the_kernel_of_its_own_jacobian():
    X, theta = problem(30, 6, 5, 2.0)
    network = Network(X, 30)
    outputs = network.outputs(theta)
    jacobian = np.array([network.pull_back(theta, row).ravel() for row in np.eye(6)])
    assert np.allclose(network.tangent_kernel(theta), jacobian @ jacobian.T, rtol=1e-12)
    step = theta - 0.01 * (network.pull_back(theta, outputs) / 6 + 0.3 * theta)
    assert np.allclose(step, gradient_step(X, theta, 0.01, 0.3), rtol=1e-13)


@pytest.mark.parametrize(("m", "d", "nu2"), [(1, 3, 1.0), (50, 10, 0.5), (300, 5, 2.0)])
def test_population_loss_agrees_with_monte_carlo(m, d, nu2):
    theta = initial_parameters(7, 1, m, d, nu2)
    x = generator(7, Role.MONTE_CARLO, 1).standard_normal((50_000, d))
    squares = np.square(np.maximum(x @ theta[:, :-1].T, 0) @ theta[:, -1])
    standard_error = squares.std() / np.sqrt(len(squares))
    assert abs(population_loss(theta) - squares.mean()) < 4 * standard_error


def test_population_loss_in_float32_is_that_in_float64_to_1e_6():
    theta = initial_parameters(7, 0, 1000, 50, 1.0)
    assert population_loss(theta, np.float32) == pytest.approx(population_loss(theta), rel=1e-6)


def test_population_loss_of_parallel_opposite_and_zero_units():
    unit = np.array([3.0, 4.0])
    rows = [[*unit, 1.0], [*unit, 1.0], [*-unit, 1.0], [0.0, 0.0, 1.0]]
    # The first two units together: E (2 relu)^2 = 4 * 25 / 2; the opposite one, active elsewhere: 25 / 2.
    assert population_loss(np.array(rows)) == pytest.approx(62.5, rel=1e-12)


@settings(max_examples=25)
@given(st.integers(0, 1000), st.floats(0.1, 3.0), st.integers(1, 40))
def test_losses_ignore_the_order_of_units_and_scale_with_the_fourth_power(seed, scale, block):
    X, theta = problem(37, 6, 5, 1.0, seed)
    shuffled = generator(7, Role.PERTURBATION, seed).permutation(theta)
    for loss in (lambda at: population_loss(at, block=block), lambda at: training_loss(X, at)):
        assert loss(shuffled) == pytest.approx(loss(theta), rel=1e-10)
        assert loss(scale * theta) == pytest.approx(scale**4 * loss(theta), rel=1e-10)


def test_training_does_not_depend_on_the_order_of_points():
    X, theta = problem(60, 8, 10, 1.0)
    grid = log_grid(20_000, 4)
    run, other = (train_network(points, theta, 1e-3, 0.2, 0.01, 0.01, grid) for points in (X, X[::-1]))
    assert run.t1 == other.t1
    assert abs(run.t2 - other.t2) <= 1


@pytest.mark.parametrize(("m", "n", "d", "nu2", "eta", "weight_decay"), CONFIGURATIONS)
def test_states_follow_plain_gradient_descent(m, n, d, nu2, eta, weight_decay):
    X, theta = problem(m, n, d, nu2)
    descent = Descent(X, m, eta, weight_decay, eps=0.01)
    start = descent.start(theta)
    assert_follows_gradient_descent(
        lambda step: descent.advance(start, step).theta,
        lambda at: gradient_step(X, at, eta, weight_decay),
        theta,
        [1, 10, 100, 1000, 5000],
        rtol=2e-4,
    )


@pytest.mark.parametrize(("m", "n", "d", "nu2", "eta", "weight_decay"), CONFIGURATIONS)
def test_times_are_those_of_plain_gradient_descent(m, n, d, nu2, eta, weight_decay):
    X, theta = problem(m, n, d, nu2)
    run = train_network(X, theta, eta, weight_decay, 0.01, 0.01, log_grid(40_000, 5))
    t1, t2 = plain_times(X, theta, eta, weight_decay, 0.01, 0.01, horizon=40_000)
    assert abs(run.t1 - t1) <= 1
    assert abs(run.t2 - t2) <= max(1, 1e-4 * t2)


@pytest.mark.parametrize(("m", "n", "d", "nu2", "eta", "weight_decay"), CONFIGURATIONS)
def test_every_step_in_hidden_coordinates_is_that_of_plain_gradient_descent(m, n, d, nu2, eta, weight_decay):
    X, theta = problem(m, n, d, nu2)
    descent = PlainDescent(X, theta, eta, weight_decay)

    def after(step):
        while descent.step_count < step:
            descent.step(descent.outputs())
        return descent.theta

    assert_follows_gradient_descent(
        after, lambda at: gradient_step(X, at, eta, weight_decay), theta, [0, 1, 10, 1000], rtol=1e-11
    )


def test_t1_is_the_last_step_above_its_level_and_t2_the_first_at_or_below():
    X, theta = problem(60, 8, 10, 1.0)
    run = train_network(X, theta, 1e-3, 0.2, 0.01, 0.01, log_grid(20_000, 4))
    descent = Descent(X, 60, 1e-3, 0.2, 0.01)
    at = [descent.advance(descent.start(theta), step) for step in (run.t1, run.t1 + 1, run.t2 - 1, run.t2)]
    assert at[0].train_loss >= 0.01 > at[1].train_loss
    assert at[2].test_loss > 0.01 >= at[3].test_loss


@pytest.mark.parametrize("steps", [1, 30, 1000])
def test_a_piece_after_training_finds_where_theta_goes_beyond_mere_decay(steps):
    X, theta = problem(200, 10, 20, 1.0)
    eta, weight_decay = 1e-3, 0.2
    while training_loss(X, theta) > 1e-5:
        theta = gradient_step(X, theta, eta, weight_decay)
    pieces = Pieces(X, 200, eta, weight_decay)
    predicted, _ = pieces.follow(pieces.start(theta, 1), steps)
    at = theta
    for _ in range(steps):
        at = gradient_step(X, at, eta, weight_decay)
    displacement = np.linalg.norm(at - (1 - eta * weight_decay) ** steps * theta)
    assert np.linalg.norm(predicted.theta - at) < 0.1 * displacement
    assert predicted.train_loss == pytest.approx(training_loss(X, at), rel=0.1)


def test_the_error_of_a_piece_falls_with_the_third_power_of_its_steps_and_the_estimate_with_the_second():
    X, theta = problem(200, 10, 20, 1.0)
    pieces = Pieces(X, 200, 1e-5, 0.2)
    start, at, errors, estimates = pieces.start(theta, 1), theta, {}, {}
    for step in range(1, 801):
        at = gradient_step(X, at, 1e-5, 0.2)
        if step in (400, 800):
            after, estimates[step] = pieces.follow(start, step)
            errors[step] = np.sqrt(np.mean((after.outputs - pieces.network.outputs(at)) ** 2))
    assert 3 < estimates[800] / estimates[400] < 5
    assert 6 < errors[800] / errors[400] < 12
    assert errors[800] < 0.1 * estimates[800]


def test_logged_losses_belong_to_their_steps():
    X, theta = problem(60, 8, 10, 1.0)
    steps = np.array([0, 1, 7, 300, 3000])
    run = train_network(X, theta, 1e-3, 0.2, 0.01, 0.01, steps)
    for index, step in enumerate(steps):
        at = theta
        for _ in range(step):
            at = gradient_step(X, at, 1e-3, 0.2)
        assert run.train_loss[index] == pytest.approx(training_loss(X, at), rel=2e-3)
        assert run.test_loss[index] == pytest.approx(population_loss(at), rel=1e-4)


def test_times_outside_the_horizon_are_none():
    X, theta = problem(60, 8, 10, 1.0)
    short = train_network(X, theta, 1e-3, 0.2, 0.01, 0.01, np.array([0, 5]))
    assert short.t1 is None
    assert short.t2 is None
    assert short.test_loss_at_t1 is None
    small = train_network(X, theta / 10, 1e-3, 0.2, 0.01, 0.01, np.array([0, 5]))
    assert small.t1 is None
    assert small.t2 == 0
    assert small.settled is None
    assert plain_times(X, theta, 1e-3, 0.2, 0.01, 0.01, horizon=5) == (None, None)
    assert plain_times(X, theta / 10, 1e-3, 0.2, 0.01, 0.01, horizon=5) == (None, 0)


def test_homogeneity_predicts_t2_from_the_end_of_training_and_scales():
    X, theta = problem(200, 10, 20, 1.0)
    eta, weight_decay = 1e-3, 0.2
    run = train_network(X, theta, eta, weight_decay, 0.01, 0.01, log_grid(40_000, 10))
    late = np.flatnonzero((run.train_loss < 1e-6) & (run.test_loss > 0.01))[0]
    predicted = homogeneous_time(int(run.steps[late]), run.test_loss[late], 0.01, eta, weight_decay)
    assert run.t2 == pytest.approx(predicted, rel=1e-3)
    start = homogeneous_time(0, 1.0, 0.01, eta, weight_decay)
    assert homogeneous_time(0, np.e, 0.01, eta, weight_decay) - start == pytest.approx(
        1 / (4 * eta * weight_decay), rel=1e-3
    )
    assert homogeneous_time(0, 1.0, 0.01, eta, weight_decay, degree=1) == pytest.approx(2 * start)


def test_steps_that_overshoot_and_missing_weight_decay_are_refused():
    X, theta = problem(60, 8, 10, 1.0)
    with pytest.raises(ValueError, match=r"eta: 1 is too large; expected below 0\."):
        train_network(X, theta, 1.0, 0.2, 0.01, 0.01, log_grid(1000, 2))
    with pytest.raises(ValueError, match="weight_decay"):
        Descent(X, 60, 1e-3, 0.0, eps=0.01)


@given(st.integers(2, 10**7), st.integers(1, 20))
def test_log_grid_rises_from_zero_to_the_horizon(horizon, per_decade):
    steps = log_grid(horizon, per_decade)
    assert steps[0] == 0
    assert steps[-1] == horizon
    assert (np.diff(steps) > 0).all()

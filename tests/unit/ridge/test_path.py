import numpy as np
import pytest
from checks import assert_follows_gradient_descent
from grokking.ridge.features import draw_map
from grokking.ridge.path import RidgePath
from grokking.ridge.problem import draw_problem, stack, unstack
from grokking.seeds import Role, generator
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = 7
SIZES = {"gaussian": (120, 120), "relu": (150, 8), "fourier": (140, 5)}  # name: (m, d)
SCALES = {"init_scale": 1.3, "feature_scale": 0.8, "teacher_scale": 1.7, "noise_std": 0.2}
UNIT = {"init_scale": 1.0, "feature_scale": 1.0, "teacher_scale": 1.0, "noise_std": 0.0}
STEPS = [0, 1, 2, 3, 10, 100, 1000, 3000]


def explicit(features: str, n: int, init_scale, feature_scale, teacher_scale, noise_std, seed: int = 2):
    """The map, Phi, y and theta_0 themselves, scaled."""
    m, d = SIZES[features]
    feature_map = draw_map(features, m, d, ROOT, seed)
    evaluated = feature_map.evaluate(feature_map.inputs(n, generator(ROOT, Role.DATA, seed)))
    noise = generator(ROOT, Role.NOISE, seed).standard_normal(n)
    theta_0 = init_scale * generator(ROOT, Role.INIT, seed).standard_normal(m)
    y = teacher_scale * evaluated[:, m] + noise_std * noise
    return feature_map, feature_scale * evaluated[:, :m], y, theta_0


def path_and_explicit(features: str, scales: dict, n: int = 20, eta: float = 1.0, weight_decay: float = 1e-3):
    m, d = SIZES[features]
    problem = draw_problem(features, m, d, n + 5, ROOT, seed=2).rescaled(n, **scales)
    return RidgePath(problem, eta, weight_decay), *explicit(features, n, **scales)


def descent(Phi, y, eta, weight_decay):
    n = len(y)
    return lambda theta: theta - eta / n * Phi.T @ (Phi @ theta - y) - eta * weight_decay * theta


def closed_form(path, Phi, theta_0):
    def theta(step):
        return (1 - path.eta * path.weight_decay) ** step * theta_0 + path.kernel_coefficients(np.array([step]))[
            0
        ] @ Phi

    return theta


@pytest.mark.parametrize("features", SIZES)
@pytest.mark.parametrize("scales", [UNIT, SCALES, SCALES | {"teacher_scale": 0.0, "noise_std": 0.0}])
def test_parameters_follow_gradient_descent(features, scales):
    path, _, Phi, y, theta_0 = path_and_explicit(features, scales)
    descend = descent(Phi, y, path.eta, path.weight_decay)
    assert_follows_gradient_descent(closed_form(path, Phi, theta_0), descend, theta_0, STEPS, rtol=1e-10)


@pytest.mark.parametrize("features", SIZES)
def test_a_step_size_that_makes_residuals_alternate_is_followed(features):
    path, _, Phi, y, theta_0 = path_and_explicit(features, SCALES)
    eta = 1.9 / (path.s2[-1] / path.n)
    path = RidgePath(path.problem, eta, path.weight_decay)
    assert np.any(path.population.rates > 1)
    descend = descent(Phi, y, eta, path.weight_decay)
    assert_follows_gradient_descent(closed_form(path, Phi, theta_0), descend, theta_0, STEPS, rtol=1e-10)


@pytest.mark.parametrize("features", SIZES)
def test_losses_and_norm_are_those_of_the_parameters(features):
    path, _, Phi, y, theta_0 = path_and_explicit(features, SCALES)
    theta = closed_form(path, Phi, theta_0)
    steps = np.array(STEPS)
    half_mse = [np.mean((Phi @ theta(t) - y) ** 2) / 2 for t in steps]
    np.testing.assert_allclose(path.training.squared_norm(steps), half_mse, rtol=1e-10, atol=1e-14)
    norms = [theta(t) @ theta(t) for t in steps]
    np.testing.assert_allclose(path.parameters.squared_norm(steps), norms, rtol=1e-10)


@pytest.mark.parametrize("features", SIZES)
@pytest.mark.parametrize("step", [0, 5, 400, 20_000])
def test_population_loss_agrees_with_monte_carlo(features, step):
    path, feature_map, Phi, _, theta_0 = path_and_explicit(features, SCALES)
    theta = closed_form(path, Phi, theta_0)(step)
    evaluated = feature_map.evaluate(feature_map.inputs(40_000, np.random.default_rng(step)))
    errors = SCALES["feature_scale"] * evaluated[:, :-1] @ theta - SCALES["teacher_scale"] * evaluated[:, -1]
    standard_error = np.std(errors**2) / np.sqrt(len(errors))
    assert abs(np.mean(errors**2) - path.population.squared_norm([step])[0]) < 4 * standard_error


def plain_second_moment(features, feature_map):
    """E[psi psi^T], `(m + 1, m + 1)`, as it is written down: from all angles, or from all sums and differences."""
    if features == "gaussian":
        extended = np.vstack([np.eye(len(feature_map.teacher)), feature_map.teacher])
        return extended @ extended.T / len(feature_map.teacher)
    W = feature_map.weights
    if features == "relu":
        norms = np.linalg.norm(W, axis=1)
        angle = np.arccos(np.clip(W @ W.T / np.outer(norms, norms), -1, 1))
        return np.outer(norms, norms) * (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / (2 * np.pi)
    moment = np.zeros((len(W), len(W)))
    for sign in (-1, 1):
        damping = np.exp(-(np.linalg.norm(W[:, None] + sign * W, axis=2) ** 2) / 2)
        moment += damping * np.cos(np.add.outer(feature_map.phases, sign * feature_map.phases)) / 2
    return 2 / (len(W) - 1) * moment


@pytest.mark.parametrize("block", [37, 256])
@pytest.mark.parametrize("features", SIZES)
def test_second_moments_are_those_of_the_plain_matrix_however_it_is_cut(features, block, monkeypatch):
    monkeypatch.setattr("grokking.ridge.features.BLOCK", block)
    feature_map = draw_map(features, *SIZES[features], ROOT, seed=0)
    plain = plain_second_moment(features, feature_map)
    V = np.random.default_rng(0).standard_normal((len(plain), 3))
    np.testing.assert_allclose(feature_map.second_moments(V), V.T @ plain @ V, rtol=1e-12, atol=1e-12 * np.trace(plain))
    np.testing.assert_allclose(feature_map.second_moments(np.eye(len(plain))), plain, rtol=1e-9, atol=1e-15)
    assert feature_map.smallest_eigenvalue() >= np.linalg.eigvalsh(plain[:-1, :-1])[0] - 1e-15


def test_second_moments_of_fast_oscillations_neither_overflow_nor_lose_their_damping():
    feature_map = draw_map("fourier", 60, 20, ROOT, seed=0, sigma2=100.0)
    moments = feature_map.second_moments(np.eye(61))
    np.testing.assert_allclose(moments, plain_second_moment("fourier", feature_map), rtol=1e-9, atol=1e-15)


def test_identity_features_have_the_simple_population_loss():
    """L = ||theta - theta*||^2 / m."""
    path, feature_map, Phi, _, theta_0 = path_and_explicit("gaussian", UNIT)
    theta = closed_form(path, Phi, theta_0)(50)
    expected = np.sum((theta - feature_map.teacher) ** 2) / len(theta)
    assert path.population.squared_norm([50])[0] == pytest.approx(expected, rel=1e-11)


@settings(max_examples=20)
@given(scale=st.floats(0.1, 10), features=st.sampled_from(sorted(SIZES)))
def test_losses_scale_with_the_square_of_start_teacher_and_noise(scale, features):
    """The dynamics is linear: theta_0, teacher and noise times a give both losses times a^2."""
    m, d = SIZES[features]
    problem = draw_problem(features, m, d, 20, ROOT, seed=3)
    scaled = problem.rescaled(20, scale, 1.0, scale, scale)
    base = problem.rescaled(20, 1.0, 1.0, 1.0, 1.0)
    steps = np.array([0, 7, 300])
    for curve in ("training", "population", "parameters"):
        small = getattr(RidgePath(base, 1.0, 1e-3), curve).squared_norm(steps)
        large = getattr(RidgePath(scaled, 1.0, 1e-3), curve).squared_norm(steps)
        np.testing.assert_allclose(large, scale**2 * small, rtol=1e-9)


@pytest.mark.parametrize("features", SIZES)
def test_points_of_a_seed_do_not_depend_on_how_many_are_drawn(features):
    m, d = SIZES[features]
    few, many = (draw_problem(features, m, d, n, ROOT, seed=1) for n in (10, 15))
    cut = many.rescaled(10, **UNIT)
    for name in ("gram", "start", "target", "moments", "start_norm2"):
        np.testing.assert_allclose(getattr(cut, name), getattr(few, name), rtol=1e-10, atol=1e-13)


def test_stacked_problems_come_back_unchanged():
    problems = [draw_problem("relu", 30, 4, 6, ROOT, seed) for seed in range(3)]
    back = unstack(stack(problems), 2)
    assert all(np.array_equal(getattr(back, name), value) for name, value in vars(problems[2]).items())


def test_a_diverging_step_size_is_refused():
    path, *_ = path_and_explicit("relu", UNIT, eta=1e6)
    with pytest.raises(ValueError, match=r"^eta: 1e\+06 is too large; expected below \d"):
        path.population.first_at_most(0.01)


def test_just_below_the_largest_eta_descent_converges_and_at_it_it_is_refused():
    problem = draw_problem("gaussian", 30, 30, 10, 0, 0)
    weight_decay, largest = 1e-3, 2 / (np.linalg.eigvalsh(problem.gram)[-1] / 10 + 1e-3)
    for below in (1e-6, 1e-9, 1e-11):  # the fastest direction is the last to settle
        assert 1e-3 < below * RidgePath(problem, largest * (1 - below), weight_decay).times(0.1)["t1"] < 1
    for eta in (largest, largest * (1 - 1e-14), largest * (1 + 1e-14)):
        with pytest.raises(ValueError, match=rf"^eta: {eta:g} is too large; expected below {largest:.6g}"):
            RidgePath(problem, eta, weight_decay).times(0.1)


def least_squares_end(Phi, y, theta_0):
    """Where gradient descent without decay ends."""
    return theta_0 + np.linalg.pinv(Phi) @ (y - Phi @ theta_0)


def loss_of(feature_map, theta, feature_scale, teacher_scale):
    return feature_map.second_moments(np.append(feature_scale * theta, -teacher_scale)[:, None])[0, 0]


@pytest.mark.parametrize("features", SIZES)
def test_a_start_at_zero_follows_gradient_descent(features):
    path, feature_map, Phi, y, theta_0 = path_and_explicit(features, SCALES)
    start, zero = path.from_zero, np.zeros_like(theta_0)
    descend = descent(Phi, y, path.eta, path.weight_decay)
    assert_follows_gradient_descent(closed_form(start, Phi, zero), descend, zero, STEPS[1:], rtol=1e-10)
    theta = zero
    for step in range(4):
        expected = loss_of(feature_map, theta, SCALES["feature_scale"], SCALES["teacher_scale"])
        assert start.population.squared_norm([step])[0] == pytest.approx(expected, rel=1e-9)
        assert start.parameters.squared_norm([step])[0] == pytest.approx(theta @ theta, rel=1e-9, abs=1e-14)
        theta = descend(theta)
    assert start.null_loss == pytest.approx(start.population.squared_norm([0])[0])


@pytest.mark.parametrize("features", SIZES)
@pytest.mark.parametrize("scale", [0.0, 0.3, 4.0])
def test_the_unseen_part_of_the_start_is_scaled_and_the_training_curve_stays(features, scale):
    path, feature_map, Phi, y, theta_0 = path_and_explicit(features, SCALES)
    changed = RidgePath(path.problem.with_unseen(scale), path.eta, path.weight_decay)
    seen = np.linalg.pinv(Phi) @ Phi @ theta_0
    theta = seen + scale * (theta_0 - seen)
    steps = np.array(STEPS)
    np.testing.assert_array_equal(changed.training.squared_norm(steps), path.training.squared_norm(steps))
    descend = descent(Phi, y, path.eta, path.weight_decay)
    for step in range(4):
        expected = loss_of(feature_map, theta, SCALES["feature_scale"], SCALES["teacher_scale"])
        assert changed.population.squared_norm([step])[0] == pytest.approx(expected, rel=1e-8)
        assert changed.parameters.squared_norm([step])[0] == pytest.approx(theta @ theta, rel=1e-9)
        theta = descend(theta)


@pytest.mark.parametrize("features", SIZES)
def test_without_decay_gradient_descent_ends_where_it_is_said_to(features):
    path, feature_map, Phi, y, theta_0 = path_and_explicit(features, SCALES)
    eta = 1 / path.s2[-1] * path.n
    descend, theta = descent(Phi, y, eta, 0.0), theta_0
    steps = int(20 * path.s2[-1] / path.s2[0])
    for _ in range(min(steps, 20_000)):
        theta = descend(theta)
    expected = loss_of(feature_map, theta, SCALES["feature_scale"], SCALES["teacher_scale"])
    assert path.limit_without_decay == pytest.approx(expected, rel=1e-4)
    assert path.limit_without_decay == pytest.approx(
        loss_of(feature_map, least_squares_end(Phi, y, theta_0), SCALES["feature_scale"], SCALES["teacher_scale"])
    )


@pytest.mark.parametrize("features", SIZES)
def test_distances_between_solutions_are_those_of_the_parameters(features):
    path, _, Phi, y, theta_0 = path_and_explicit(features, SCALES)
    minimum = np.linalg.pinv(Phi) @ y
    ridge = Phi.T @ np.linalg.solve(Phi @ Phi.T + path.n * path.weight_decay * np.eye(path.n), y)
    expected = np.linalg.norm(ridge - minimum) / np.linalg.norm(minimum)
    assert path.distance_to_minimum_norm == pytest.approx(expected, rel=1e-8)
    kept = least_squares_end(Phi, y, theta_0)
    for step in (0, 5, 400):
        distance = np.linalg.norm(closed_form(path, Phi, theta_0)(step) - kept) / np.linalg.norm(kept)
        assert path.distance_to_no_decay(step) == pytest.approx(distance, rel=1e-8)


@pytest.mark.parametrize("features", SIZES)
def test_the_late_excess_alone_decays_once_the_data_is_fitted(features):
    """L - L_inf falls by rho^2 a step at the very end, with F before it up to a cross term."""
    path, *_ = path_and_explicit(features, SCALES | {"teacher_scale": 0.0, "noise_std": 0.0})
    late = np.array([60_000])
    rho = 1 - path.eta * path.weight_decay
    if path.population.rates[1] * late[0] > 50 + path.population.rates[0] * late[0]:
        assert path.population.squared_norm(late)[0] == pytest.approx(rho ** (2 * late[0]) * path.late_excess, rel=1e-6)
    step = path.population.last_away_from_limit(path.late_excess / 10)
    assert path.times(0.01)["t_excess"] == step


@pytest.mark.parametrize("teacher", ["dense", "sparse", "aligned"])
@pytest.mark.parametrize("features", ["gaussian", "relu"])
def test_teachers_have_unit_norm_and_their_kind(features, teacher):
    m, d = SIZES[features]
    feature_map = draw_map(features, m, d, ROOT, 0, teacher)
    vector = feature_map.teacher if features == "gaussian" else feature_map.weights[-1]
    assert np.linalg.norm(vector) == pytest.approx(1)
    assert (np.count_nonzero(vector) == 5) == (teacher == "sparse")
    first = feature_map.inputs(1, generator(ROOT, Role.DATA, 0))[0]
    assert (abs(vector @ first) / np.linalg.norm(first) > 0.9999) == (teacher == "aligned")


def test_frequencies_have_the_variance_that_is_asked_for():
    one, four = (draw_map("fourier", 200, 5, ROOT, 0, sigma2=sigma2) for sigma2 in (1.0, 4.0))
    np.testing.assert_allclose(four.weights, 2 * one.weights)
    np.testing.assert_array_equal(four.phases, one.phases)

import numpy as np
import pytest
from grokking.logistic import theory
from grokking.logistic.evaluation import accuracy
from grokking.logistic.geometry import FRAME, W_TRUE
from grokking.planar.data import concentrated_test_set, training_set
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import minimize

GAMMA, ALPHA = 1e-3, 10
log_sums = st.floats(-3, 1)


@settings(max_examples=10)
@given(log_pos=log_sums, log_neg=log_sums, b_start=st.floats(-3, 3))
def test_the_flow_of_the_bias_solves_its_equation(log_pos, log_neg, b_start):
    """Eq. (10), integrated in log t, which makes it autonomous."""
    exact = solve_ivp(
        lambda _, b: np.exp(log_pos - b) - np.exp(log_neg + b),
        (np.log(50), np.log(5000)),
        [b_start],
        method="Radau",
        t_eval=np.log([50, 100, 1000, 5000]),
        rtol=1e-10,
        atol=1e-12,
    )
    b = theory.bias_flow(np.array([50, 100, 1000, 5000]), 50, b_start, log_pos, log_neg)
    assert np.allclose(b, exact.y[0], rtol=1e-6, atol=1e-6)


@given(log_pos=log_sums, log_neg=log_sums, b_start=st.floats(-3, 3))
def test_the_flow_of_the_bias_is_the_papers_eq_11(log_pos, log_neg, b_start):
    delta = np.exp((log_neg - log_pos) / 2)
    growth = np.exp(2 * np.exp((log_pos + log_neg) / 2) * np.log(3))
    up, down = (1 + delta * np.exp(b_start)) * growth, 1 - delta * np.exp(b_start)
    expected = np.log((up - down) / (up + down)) - np.log(delta)
    assert theory.bias_flow(30, 10, b_start, log_pos, log_neg) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_with_the_sums_of_the_experiments_the_flow_is_at_its_limit_at_once():
    """They are of the order of 2/gamma^2: the formula must not overflow there."""
    b = theory.bias_flow(np.array([1000, 1001, 10**12]), 1000, 2.0, np.log(4e6), np.log(1e6))
    assert b[0] == pytest.approx(2.0)
    assert b[1:] == pytest.approx([np.log(2)] * 2)


def test_on_support_vectors_of_one_margin_delta_is_what_their_counts_say():
    data = training_set(0, 0, gamma=GAMMA, n_pos=1000, n_neg=1000, planting="equispaced", s_pos=300, s_neg=100)
    x, y = data.x[data.planted], data.y[data.planted]
    measured = theory.log_delta_on(x, y, np.array([[10.0], [1e4]]) * W_TRUE)
    assert measured == pytest.approx([theory.log_delta(300, 100)] * 2)


def test_the_sums_over_support_vectors_are_constant_once_w_has_its_limiting_form():
    x = np.array([[0.5, 2.0], [0.5, -1.0], [-0.5, 0.3]]) @ FRAME
    y, rho, steps = np.array([1.0, 1.0, -1.0]), np.array([0.3, -0.2]) @ FRAME, np.array([10, 10**4, 10**9])
    w = np.log(1e-2 * steps)[:, None] * 2 * W_TRUE + rho
    sums = theory.log_support_sums(x, y, steps, w, step=1e-2)
    limits = [np.log(np.sum(np.exp(-(y * (x @ rho))[y == label]))) for label in (1, -1)]
    assert np.allclose(sums, np.array(limits)[:, None])


@pytest.mark.parametrize("eps", [0.0, 0.01, 0.1, 0.4])
def test_kappa_is_where_a_share_eps_of_the_concentrated_points_is_wrong(eps):
    test = concentrated_test_set(0, 0, gamma=GAMMA, alpha=ALPHA, n=100_000)
    distance = theory.kappa(eps, ALPHA) * GAMMA / 2
    for sign in (1, -1):
        # All points of one class are right, a share 2 eps of the other is wrong.
        found = accuracy(test.x, test.y, W_TRUE[None], np.array([sign * distance]))[0]
        assert found == pytest.approx(1 - eps, abs=4e-3)


def test_the_theorems_time_has_its_slope_and_its_constant():
    time = theory.theorem_time(np.array([0.5, -1.5]), 2.0, 3.0)
    assert np.log(time) == pytest.approx([3.25, 3.75])
    assert np.exp(theory.reduced_constant(400, 100, eta=1e-2, gamma=1e-3)) == pytest.approx(2 / (1e-8 * 200))


def test_a_condition_holds_from_the_step_after_its_last_violation():
    steps = np.array([1, 10, 20, 40, 80])
    assert theory.holds_from(steps, np.array([0.0, 0.0, 0.9, 0.2, 0.1]), 0.2).step == 40
    assert theory.holds_from(steps, np.zeros(5), 0.1).step == 1
    never = theory.holds_from(steps, np.array([0.0, 0.0, 0.0, 0.0, 0.2]), 0.1)
    assert (never.step, never.censored) == (None, True)
    assert theory.holds_from(steps, np.full(5, np.nan), 0.1).censored


def test_violations_vanish_on_the_limiting_solution_and_show_off_it():
    data = training_set(0, 0, gamma=GAMMA, n_pos=100, n_neg=100, planting="equispaced", s_pos=9, s_neg=3)
    x, y, support = data.x, data.y.astype(float), data.planted
    b_inf, steps = -theory.log_delta(9, 3), np.geomspace(1e3, 1e12, 200)
    w_hat, _ = theory.hard_margin_separator(x, y)
    w, b = np.log(steps)[:, None] * w_hat, np.full(200, b_inf)
    assert np.all(theory.growth_violation(steps, w, w_hat) < 1e-10)
    assert np.all(theory.limit_violation(b, b_inf) == 0)
    assert theory.limit_violation(b * 1.5, b_inf) == pytest.approx(np.full(200, 0.5))
    assert np.isnan(theory.limit_violation(b, 0.0)).all()
    assert theory.growth_violation(steps, 0.75 * w, w_hat) == pytest.approx(np.full(200, 0.25))
    tail = theory.tail_violation(x[support], y[support], w, b)
    assert tail == pytest.approx(1 / (1 + steps * np.exp(-b_inf)), rel=1e-6)
    population = theory.population_violation(x, y, support, w)
    assert np.all(np.abs(population[100:]) < 1e-12)
    assert theory.population_violation(x, y, support, np.zeros((1, 2)))[0] == pytest.approx(1 - 3 / 100)


def separable(seed, n=30, gap=0.5):
    rng = np.random.default_rng(seed)
    normal = rng.normal(size=2)
    x, normal = rng.normal(size=(n, 2)), normal / np.linalg.norm(normal)
    y = np.where(np.arange(n) % 2, 1.0, -1.0)
    along = np.abs(x @ normal) + gap
    return x + ((along * y - x @ normal)[:, None]) * normal + rng.normal(size=2), y


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_the_separator_is_the_shortest_with_margin_one(seed):
    x, y = separable(seed)
    w, b = theory.hard_margin_separator(x, y)
    assert (y * (x @ w + b)).min() == pytest.approx(1)
    z = np.column_stack([x, np.ones(len(y))]) * y[:, None]
    constraint = {"type": "ineq", "fun": lambda v: z @ v - 1, "jac": lambda v: z}
    start = np.array([*w, b]) * 1.5
    best = minimize(lambda v: v[:2] @ v[:2] / 2, start, jac=lambda v: v * [1, 1, 0], constraints=constraint)
    assert np.linalg.norm(w) <= np.linalg.norm(best.x[:2]) * (1 + 1e-6)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), shift=st.floats(-5, 5))
def test_the_separator_moves_with_the_points_and_flips_with_the_labels(seed, shift):
    x, y = separable(seed)
    w, b = theory.hard_margin_separator(x, y)
    moved, b_moved = theory.hard_margin_separator(x + shift * np.array([1.0, -2.0]), y)
    assert np.allclose(moved, w, rtol=1e-6)
    assert b_moved == pytest.approx(b - shift * (w @ [1, -2]), rel=1e-6, abs=1e-6)
    flipped, b_flipped = theory.hard_margin_separator(x, -y)
    assert np.allclose(flipped, -w)
    assert b_flipped == pytest.approx(-b)


@pytest.mark.parametrize("s_pos", [200, 390])
def test_assumption_3_1_holds_in_planted_data_and_fails_in_plain(s_pos):
    planted = training_set(
        0, 0, gamma=GAMMA, n_pos=1000, n_neg=1000, planting="equispaced", s_pos=s_pos, s_neg=400 - s_pos
    )
    w_hat, b_hat = theory.hard_margin_separator(planted.x, planted.y)
    assert np.allclose(w_hat, 2 / GAMMA * W_TRUE, rtol=1e-9)
    assert abs(b_hat) < 1e-9
    plain = training_set(0, 0, gamma=GAMMA, n_pos=1000, n_neg=1000)
    assert abs(theory.hard_margin_separator(plain.x, plain.y)[1]) > 0.01


def test_inseparable_points_and_empty_classes_are_refused():
    x, y = separable(0)
    with pytest.raises(ValueError, match="not linearly separable"):
        theory.hard_margin_separator(x, np.roll(np.repeat([1.0, -1.0], 15), 7))
    with pytest.raises(ValueError, match=r"class -1 has no points"):
        theory.hard_margin_separator(x[y > 0], y[y > 0])


@pytest.mark.parametrize(
    ("positive", "negative", "w", "b"),
    [
        ([[1, 1]], [[-1, -1]], [0.5, 0.5], 0),
        ([[1, 1], [1, 1]], [[-1, -2]], [4 / 13, 6 / 13], 3 / 13),
        ([[1, 0], [1, 5], [1, 3]], [[-1, 2]], [1, 0], 0),
        ([[3, 0], [3, 4]], [[0, 6], [0, 5]], [0.6, -0.2], 0),
    ],
)
def test_the_separator_of_few_points_or_of_points_on_a_line(positive, negative, w, b):
    x, y = np.array([*positive, *negative], dtype=float), np.repeat([1.0, -1.0], [len(positive), len(negative)])
    found, offset = theory.hard_margin_separator(x, y)
    assert found == pytest.approx(w)
    assert offset == pytest.approx(b)

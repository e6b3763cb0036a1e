import numpy as np
import pytest
from checks import assert_follows_gradient_descent
from grokking.logistic import reduced
from grokking.logistic import theory as bias_theory
from grokking.logistic.geometry import FRAME
from grokking.logistic.model import gradient_step
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp
from scipy.special import expit

STEP = {"eta": 1e-2, "gamma": 1e-3}
counts = st.integers(1, 1000)
logits = st.floats(1e-6, 30)


@settings(max_examples=50)
@given(z=logits, s_pos=counts, s_neg=counts)
def test_under_the_slaved_bias_the_classes_pull_alike(z, s_pos, s_neg):
    b = reduced.bias(z, s_pos, s_neg)
    assert s_pos * expit(-z - b) == pytest.approx(s_neg * expit(-z + b), rel=1e-9)


@settings(max_examples=50)
@given(z=logits, s_pos=counts, s_neg=counts)
def test_the_number_of_steps_is_the_integral_of_the_logits_equation(z, s_pos, s_neg):
    def steps_per_logit(z):
        return 1 / (STEP["eta"] * STEP["gamma"] ** 2 / 2 * s_pos * expit(-z - reduced.bias(z, s_pos, s_neg)))

    expected = quad(steps_per_logit, 0, z, epsrel=1e-10)[0]
    assert reduced.steps_to(z, s_pos, s_neg, **STEP) == pytest.approx(expected, rel=1e-7)


@settings(max_examples=50)
@given(z=logits, s_pos=counts, s_neg=counts)
def test_the_logit_inverts_the_number_of_steps(z, s_pos, s_neg):
    steps = reduced.steps_to(z, s_pos, s_neg, **STEP)
    assert reduced.logit(steps, s_pos, s_neg, **STEP) == pytest.approx(z, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("s_pos", "s_neg"), [(200, 200), (340, 60), (10, 390)])
def test_it_is_the_system_of_two_variables_up_to_the_square_of_the_margin(s_pos, s_neg):
    eta, gamma = STEP.values()

    def velocity(_, state):
        pos, neg = s_pos * expit(-state[0] - state[1]), s_neg * expit(-state[0] + state[1])
        return [eta * gamma**2 / 4 * (pos + neg), eta * (pos - neg)]

    steps = np.geomspace(1e3, 1e10, 30)
    start = [0.0, reduced.bias(0.0, s_pos, s_neg)]
    exact = solve_ivp(velocity, (0, 1e10), start, method="Radau", t_eval=steps, rtol=1e-10, atol=1e-13)
    z = reduced.logit(steps, s_pos, s_neg, **STEP)
    assert np.allclose(z, exact.y[0], rtol=1e-6)
    assert np.allclose(reduced.bias(z, s_pos, s_neg), exact.y[1], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("s_pos", "s_neg"), [(20, 20), (30, 10), (3, 37)])
def test_it_is_gradient_descent_on_support_vectors_alone(s_pos, s_neg):
    eta, gamma = 1e-2, 0.02
    y = np.repeat([1.0, -1.0], [s_pos, s_neg])
    x = np.outer(y * gamma / 2, FRAME[:, 0])

    def predict(steps):
        z = reduced.logit(float(steps), s_pos, s_neg, eta=eta, gamma=gamma)
        return np.array([z, reduced.bias(z, s_pos, s_neg)])

    def step(state):
        w, b = gradient_step(state[0] * 2 / gamma * FRAME[:, 0], state[1], x, y, eta=eta)
        return np.array([w @ FRAME[:, 0] * gamma / 2, b])

    assert_follows_gradient_descent(predict, step, np.zeros(2), [2000, 10_000, 60_000], 1e-3)


@settings(max_examples=50)
@given(s_pos=counts, s_neg=counts, eps=st.floats(0, 0.4))
def test_the_time_is_where_the_bias_falls_to_kappa_logits(s_pos, s_neg, eps):
    kappa = bias_theory.kappa(eps, 10)
    steps = reduced.generalisation_time(s_pos, s_neg, kappa=kappa, **STEP)
    z = reduced.logit(steps, s_pos, s_neg, **STEP)
    assert abs(reduced.bias(z, s_pos, s_neg)) == pytest.approx(kappa * z, rel=1e-6, abs=1e-9)
    assert steps == pytest.approx(reduced.generalisation_time(s_neg, s_pos, kappa=kappa, **STEP), rel=1e-9)


def test_balanced_support_vectors_delay_nothing():
    assert reduced.generalisation_time(200, 200, kappa=1.0, **STEP) == pytest.approx(0, abs=1e-3)


def test_it_broadcasts_over_counts_and_levels():
    s_pos, kappa = np.array([220, 300, 390]), np.array([[1.0], [4.8]])
    times = reduced.generalisation_time(s_pos, 400 - s_pos, kappa=kappa, **STEP)
    assert times.shape == (2, 3)
    assert times[1, 2] == pytest.approx(reduced.generalisation_time(390, 10, kappa=4.8, **STEP))
    assert np.all(np.diff(times) > 0)


@pytest.mark.parametrize("eps", [0.0, 0.01, 0.1])
def test_small_imbalance_has_its_closed_form(eps):
    args = {"kappa": bias_theory.kappa(eps, 10), **STEP}
    s_pos, s_neg = np.exp(1e-3) * 200, np.exp(-1e-3) * 200
    early = reduced.early_generalisation_time(s_pos, s_neg, **args)
    assert reduced.generalisation_time(s_pos, s_neg, **args) == pytest.approx(early, rel=2e-3)
    L, kappa = 1e-3, args["kappa"]
    assert early == pytest.approx(16 * L * np.cosh(L) ** 2 / (1e-8 * (s_pos + s_neg) * kappa))


@pytest.mark.parametrize("eps", [0.0, 0.01, 0.1])
def test_large_imbalance_has_its_closed_form_and_not_the_theorems(eps):
    args = {"kappa": bias_theory.kappa(eps, 10), **STEP}
    L = np.array([300.0, 301.0])
    times = reduced.generalisation_time(100 * np.exp(L), 100 * np.exp(-L), **args)
    late = reduced.late_generalisation_time(100 * np.exp(L), 100 * np.exp(-L), **args)
    assert times == pytest.approx(late, rel=5e-3)
    assert np.diff(np.log(times))[0] == pytest.approx(1.0, abs=5e-3)

import numpy as np
import pytest
from grokking.smooth import exponential
from grokking.smooth.exponential import Krylov, follow, phi_1, phi_3
from scipy.integrate import solve_ivp
from scipy.linalg import expm

RNG = np.random.default_rng(1)
BASIS = np.linalg.qr(RNG.standard_normal((40, 40))).Q
STIFF = -np.concatenate([[2e4, 3e3, 10.0], np.linspace(0, 1, 37)])
J = (BASIS * STIFF) @ BASIS.T


@pytest.mark.parametrize(("function", "value"), [(phi_1, lambda z: np.expm1(z) / z), (phi_3, None)])
def test_phi_are_their_formulas_and_do_not_cancel(function, value):
    z = np.array([-300.0, -3.0, -0.2, 0.7])
    expected = value(z) if value else (np.exp(z) - 1 - z - z**2 / 2) / z**3
    np.testing.assert_allclose(function(z), expected, rtol=1e-12)
    near = np.array([-0.11, -0.0999, -1e-5, 0.0, 1e-9, 0.0999, 0.11])
    series = sum(near**k / np.prod(np.arange(1.0, k + (2 if value else 4))) for k in range(20))
    np.testing.assert_allclose(function(near), series, rtol=1e-12)


def test_a_krylov_space_as_large_as_the_whole_is_exact():
    v = RNG.standard_normal(40)
    exact = expm(1e-3 * J) @ v
    np.testing.assert_allclose(Krylov.of(J.__matmul__, v, 40).apply(np.exp, 1e-3), exact, atol=1e-10)


def test_a_krylov_space_ends_where_it_is_complete():
    v = BASIS[:, 0] + BASIS[:, 5]
    space = Krylov.of(J.__matmul__, v, 20)
    assert len(space.Q) == 2
    np.testing.assert_allclose(space.apply(phi_1, 0.1), BASIS[:, [0, 5]] @ phi_1(0.1 * STIFF[[0, 5]]), atol=1e-12)
    nothing = Krylov.of(J.__matmul__, np.zeros(40), 20)
    assert not nothing.apply(phi_1, 1.0).any()


def gradient(theta):
    """Minus the gradient of log-sum-exp terms along the stiff basis: smooth, nonlinear and stiff."""
    along = BASIS.T @ theta
    return BASIS @ (STIFF * np.tanh(along) + 1 / (1 + along**2))


def linearised(theta):
    along = BASIS.T @ theta
    slope = STIFF / np.cosh(along) ** 2 - 2 * along / (1 + along**2) ** 2
    return gradient(theta), lambda v: BASIS @ (slope * (BASIS.T @ v)), np.linalg.norm


def test_a_stiff_flow_is_followed_to_its_tolerance_in_few_steps():
    start, times = 0.5 * RNG.standard_normal(40), np.array([1e-3, 0.1, 1.0, 10.0, 100.0])
    exact = solve_ivp(lambda _, theta: gradient(theta), (0, 100), start, "LSODA", times, rtol=1e-10, atol=1e-12).y.T
    errors, counts = [], []
    for tolerance in (1e-2, 1e-3, 1e-4):
        found = follow(linearised, gradient, start, times, tolerance)
        errors.append(np.max(np.linalg.norm(found.states - exact, axis=1) / np.linalg.norm(exact, axis=1)))
        counts.append(len(found.times))
    assert errors[0] > errors[1] > errors[2]
    assert errors[1] < 1e-2
    assert max(counts) < 400  # an explicit method needs 1e6
    assert found.times[-1] == 100


def test_stiffness_is_the_largest_eigenvalue():
    start = 0.01 * RNG.standard_normal(40)
    found = follow(linearised, gradient, start, np.array([1e-6]), 1e-2)
    assert found.stiffness[0] == pytest.approx(2e4, rel=1e-2)


def test_an_error_that_is_no_number_ends_the_flow():
    def without_size(theta):
        return *linearised(theta)[:2], lambda error: np.nan

    with pytest.raises(ValueError, match=r"^the flow is followed to 0 of 1, with an error of nan"):
        follow(without_size, gradient, np.ones(40), np.array([1.0]), 1e-2)


def test_a_flow_has_so_many_steps_at_most(monkeypatch):
    monkeypatch.setattr(exponential, "MOST_STEPS", 20)
    with pytest.raises(ValueError, match=r"^the flow is followed to"):
        follow(linearised, gradient, 0.5 * np.ones(40), np.array([100.0]), 1e-4)

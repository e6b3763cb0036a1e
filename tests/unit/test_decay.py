import numpy as np
import pytest
from grokking.decay import DecayingCurve, UndecidedError
from hypothesis import given, settings
from hypothesis import strategies as st

HORIZON = 4000  # every curve drawn below has settled by then


def random_curve(seed: int, modes: int = 5, fastest: float = 1.95) -> DecayingCurve:
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((modes + 1, 3))  # fewer dimensions than modes: g is not monotone
    return DecayingCurve(rng.uniform(0.004, fastest, modes), vectors @ vectors.T)


def explicit(curve: DecayingCurve) -> np.ndarray:
    """Squared norms at 0..HORIZON by repeated multiplication, step by step."""
    powers, values = np.ones(len(curve.rates)), []
    for _ in range(HORIZON + 1):
        coefficients = np.append(powers, 1)
        values.append(coefficients @ curve.gram @ coefficients)
        powers = powers * (1 - curve.rates)
    return np.array(values)


def first(flags):
    return int(np.argmax(flags)) if flags.any() else None


def last(flags):
    return len(flags) - 1 - int(np.argmax(flags[::-1])) if flags.any() else None


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), quantile=st.floats(0.02, 0.98))
def test_times_are_those_of_the_explicit_sequence(seed, quantile):
    curve = random_curve(seed)
    values = explicit(curve)
    np.testing.assert_allclose(curve.squared_norm(np.arange(HORIZON + 1)), values, rtol=1e-9, atol=1e-12)
    level = float(np.quantile(values, quantile)) * 1.000001 + 1e-9
    assert curve.first_at_most(level) == first(values <= level)
    assert curve.last_at_least(level) == (last(values >= level) if curve.limit < level else None)
    distance = 0.01 + quantile
    assert curve.last_away_from_limit(distance) == last(np.abs(values - curve.limit) >= distance)


def test_long_times_are_exact_to_the_step():
    """One mode: x^(2t) <= level first holds at ceil(log(level) / (2 log x))."""
    curve = DecayingCurve(np.array([1e-7]), np.array([[1.0, 0.0], [0.0, 0.0]]))
    expected = int(np.ceil(np.log(0.01) / (2 * np.log1p(-1e-7))))
    assert curve.first_at_most(0.01) == expected
    assert curve.last_at_least(0.01) == expected - 1


def test_a_dip_of_a_single_step_is_found():
    """x = -0.999: at odd steps g is near -1 + 1 = 0, at even steps near 2."""
    curve = DecayingCurve(np.array([1.999]), np.array([[1.0, 1.0], [1.0, 1.0]]))
    assert curve.first_at_most(1e-5) == 1


def test_levels_never_reached_give_none():
    curve = DecayingCurve(np.array([0.1]), np.array([[1.0, 0.0], [0.0, 0.5]]))
    assert curve.first_at_most(0.4) is None
    assert curve.last_at_least(0.4) is None  # above it for ever
    assert curve.last_at_least(2.0) is None  # below it from the start


@pytest.mark.parametrize("rate", [0.0, 2.0, -0.1, 2.5])
def test_a_curve_that_does_not_decay_is_refused(rate):
    with pytest.raises(ValueError, match="expected all in"):
        DecayingCurve(np.array([0.5, rate]), np.eye(3))


def test_a_curve_of_infinite_size_is_refused():
    with pytest.raises(ValueError, match="expected finite ones"):
        DecayingCurve(np.array([0.5]), np.diag([np.inf, 1.0]))


def test_a_limit_that_rounding_leaves_below_zero_is_zero():
    curve = DecayingCurve(np.array([0.5]), np.diag([1.0, -1e-17]))
    assert (curve.first_at_most(0.01), curve.last_at_least(0.01)) == (4, 3)


def test_a_mode_that_changes_its_sign_for_long_is_found():
    """g(t) = (-1)^t (1 - 1e-12)^t + 2: odd steps are near 1, even ones near 3, and both come to 2."""
    curve, last = DecayingCurve(np.array([2 - 1e-12]), np.array([[1.0, 2.0], [2.0, 4.0]])), np.log(10) / 1e-12
    assert curve.first_at_most(1.21) == 1
    assert curve.last_at_least(2.1**2) == pytest.approx(last, rel=1e-4)
    assert curve.last_at_least(2.1**2) % 2 == 0
    assert curve.last_away_from_limit(4 - 1.9**2) == pytest.approx(last, rel=0.03)


def test_a_level_that_the_curve_hardly_leaves_is_said_to_be_undecided():
    """Cancelling vectors of size 1e6 hide a curve of size 1 in rounding, at every one of 1e13 steps."""
    curve = DecayingCurve(np.array([1e-12, 1.1e-12]), np.array([[1e12, -1e12, 0], [-1e12, 1e12, 0], [0, 0, 1.0]]))
    with pytest.raises(UndecidedError, match="too near to the level"):
        curve.first_at_most(0.999999999)
    with pytest.raises(UndecidedError, match="to rounding"):
        curve.last_at_least(np.nextafter(1.0, 2) * (1 + 1e-16))

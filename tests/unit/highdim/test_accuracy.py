"""Streamed accuracies against a direct count, and the prediction from the angle against sampled points."""

import numpy as np
import pytest
from grokking.highdim.accuracy import (
    Counted,
    concentrated_accuracy_from_angle,
    grouped,
    standard_accuracy_from_angle,
    tangent_to_w_true,
)
from grokking.highdim.data import Concentrated, Population
from grokking.highdim.descent import RATIO
from grokking.results.snapshots import log_spaced_pairs
from grokking.seeds import Role
from grokking.steps import DENSE, snapshot_steps
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

GAMMA, ALPHA = 1e-3, 10.0


def accuracy(chunks, w, b):
    """Fraction of points that each model has right, in one pass."""
    models = Counted(w, b)
    for rows in grouped(chunks):
        models.add(rows)
    return models.shares()["accuracy"]


def models_at(d, tangents, norm=1e4, seed=0):
    """Vectors w at given tangents of the angle to w_true, in random directions."""
    orthogonal = np.random.default_rng(seed).normal(size=(len(tangents), d))
    orthogonal -= orthogonal.mean(axis=1, keepdims=True)
    orthogonal /= np.linalg.norm(orthogonal, axis=1, keepdims=True)
    return norm * (1 / np.sqrt(d) + np.asarray(tangents)[:, None] * orthogonal)


def test_accuracies_count_the_points_on_the_right_side():
    source = Population(0, 0, 50, 3000, 2500, role=Role.TEST)
    w, b = models_at(50, np.geomspace(1e-3, 2, 300)), np.linspace(-3e4, 3e4, 300)
    right = [np.zeros(300), 0]
    for chunk in source.chunks():
        x = chunk.y[:, None] * chunk.z
        right[0] += (chunk.y[:, None] * (x @ w.T + b) > 0).sum(axis=0)
        right[1] += len(x)
    np.testing.assert_array_equal(accuracy(source.chunks(), w, b), right[0] / right[1])


def test_zero_weights_are_never_right():
    source = Population(0, 0, 8, 10, 10)
    assert accuracy(source.chunks(), np.zeros((1, 8)), np.zeros(1)) == 0


def test_tangent_keeps_its_digits_at_small_angles():
    tangents = np.geomspace(1e-9, 1, 10)
    np.testing.assert_allclose(tangent_to_w_true(models_at(1024, tangents)), tangents, rtol=1e-6)
    assert np.isnan(tangent_to_w_true(np.zeros((1, 4)))).all()


def test_prediction_from_the_angle_is_what_streamed_points_show():
    tangents = np.array([3e-4, 1e-3, 2e-3, 1e-2])
    w, n = models_at(1024, tangents), 20_000
    concentrated = accuracy(Concentrated(0, 0, 1024, n, GAMMA, ALPHA).chunks(), w, np.zeros(4))
    predicted = concentrated_accuracy_from_angle(tangents, GAMMA, ALPHA)
    assert (np.abs(concentrated - predicted) < 4 * np.sqrt(predicted * (1 - predicted) / n)).all()
    wide = np.array([0.03, 0.1, 0.3, 1.0])
    test_set = Population(0, 0, 1024, n // 2, n // 2, role=Role.TEST)
    standard = accuracy(test_set.chunks(), models_at(1024, wide), np.zeros(4))
    predicted = standard_accuracy_from_angle(wide, GAMMA)
    assert (np.abs(standard - predicted) < 4 * np.sqrt(predicted * (1 - predicted) / n)).all()


@given(tangent=st.floats(1e-4, 0.5), gamma=st.floats(1e-4, 1e-2))
def test_prediction_on_the_population_is_the_integral_beyond_the_margin(tangent, gamma):
    sigma = 5 / np.sqrt(3)
    density = stats.halfnorm(scale=sigma)

    def right(p):
        return density.pdf(p) * stats.norm.cdf(p / (sigma * tangent))

    # Split where the accuracy saturates, for the quadrature's sake.
    knee = gamma / 2 + 9 * sigma * tangent
    integral = integrate.quad(right, gamma / 2, knee, epsabs=1e-13)[0] + density.sf(knee)
    assert standard_accuracy_from_angle(tangent, gamma) == pytest.approx(integral / density.sf(gamma / 2), abs=1e-8)


@given(tangent=st.floats(1e-5, 1.0), alpha=st.floats(0.6, 50))
def test_closed_form_is_the_integral_over_the_slab(tangent, alpha):
    low, high = GAMMA / 2, alpha * GAMMA
    scale = 5 / np.sqrt(3) * tangent
    integral = integrate.quad(lambda p: stats.norm.cdf(p / scale), low, high, epsabs=1e-15)[0]
    assert concentrated_accuracy_from_angle(tangent, GAMMA, alpha) == pytest.approx(integral / (high - low), 1e-9)


@given(n=st.integers(6, 400), horizon=st.integers(2, 10**7))
def test_log_spaced_snapshots_keep_both_ends_and_their_neighbours(n, horizon):
    steps = snapshot_steps(horizon, RATIO, first=0, pairs_from=DENSE * RATIO)
    chosen = log_spaced_pairs(steps, n)
    assert chosen[0] == 0
    assert chosen[-1] == len(steps) - 1
    assert len(chosen) <= n
    assert not [i for i in chosen[1:] if {steps[i] - 1, steps[i] + 1}.isdisjoint(steps[chosen])]

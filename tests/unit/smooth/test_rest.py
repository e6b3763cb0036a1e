import numpy as np
import pytest
from grokking.logistic.geometry import HALF_DIAGONAL, W_TRUE
from grokking.logistic.theory import log_delta
from grokking.planar.data import concentrated_test_set, training_set
from grokking.smooth.descent import descend
from grokking.smooth.rest import decay_threshold, expected_accuracy, expected_points, minimum
from grokking.smooth.theory import Law, displacement
from scipy.special import expit

ETA, GAMMA = 1e-2, 1e-3
STEP = ETA / 2000
LAW = Law(1000, 1000, 400, 300, GAMMA, STEP)
PLAIN = Law(1000, 1000, 0, 0, GAMMA, STEP)


def data(seed=0, s_pos=400, s_neg=300):
    planting = "full" if s_pos else "none"
    drawn = training_set(0, seed, gamma=GAMMA, n_pos=1000, n_neg=1000, s_pos=s_pos, s_neg=s_neg, planting=planting)
    return drawn.x, drawn.y.astype(float)


def noisy(seed, count):
    x, y = data(seed, 0, 0)
    wrong = np.random.default_rng(seed).permutation(2000)[:count]
    y[wrong] *= -1
    return x, y


@pytest.mark.parametrize("decay", [(1e-5, 0.0), (1e-7, 1e-7), (1e-9, 0.0)])
def test_the_gradient_of_the_loss_is_zero_at_its_minimum(decay):
    x, y = data()
    w, b = minimum(x, y, step=STEP, decay=(ETA * decay[0], ETA * decay[1]))
    pull = y * expit(-y * (x @ w + b)) / 2000
    np.testing.assert_allclose(pull @ x, decay[0] * w, rtol=1e-6, atol=1e-14)
    assert pull.sum() == pytest.approx(decay[1] * b, rel=1e-6, abs=1e-14)


@pytest.mark.parametrize("count", [3, 50])
def test_descent_ends_at_the_minimum_of_data_with_wrong_labels(count):
    x, y = noisy(1, count)
    w, b = minimum(x, y, step=STEP)
    run = descend(x, y, step=STEP, steps=[10**10])
    np.testing.assert_allclose([*run.w[0], run.b[0]], [*w, b], rtol=1e-9, atol=1e-11)


def test_separable_data_have_no_minimum():
    with pytest.raises(ValueError, match=r"^no minimum within .*expected weight decay, or noise"):
        minimum(*data(), step=STEP)


def test_points_without_wrong_labels_are_those_of_the_law():
    points, w, b = expected_points(LAW), 3.0, 0.1
    pull = STEP * points.weights * points.y / (1 + np.exp(points.y * (points.x @ W_TRUE * w + b)))
    D_w, D_b = displacement(LAW, w, b)
    assert pull @ points.x @ W_TRUE == pytest.approx(float(D_w), rel=1e-12)
    assert pull.sum() == pytest.approx(float(D_b), rel=1e-9)


@pytest.mark.parametrize(("flips", "overlap", "wrong"), [(10, 0.0, 10.0), (0, 1.0, None)])
def test_so_many_labels_are_wrong_and_none_of_a_planted_point(flips, overlap, wrong):
    points = expected_points(LAW if flips else PLAIN, flips=flips, overlap=overlap)
    is_wrong = np.sign(points.x @ W_TRUE) != points.y
    strip = 1 - ((HALF_DIAGONAL - overlap / 2) / (HALF_DIAGONAL - GAMMA / 2)) ** 2
    assert points.weights[is_wrong].sum() == pytest.approx(wrong or 1000 * strip, rel=1e-9)
    assert points.weights.sum() == pytest.approx(2000)
    assert np.all(points.loose[is_wrong])


@pytest.mark.parametrize("count", [20, 100])
def test_the_law_predicts_where_noisy_data_come_to_rest(count):
    law = expected_points(PLAIN, flips=count)
    expected = np.linalg.norm(minimum(law.x, law.y, step=STEP, weights=law.weights)[0])
    found = [np.linalg.norm(minimum(*noisy(seed, count), step=STEP)[0]) for seed in range(40)]
    assert np.mean(found) == pytest.approx(expected, rel=0.03)


def accuracy(x, y, w, b):
    return np.mean(y * (x @ w + b) > 0)


@pytest.mark.parametrize(("pair", "decay"), [((0, 0), 1e-5), ((400, 300), 1e-6), ((350, 350), 1e-5)])
def test_the_law_predicts_the_mean_accuracy_at_rest(pair, decay):
    law = expected_points(Law(1000, 1000, *pair, GAMMA, STEP))
    w, b = minimum(law.x, law.y, step=STEP, weights=law.weights, decay=(ETA * decay, 0.0))
    in_steps = (ETA * decay / STEP, 0.0)
    expected = expected_accuracy(law, np.linalg.norm(w), b, gamma=GAMMA, alpha=10.0, decay=in_steps)
    found = []
    for seed in range(60):
        test = concentrated_test_set(0, seed, gamma=GAMMA, alpha=10.0, n=1000)
        found.append(accuracy(test.x, test.y, *minimum(*data(seed, *pair), step=STEP, decay=(ETA * decay, 0.0))))
    assert np.mean(found) == pytest.approx(expected, abs=3 * np.std(found) / np.sqrt(len(found)) + 0.01)


@pytest.mark.parametrize("both", [False, True])
def test_at_the_threshold_the_boundary_rests_at_the_margin(both):
    x, y = data()
    found = decay_threshold(x, y, step=STEP, eta=ETA, gamma=GAMMA, both=both)
    w, b = minimum(x, y, step=STEP, decay=(ETA * found, ETA * found * both))
    assert abs(b) / np.linalg.norm(w) == pytest.approx(GAMMA / 2, rel=1e-5)


def test_the_threshold_of_the_law_is_near_that_of_support_vectors_alone():
    points = expected_points(LAW)
    given = {"step": STEP, "eta": ETA, "gamma": GAMMA}
    found = decay_threshold(points.x, points.y, weights=points.weights, **given)
    assert found == pytest.approx(GAMMA**2 * 700 / (16 * abs(log_delta(400, 300)) * 2000), rel=0.05)


def test_balanced_support_vectors_have_no_threshold_by_law():
    points = expected_points(Law(1000, 1000, 350, 350, GAMMA, STEP))
    assert decay_threshold(points.x, points.y, step=STEP, eta=ETA, gamma=GAMMA, weights=points.weights) is None

import numpy as np
import pytest
from grokking.logistic import evaluation
from grokking.logistic.evaluation import accuracy, angle, bias_distance, log_exponential_sums, loss, sharpness
from grokking.logistic.geometry import FRAME, W_TRUE
from grokking.planar.data import standard_test_set, training_set
from grokking.planar.trainer import train
from scipy.special import expit, logsumexp

SNAPSHOTS = 37


@pytest.fixture(params=[256, 1], ids=["one block", "a block a snapshot"])
def case(request, monkeypatch):
    """Points and snapshots of moderate logits, so that naive formulas hold."""
    monkeypatch.setattr(evaluation, "BLOCK", request.param)
    rng = np.random.default_rng(0)
    data = training_set(0, 0, gamma=1e-3, n_pos=30, n_neg=20, planting="full", s_pos=5, s_neg=3)
    return data.x, data.y, rng.normal(size=(SNAPSHOTS, 2)), rng.normal(size=SNAPSHOTS)


def test_accuracy_counts_right_points_one_by_one(case):
    x, y, w, b = case
    expected = [
        np.mean([label * (wi @ point + bi) > 0 for point, label in zip(x, y, strict=True)])
        for wi, bi in zip(w, b, strict=True)
    ]
    assert np.array_equal(accuracy(x, y, w, b), expected)


def test_a_point_on_the_boundary_is_wrong():
    x, y = np.array([[1.0, -1.0], [2.0, 1.0]]), np.array([1, 1])
    assert accuracy(x, y, np.array([[1.0, 1.0], [0.0, 0.0]]), np.zeros(2)).tolist() == [0.5, 0.0]


def test_loss_is_the_sum_over_points(case):
    x, y, w, b = case
    expected = [sum(np.log1p(np.exp(-y * (x @ wi + bi)))) for wi, bi in zip(w, b, strict=True)]
    assert np.allclose(loss(x, y, w, b), expected, rtol=1e-12)


def test_exponential_sums_by_class(case):
    x, y, w, _ = case
    positive, negative = log_exponential_sums(x, y, w)
    assert np.allclose(np.exp(positive), [np.exp(-x[y > 0] @ wi).sum() for wi in w])
    assert np.allclose(np.exp(negative), [np.exp(x[y < 0] @ wi).sum() for wi in w])


def test_a_point_of_weight_3_counts_as_three(case):
    x, y, w, b = case
    weights = np.where(np.arange(len(y)) % 7 == 0, 3, 1)
    thrice = np.repeat(np.arange(len(y)), weights)
    assert np.allclose(loss(x, y, w, b, weights), loss(x[thrice], y[thrice], w, b), rtol=1e-12)
    sums = log_exponential_sums(x, y, w, weights), log_exponential_sums(x[thrice], y[thrice], w)
    assert np.allclose(*sums, rtol=1e-12)
    values = [
        sharpness(*points, w, b, step=0.1, bias=True, weights=given)
        for points, given in (((x, y), weights), ((x[thrice], y[thrice]), None))
    ]
    assert np.allclose(*values, rtol=1e-10)


def test_heavy_points_are_not_left_out_far_from_the_boundary():
    """Exp(-60) of a point counts if it weighs exp(60): exponents are compared with their weights."""
    x, y, w = np.array([[1.0, 0.0], [61.0, 0.0]]), np.array([1, 1]), np.array([[1.0, 0.0]])
    sums = log_exponential_sums(x, y, w, np.array([1.0, np.exp(60.0)]))
    assert sums[0] == pytest.approx(np.log(2 * np.exp(-1.0)))
    assert sums[1] == -np.inf


def test_exponential_sums_do_not_underflow_and_know_empty_classes():
    positive, negative = log_exponential_sums(np.array([[1e4, 0.0]]), np.array([1]), np.array([[1.0, 0.0]]))
    assert positive == [-1e4]
    assert negative == [-np.inf]


@pytest.mark.parametrize("bias", [True, False])
def test_sharpness_is_the_top_eigenvalue_of_the_loss_by_finite_differences(case, bias):
    x, y, w, b = case
    h, directions = 1e-3, np.eye(3)[: 3 if bias else 2]

    def value(shift):
        return loss(x, y, w + shift[:2], b + shift[2])

    hessian = np.array(
        [
            [value(h * (i + j)) - value(h * (i - j)) - value(h * (j - i)) + value(-h * (i + j)) for j in directions]
            for i in directions
        ]
    ) / (4 * h**2)
    expected = 0.01 * np.linalg.eigvalsh(np.moveaxis(hessian, 2, 0))[:, -1]
    assert np.allclose(sharpness(x, y, w, b, step=0.01, bias=bias), expected, rtol=1e-4)


def test_sharpness_of_huge_logits_is_finite():
    x, y = np.array([[5.0, 5.0], [-5.0, -5.0]]), np.array([1, -1])
    values = sharpness(x, y, np.array([[1e4, 1e4], [-1e4, -1e4]]), np.zeros(2), step=0.01, bias=True)
    assert np.all(np.isfinite(values))


def test_distance_of_the_boundary_from_the_origin():
    distance = bias_distance(np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([-10.0, 1.0]))
    assert distance[0] == 2.0
    assert np.isnan(distance[1])


@pytest.mark.parametrize("radians", [1e-12, 1e-6, 0.5, 2.0, 3.0])
def test_small_and_large_angles(radians):
    w = 7 * (FRAME @ [np.cos(radians), np.sin(radians)])
    assert np.allclose(angle(w[None], W_TRUE), radians, rtol=1e-3 if radians < 1e-9 else 1e-9)


def test_evaluating_a_trajectory_shows_it_descend():
    data = training_set(0, 0, gamma=1e-3, n_pos=50, n_neg=50)
    run = train([(data.x, data.y)], eta=1e-3, horizon=2000)
    w, b = run.w[:, 0], run.b[:, 0]
    assert np.all(np.diff(loss(data.x, data.y, w, b)[50:]) < 0)
    assert np.all(sharpness(data.x, data.y, w, b, step=1e-3, bias=True)[50:] < 2)
    assert accuracy(data.x, data.y, w, b)[-1] > 0.98


def naive(x, y, w, b):
    """Accuracy, logarithms of A+-, sharpness from all points at every snapshot."""
    margins = y * (w @ x.T + b[:, None])
    sums = [logsumexp(-(y * (w @ x.T))[:, y * sign > 0], axis=1) for sign in (1, -1)]
    weights, z = expit(margins) * expit(-margins), np.column_stack([x, np.ones(len(x))])
    tops = [np.linalg.eigvalsh((z.T * row) @ z)[-1] for row in weights]
    return (margins > 0).mean(axis=1), *sums, 0.01 * np.array(tops)


@pytest.mark.parametrize(("planting", "counts"), [("none", (0, 0)), ("equispaced", (170, 30)), ("full", (300, 50))])
def test_points_that_are_left_out_change_nothing(planting, counts, monkeypatch):
    """On smooth runs, where most are left out, and on one that never settles."""
    looked_at = []
    margins = evaluation._margins
    monkeypatch.setattr(evaluation, "_margins", lambda x, y, w, b: looked_at.append(len(x)) or margins(x, y, w, b))
    counts = dict(zip(("s_pos", "s_neg"), counts, strict=True))
    data = training_set(0, 0, gamma=1e-3, n_pos=500, n_neg=500, planting=planting, **counts)
    test = standard_test_set(0, 0, gamma=1e-3, n=400)
    run = train([(data.x, data.y)], eta=0.01, horizon=20_000)
    w, b = run.w[:, 0], run.b[:, 0]
    for x, y in ((data.x, data.y), (test.x, test.y)):
        expected = naive(x, y, w, b)
        assert np.array_equal(accuracy(x, y, w, b), expected[0])
        for found, one in zip(log_exponential_sums(x, y, w), expected[1:3], strict=True):
            assert np.allclose(found, one, rtol=1e-12, atol=1e-12)
        assert np.allclose(sharpness(x, y, w, b, step=0.01, bias=True), expected[3], rtol=1e-11)
    if planting != "full":
        assert np.median(looked_at) < 300

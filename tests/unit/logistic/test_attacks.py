from itertools import product

import numpy as np
import pytest
from grokking.logistic import attacks
from grokking.logistic.attacks import CUTOFFS, Attack, exact_accuracies, masked_pgd, pgd, pgd_accuracy, worst_case
from hypothesis import given, settings
from hypothesis import strategies as st

BOX = {"low": -5.0, "high": 5.0}
coordinate = st.floats(-5, 5)
weight = st.one_of(st.just(0.0), st.floats(-1e3, 1e3))


@given(point=st.tuples(coordinate, coordinate), w=st.tuples(weight, weight), y=st.sampled_from([-1, 1]))
def test_no_corner_of_the_allowed_square_is_worse(point, w, y):
    x, w = np.array(point), np.array(w)
    sides = [(max(value - 1, -5), min(value + 1, 5)) for value in x]
    worst = min(y * (np.array(corner) @ w) for corner in product(*sides))
    attacked = worst_case(x[None], np.array([y]), w, eps=1.0, **BOX)[0]
    assert np.all(np.abs(attacked - x) <= 1 + 1e-12)
    assert np.all(np.abs(attacked) <= 5)
    assert np.isclose(y * (attacked @ w), worst, rtol=1e-12, atol=1e-12)


def random_case(n, d, norm, seed=0):
    rng = np.random.default_rng(seed)
    x, direction = rng.uniform(-5, 5, (n, d)), rng.normal(size=d)
    y = np.where(x @ direction > 0, 1, -1)
    return x, y, norm * direction / np.linalg.norm(direction), 0.1


def exact_accuracy(x, y, w, b, **ball):
    return exact_accuracies(x, y, w[None], np.array([b]), **ball)[0]


def test_exact_accuracies_are_those_at_the_worst_points_one_classifier_by_one():
    x, y, _, _ = random_case(300, 2, 1.0)
    w = np.array([[1.0, 0.5], [-2.0, 1.0], [0.0, 3.0], [4.0, 0.1]])
    b = np.array([0.1, 0.0, -0.5, 2.0])
    expected = [np.mean(y * (worst_case(x, y, one, eps=0.7, **BOX) @ one + c) > 0) for one, c in zip(w, b, strict=True)]
    assert exact_accuracies(x, y, w, b, eps=0.7, **BOX).tolist() == expected


def test_exact_accuracy_does_not_depend_on_the_norm_of_w():
    x, y, w, _ = random_case(500, 2, 1.0)
    accuracies = {exact_accuracy(x, y, norm * w, 0.0, eps=1.0, **BOX) for norm in (1e-3, 1.0, 1e3)}
    assert len(accuracies) == 1
    assert 0 < accuracies.pop() < 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pgd_finds_the_worst_case_where_nothing_is_masked(dtype):
    x, y, w, b = random_case(300, 3, 0.5)
    attack = Attack(dtype=dtype)
    found = pgd(x, y, w, b, attack, **BOX)
    assert found.dtype == dtype
    assert np.allclose(found, worst_case(x, y, w, eps=1.0, **BOX), atol=1e-6)
    exact = exact_accuracy(x, y, w, b, eps=1.0, **BOX)
    assert pgd_accuracy(x, y, w, b, attack, **BOX) == (exact, 0)


@pytest.mark.parametrize(
    ("dtype", "label", "masked_from"),
    [
        (np.float32, 1, 24 * np.log(2)),
        (np.float32, -1, -128 * np.log(2)),
        (np.float64, 1, 53 * np.log(2)),
        (np.float64, -1, -1024 * np.log(2)),
    ],
)
def test_pgd_is_masked_where_the_sigmoid_rounds_to_the_label(dtype, label, masked_from):
    """z > 16.64 and z < -88.7 in float32, 36.7 and -709.8 in float64."""
    logits = masked_from * np.array([0.999, 1.001])
    x, y = logits[:, None], np.array([label, label])
    box = {"low": -1e4, "high": 1e4}
    attacked = pgd(x, y, np.array([1.0]), 0.0, Attack(dtype=dtype), **box)
    assert np.isclose(attacked[0, 0], logits[0] - label, rtol=1e-6)
    assert attacked[1, 0] == dtype(logits[1])
    assert pgd_accuracy(x, y, np.array([1.0]), 0.0, Attack(dtype=dtype), **box)[1] == 0.5


@pytest.mark.parametrize("scalar", [float, np.float64, np.float32])
def test_the_attack_keeps_its_type_whatever_the_type_of_its_arguments(scalar):
    """A masked point stays masked beside one that moves: float64 in the second step would attack it."""
    x, y = np.array([[20.0], [1.0]]), np.array([1, 1])
    attack = Attack(eps=scalar(1), step=scalar(0.25))
    attacked = pgd(x, y, np.array([1.0]), scalar(0), attack, low=scalar(-30), high=scalar(30))
    assert attacked.dtype == np.float32
    assert attacked[:, 0].tolist() == [20.0, 0.0]


def test_a_direction_that_the_classifier_ignores_does_not_mask_a_point():
    x, w = np.array([[1.0, 1.0], [-1.0, 4.0]]), np.array([2.0, 0.0])
    assert pgd_accuracy(x, np.array([1, -1]), w, 0.0, Attack(), **BOX)[1] == 0
    assert pgd(x, np.array([1, -1]), w, 0.0, Attack(), **BOX)[:, 1].tolist() == [1.0, 4.0]


def test_growing_norm_shields_points_from_float32_and_later_from_float64():
    x, y, w, _ = random_case(1000, 2, 1.0)
    norms = (1.0, 30.0, 1000.0)
    masked = {
        dtype: [pgd_accuracy(x, y, norm * w, 0.0, Attack(dtype=dtype), **BOX)[1] for norm in norms]
        for dtype in (np.float32, np.float64)
    }
    for fractions in masked.values():
        assert fractions[0] < fractions[1] < fractions[2]
    assert all(single >= double for single, double in zip(*masked.values(), strict=True))


def every_step(x, y, w, b, attack, low, high):
    """PGD as the paper describes it, all steps done, one coordinate rule at a time."""
    x0 = x.astype(attack.dtype)
    w, b = w.astype(attack.dtype), attack.dtype(b)
    now = x0.copy()
    for _ in range(attack.n_steps):
        with np.errstate(over="ignore", under="ignore"):
            gradient = (1 / (1 + np.exp(-(now @ w + b))) - (y > 0).astype(attack.dtype))[:, None] * w
        now = now + attack.dtype(attack.step) * np.sign(gradient)
        now = np.clip(x0 + np.clip(now - x0, -attack.eps, attack.eps), low, high)
    return now


@settings(max_examples=25)
@given(norm=st.floats(0.01, 3000), seed=st.integers(0, 99), n_steps=st.integers(1, 20))
def test_stopping_early_changes_nothing(norm, seed, n_steps):
    x, y, w, b = random_case(60, 2, norm, seed)
    attack = Attack(n_steps=n_steps)
    expected = every_step(x, y, w, b, attack, **BOX)
    assert np.allclose(pgd(x, y, w, b, attack, **BOX), expected, atol=2e-6)


def test_blocks_of_points_change_nothing(monkeypatch):
    x, y, w, b = random_case(200, 64, 1.0)
    whole = pgd_accuracy(x, y, w, b, Attack(eps=0.1), **BOX)
    monkeypatch.setattr(attacks, "BLOCK_ELEMENTS", 7 * 64)
    assert whole == pgd_accuracy(x, y, w, b, Attack(eps=0.1), **BOX)


@pytest.mark.parametrize("eps", [0.3, 1.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_masks_say_where_the_executed_attack_ends(dtype, eps):
    """Classifiers of all norms and of several signs, and points on either side of the boundary."""
    rng = np.random.default_rng(0)
    x, y, _, _ = random_case(2000, 2, 1.0)
    y = np.where(rng.random(2000) < 0.1, -y, y)
    w = 10 ** rng.uniform(-2, 3, (40, 1)) * rng.normal(size=(40, 2))
    b = rng.normal(size=40) * np.linalg.norm(w, axis=1)
    found = masked_pgd(x, y, w, b, eps=eps, **BOX, dtype=dtype.__name__)
    attack = Attack(eps, eps / 4, 20, dtype)
    executed = [pgd_accuracy(x, y, one, c, attack, **BOX) for one, c in zip(w, b, strict=True)]
    np.testing.assert_array_equal(np.transpose(found), executed)
    assert found[1].min() == 0 < found[1].max()


def test_a_bfloat16_attack_is_masked_from_its_cutoffs_on():
    x, y = np.array([[5.5], [5.6], [-88.0], [-89.0]]), np.array([1, 1, -1, -1])
    box = {"eps": 100.0, "low": -200.0, "high": 200.0}
    accuracy, masked = masked_pgd(x, y, np.ones((1, 1)), np.zeros(1), **box, dtype="bfloat16")
    assert (accuracy[0], masked[0]) == (0.5, 0.5)
    assert CUTOFFS["bfloat16"][0] == pytest.approx(5.545, abs=1e-3)

import numpy as np
import pytest
from grokking.optimisers import COORDINATEWISE, RULES
from grokking.planar.data import training_set
from grokking.smooth.execution import AXES, UNIT, AllPoints, Batches, execute, replicate
from grokking.smooth.losses import LOSSES

STEPS = np.array([0, 1, 2, 100, 1500])
PULLS = {
    "logistic": lambda m: 1 / (1 + np.exp(np.minimum(m, 700))),
    "exponential": lambda m: np.exp(-m),
    "hinge": lambda m: np.where(m < 1, 1.0, 0.0),
    "squared-hinge": lambda m: 2 * np.maximum(0, 1 - m),
}


def points(seed):
    data = training_set(0, seed, gamma=1e-2, n_pos=105, n_neg=95, s_pos=40, s_neg=30, planting="full")
    return data.x, data.y.astype(float)


DATA = [points(0), points(1)]
REPLICATES = [replicate(*one) for one in DATA]


def plainly(x, y, rule, loss, steps, batches=None, bias=True):
    """Return (k, 3) with every step written out on all points, or on those with the indices `batches` yields."""
    theta, states = np.zeros((1, 3)), {0: np.zeros(3)}
    z = y[:, None] * np.column_stack([x, np.ones(len(y))])
    for step in range(1, steps[-1] + 1):
        now = z if batches is None else z[next(batches)]
        gradient = -np.mean(PULLS[loss](now @ theta[0])[:, None] * now, axis=0)
        rule(theta, gradient * [1, 1, bias])
        states[step] = theta[0].copy()
    return np.array([states[step] for step in steps.tolist()])


@pytest.mark.parametrize("optimiser", RULES)
def test_every_rule_is_what_it_is_on_all_points(optimiser):
    """Where w becomes long some points are left out; these two do not go far."""
    eta = 0.1 if optimiser in COORDINATEWISE else 0.3
    gradient = AllPoints(REPLICATES, LOSSES["logistic"])
    found = execute(gradient, RULES[optimiser](eta, 1e-4), len(DATA), STEPS)
    assert optimiser in ("gradient-descent", "sign") or gradient.kept < 200
    for index, data in enumerate(DATA):
        expected = plainly(*data, RULES[optimiser](eta, 1e-4), "logistic", STEPS)
        np.testing.assert_allclose(found[:, index], expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("bias", [True, False])
def test_every_loss_is_what_it_is_on_all_points(loss, bias):
    gradient = AllPoints([replicate(*one, bias=bias) for one in DATA], LOSSES[loss])
    found = execute(gradient, RULES["gradient-descent"](0.01, 0.0), len(DATA), STEPS)
    for index, data in enumerate(DATA):
        expected = plainly(*data, RULES["gradient-descent"](0.01, 0.0), loss, STEPS, bias=bias)
        np.testing.assert_allclose(found[:, index], expected, rtol=1e-9, atol=1e-11)


def test_in_the_axes_of_the_separator_a_rule_sees_turned_points():
    gradient = AllPoints(REPLICATES, LOSSES["logistic"])
    found = execute(gradient, RULES["adam"](0.01, 0.0), len(DATA), STEPS, axes=np.eye(3))
    for index, (x, y) in enumerate(DATA):
        expected = plainly(x @ AXES[:2, :2], y, RULES["adam"](0.01, 0.0), "logistic", STEPS)
        np.testing.assert_allclose(found[:, index] @ AXES, expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_left_out_is_below_rounding_everywhere_in_the_box(loss):
    gradient, rng = AllPoints(REPLICATES, LOSSES[loss]), np.random.default_rng(0)
    centre, reach = np.array([[30.0, 0.2, 0.3], [300.0, 0.1, -0.2]]), np.array([[1.5, 0.1, 0.1], [15.0, 0.2, 0.1]])
    left = ~gradient.needed(centre, reach)
    assert np.all(left.sum(axis=1) > 50)
    for theta in centre + reach * rng.choice([-1, -0.5, 0, 0.7, 1], (200, 2, 3)):
        for (z, pulled), own, out in zip(REPLICATES, theta, left, strict=True):
            terms = np.abs(pulled) * PULLS[loss](own @ z)
            assert np.all(terms[:, out].sum(axis=1) <= UNIT * terms.sum(axis=1))


def test_weights_count_points():
    x, y = DATA[0]
    times = np.arange(200) % 3
    counted = replicate(np.repeat(x, times, axis=0), np.repeat(y, times))
    weighted = replicate(x, y, times / times.sum())
    found = execute(AllPoints([counted, weighted], LOSSES["hinge"]), RULES["heavy-ball"](0.01, 0.0), 2, STEPS)
    np.testing.assert_allclose(found[:, 0], found[:, 1], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("size", [1, 20, 200])
def test_batches_are_pieces_of_a_new_order_in_each_epoch(size):
    def batches(seed):
        rng = np.random.default_rng(seed)
        while True:
            order = rng.permutation(200)
            yield from (order[first : first + size] for first in range(0, 200, size))

    streams = [np.random.default_rng(seed) for seed in (5, 6)]
    found = execute(Batches(REPLICATES, LOSSES["logistic"], size, streams), RULES["adam"](0.01, 0.0), 2, STEPS)
    for index, data in enumerate(DATA):
        expected = plainly(*data, RULES["adam"](0.01, 0.0), "logistic", STEPS, batches(5 + index))
        np.testing.assert_allclose(found[:, index], expected, rtol=1e-8, atol=1e-10)


def test_a_size_that_does_not_divide_the_points_is_refused():
    with pytest.raises(ValueError, match=r"^size is 30: expected a divisor of the number of points, 200"):
        Batches(REPLICATES, LOSSES["logistic"], 30, [np.random.default_rng(0)] * 2)

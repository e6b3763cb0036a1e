from functools import cache

import numpy as np
import pytest
from checks import assert_follows_gradient_descent
from grokking.logistic.geometry import W_TRUE
from grokking.logistic.model import gradient_step
from grokking.logistic.theory import log_delta
from grokking.planar.data import training_set
from grokking.smooth.descent import UnstableError, descend
from grokking.steps import log_grid

ETA = 1e-2
MEAN = ETA / 2000
BALANCED = {"gamma": 1e-3, "n_pos": 1000, "n_neg": 1000}


@cache
def points(s_pos=0, s_neg=0, planting="none", seed=0, **changed):
    data = training_set(0, seed, **BALANCED | changed, s_pos=s_pos, s_neg=s_neg, planting=planting)
    return data.x, data.y.astype(float)


def flipped(count, **changed):
    """Plain data of which every so many-th label is wrong."""
    x, y = points(seed=6, **changed)
    return x, np.where(np.arange(len(y)) % (len(y) // count) == 0, -y, y)


def mirrored(x, y):
    return np.concatenate([x, -x]), np.concatenate([y, -y])


def after(*args, horizon, **keywords):
    """The state (3,) at the horizon."""
    run = descend(*args, steps=[horizon], **keywords)
    return np.append(run.w[0], run.b[0])


TENTH = {"n_pos": 100, "n_neg": 100}
"""A tenth of the points: every step of all runs is executed."""
RUNS = {
    "plain": (points(**TENTH), {}),
    "planted over the square": (points(40, 30, "full", **TENTH), {}),
    "equispaced": (points(35, 35, "equispaced", seed=1, **TENTH), {}),
    "classes imbalanced": (points(35, 35, "full", n_pos=150, n_neg=50), {}),
    "no bias": (points(40, 30, "full", seed=2, **TENTH), {"bias": False, "b_0": 0.5}),
    "weighted": (points(seed=3, **TENTH), {"weights": np.linspace(0, 2, 200)}),
    "another start": (points(40, 30, "full", seed=3, **TENTH), {"w_0": (0.3, -0.1), "b_0": -5.0}),
    "a start far away": (points(40, 30, "full", **TENTH), {"b_0": 20.0}),
    "sum loss": (points(40, 30, "equispaced", **TENTH), {"step": 10 * ETA}),
}
FEW = {"gamma": 1e-3, "n_pos": 50, "n_neg": 50}
RESTING = {  # of 100 points
    "w decays": (points(20, 15, "full", seed=4, **FEW), {"decay": (ETA * 1e-4, 0.0)}),
    "w and b decay": (points(20, 15, "full", seed=5, **FEW), {"decay": (ETA * 1e-3, ETA * 1e-3)}),
    "wrong labels": (flipped(2, **FEW), {}),
    "at rest": (flipped(10, **FEW), {}),
}


@pytest.mark.parametrize("chosen", [RUNS, RESTING], ids=["growing", "resting"])
def test_it_is_gradient_descent_with_every_step_executed(chosen):
    """All runs at once, (runs, 3), to 1e5 steps, each component in units of its size at the end."""
    runs, n = chosen.values(), len(next(iter(chosen.values()))[0][1])
    usual = {"step": ETA / n, "bias": True, "weights": np.ones(n), "decay": (0.0, 0.0)}
    options = [usual | given for _, given in runs]
    steps = np.unique(np.concatenate([[1, 999, 1000, 1001, 1002], log_grid(100_000, 30)]))
    found = [descend(*data, steps=steps, **one) for (data, _), one in zip(runs, options, strict=True)]
    states = np.stack([np.column_stack([run.w, run.b]) for run in found], axis=1)
    unit = np.abs(states[-1])

    signed = np.array([y[:, None] * np.column_stack([x, np.ones(n)]) for (x, y), _ in runs])
    step = np.array([one["step"] * one["weights"] for one in options])[:, None]
    learnt = np.array([[1, 1, one["bias"]] for one in options])
    decay = np.array([[one["decay"][0], *one["decay"]] for one in options])

    def executed(state):
        margins = signed @ (state * unit)[..., None]
        with np.errstate(over="ignore"):
            pulls = step / (1 + np.exp(margins.transpose(0, 2, 1)))
        return state + learnt * (pulls @ signed)[:, 0] / unit - decay * state

    found = dict(zip(steps.tolist(), states / unit, strict=True))
    assert_follows_gradient_descent(found.get, executed, found[0], steps[1:], 1e-9)


@pytest.mark.parametrize("bias", [True, False])
def test_the_first_steps_are_plain_ones(bias):
    (x, y), start = points(400, 300, "full"), np.array([0.3, -0.1, 0.5])

    def step(state):
        return np.append(*gradient_step(state[:2], state[2], x, y, eta=MEAN, bias=bias))

    run = descend(x, y, step=MEAN, steps=np.arange(101), bias=bias, w_0=start[:2], b_0=start[2])
    states = np.column_stack([run.w, run.b])
    assert_follows_gradient_descent(lambda t: states[t], step, start, range(101), 1e-13)


def test_the_horizon_changes_no_earlier_state():
    steps = np.array([10, 1000, 1001, 54_321])
    near, far = (descend(*points(), step=MEAN, steps=chosen) for chosen in (steps, np.append(steps, 10**14)))
    assert np.array_equal(near.w, far.w[:-1])
    assert np.array_equal(near.b, far.b[:-1])


def test_where_the_smooth_part_begins_hardly_matters():
    early, late = (after(*points(400, 300, "full"), step=MEAN, horizon=10**7, start=start) for start in (500, 5000))
    np.testing.assert_allclose(early, late, rtol=1e-9)


@pytest.mark.parametrize("data", [points(seed=4), points(350, 350, "full", n_pos=700, n_neg=1300)])
def test_mirror_symmetric_data_keep_the_bias_at_zero(data):
    run = descend(*mirrored(*data), step=MEAN / 2, steps=log_grid(10**10, 20))
    assert np.abs(run.b).max() < 1e-11


def test_mirrored_points_flip_the_bias():
    x, y = points(400, 300, "full")
    w_1, w_2, b = after(x, y, step=MEAN, horizon=10**9)
    np.testing.assert_allclose(after(-x, -y, step=MEAN, horizon=10**9), [w_1, w_2, -b], rtol=1e-10)


def test_weights_count_points():
    x, y = points(40, 30, "full", n_pos=100, n_neg=100)
    times = np.arange(200) % 3
    counted = after(np.repeat(x, times, axis=0), np.repeat(y, times), step=ETA / 200, horizon=10**8)
    np.testing.assert_allclose(after(x, y, step=ETA / 200, horizon=10**8, weights=times), counted, rtol=1e-10)


@pytest.mark.parametrize(
    ("counts", "step"), [((400, 300), MEAN), ((600, 100), MEAN), ((390, 10), ETA), ((240, 160), ETA)]
)
def test_at_the_latest_steps_the_bias_reaches_its_limit_and_w_grows_with_the_logarithm(counts, step):
    run = descend(*points(*counts, "equispaced"), step=step, steps=[10**13, 10**14])
    assert run.b[1] == pytest.approx(-log_delta(*counts), rel=1e-3)
    assert np.linalg.norm(np.diff(run.w, axis=0)) / np.log(10) == pytest.approx(2 / BALANCED["gamma"], rel=1e-2)


def test_the_cost_grows_no_faster_than_the_logarithm_of_the_horizon():
    cost = [descend(*points(seed=5), step=MEAN, steps=[10**power]).gradients for power in (7, 10, 14)]
    assert cost[0] < 4500
    assert (cost[2] - cost[1]) / 4 < cost[0] / 3


def test_where_there_is_a_minimum_descent_stays_there_whatever_the_horizon_costs():
    near, far = (descend(*flipped(100), step=MEAN, steps=[10**7, end]) for end in (10**7 + 1, 10**14))
    assert far.gradients == near.gradients
    assert np.array_equal(far.w[0], far.w[1])


@pytest.mark.parametrize("seed", range(3))
def test_chaos_is_refused(seed):
    with pytest.raises(UnstableError, match=r"^step 1000: \|D4\| is [\d.]+ \|D\|"):
        descend(*points(400, 300, "full", seed=seed), step=ETA, steps=[10**12])


def test_a_run_that_becomes_unstable_later_is_refused_there():
    """Support vectors start on the wrong side; where they cross the separator, the curvature exceeds 2 / step."""
    y = np.repeat([1.0, -1.0], 10)
    x = np.outer(y / 100, W_TRUE)
    with pytest.raises(UnstableError, match=r"^step [67]\d\d\d: a multiplier of one step is -1"):
        descend(x, y, step=9 / 20, steps=[10**5], w_0=-600 * W_TRUE)


def test_steps_executed_one_by_one_are_never_refused():
    run = descend(*points(400, 300, "full"), step=ETA, steps=[1000])
    assert np.isnan(run.sharpness)
    assert run.gradients == 1000


@pytest.mark.parametrize("steps", [[-1, 5], [5, 5], [7, 5]])
def test_other_steps_are_refused(steps):
    with pytest.raises(ValueError, match=r"^steps run from .*expected ascending"):
        descend(*points(), step=MEAN, steps=steps)

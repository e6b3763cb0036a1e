"""Executed until it settles, followed from there: against plain gradient descent, and resumed to the same bytes."""

from dataclasses import replace

import numpy as np
import pytest
from checks import assert_follows_gradient_descent
from grokking.logistic.model import gradient_step
from grokking.planar import trainer
from grokking.planar.data import training_set
from grokking.planar.descent import CHUNK
from grokking.planar.trainer import UnsettledError, attempts, train
from samples import execute_to

ETA = 1e-2
SETTLING = {
    "plain": {},
    "equispaced": {"planting": "equispaced", "s_pos": 340, "s_neg": 60},
    "full, on a stable 2-cycle": {"planting": "full", "s_pos": 500, "s_neg": 200},
}
CHAOTIC = {"planting": "full", "s_pos": 600, "s_neg": 100}


def points(design, seed=0, n=1000):
    data = training_set(0, seed, **({"gamma": 1e-3, "n_pos": n, "n_neg": n} | design))
    return data.x, data.y.astype(float)


def plain_step(x, y, bias):
    def step(state):
        w, b = gradient_step(state[:2], state[2], x, y, eta=ETA, bias=bias)
        return np.array([*w, b])

    return step


def states(trajectory, replicate=0):
    return np.column_stack([trajectory.w[:, replicate], trajectory.b[:, replicate]])


def contents(trajectory):
    return [getattr(trajectory, name).tobytes() for name in ("steps", "w", "b", "omitted", "flow_from")]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", SETTLING)
def test_it_is_gradient_descent_with_every_step_executed(name, bias):
    data = points(SETTLING[name])
    trajectory = train([data], eta=ETA, horizon=20_000, bias=bias)
    assert 10_000 <= trajectory.flow_from[0] <= 10_240
    found = dict(zip(trajectory.steps.tolist(), states(trajectory), strict=True))
    assert_follows_gradient_descent(found.get, plain_step(*data, bias), np.zeros(3), found, 1e-9)


@pytest.mark.parametrize("name", ["plain", "equispaced"])
def test_the_flow_agrees_with_executed_steps_far_beyond_its_start(name):
    data = [points(SETTLING[name], seed) for seed in range(2)]
    followed, executed = (method(data, eta=ETA, horizon=50_000) for method in (train, execute_to))
    for replicate in range(2):
        expected = states(executed, replicate)
        error = np.linalg.norm(states(followed, replicate) - expected, axis=1) / np.linalg.norm(expected, axis=1)
        assert error.max() <= 1e-9
    assert np.array_equal(followed.omitted, train(data, eta=ETA, horizon=10_240).omitted)
    assert not executed.flow_from.any()


def test_a_chaotic_set_is_executed_to_the_last_step():
    data = [points(CHAOTIC, seed) for seed in range(2)]
    found, executed = (method(data, eta=ETA, horizon=40_000) for method in (train, execute_to))
    assert not found.flow_from.any()
    assert contents(found) == contents(executed)


def test_each_seed_is_decided_on_its_own():
    data, passed = [points(SETTLING["equispaced"]), points(CHAOTIC)], []
    trajectory = train(data, eta=ETA, horizon=40_000, on_chunk=passed.append)
    beyond = np.array([state.theta for state in passed if state.step >= 10_240])
    assert not np.ptp(beyond[:, 0], axis=0).any()
    assert np.ptp(beyond[:, 1], axis=0).all()
    assert trajectory.flow_from[0] > 0
    assert trajectory.flow_from[1] == 0
    alone = train(data[:1], eta=ETA, horizon=40_000)
    assert np.allclose(states(trajectory), states(alone), rtol=1e-9)
    step = plain_step(*data[1], True)
    early = dict(zip(trajectory.steps[:100].tolist(), states(trajectory, 1), strict=False))
    assert_follows_gradient_descent(early.get, step, np.zeros(3), early, 1e-9)
    late = states(trajectory, 1)[-2:]
    assert np.allclose(step(late[0]), late[1], rtol=1e-9)


def test_a_run_refused_at_first_is_tried_again(monkeypatch):
    monkeypatch.setattr(trainer, "FIRST_ATTEMPT", 1000)
    data = [points({"planting": "full", "s_pos": 540, "s_neg": 160})]
    assert attempts(12_000)[:2] == [1024, 3072]
    assert 3000 < train(data, eta=ETA, horizon=12_000).flow_from[0] <= 3072


def test_a_run_that_leaves_the_slow_curve_later_is_executed(monkeypatch):
    """Its flow, tried from step 1000 on, is refused beyond step 6000: nothing of it is left."""
    monkeypatch.setattr(trainer, "FIRST_ATTEMPT", 1000)
    data = [points({"planting": "full", "s_pos": 350, "s_neg": 350}, 2)]
    found, executed = (method(data, eta=ETA, horizon=12_000) for method in (train, execute_to))
    assert contents(found) == contents(executed)


def test_a_flow_that_misses_executed_steps_is_not_followed(monkeypatch):
    monkeypatch.setattr(trainer, "AGREEMENT", 1e-17)
    assert not train([points({}, n=100)], eta=ETA, horizon=12_000).flow_from.any()


def test_a_horizon_that_can_neither_be_followed_nor_executed_is_refused(monkeypatch):
    monkeypatch.setattr(trainer, "LAST_ATTEMPT", 10**4)
    with pytest.raises(UnsettledError, match=r"^seed 1: horizon: .* not settled by step 10240: step "):
        train([points(SETTLING["equispaced"]), points(CHAOTIC)], eta=ETA, horizon=10**9)


def test_a_run_shorter_than_the_first_attempt_is_executed():
    data = [points({}, n=50)]
    assert contents(train(data, eta=ETA, horizon=3000)) == contents(execute_to(data, eta=ETA, horizon=3000))


@pytest.mark.parametrize("horizon", [10**4, 10**5, 10**12])
def test_attempts_are_ends_of_chunks_half_a_decade_apart(horizon):
    steps = np.array(attempts(horizon))
    assert not np.any(steps % CHUNK)
    assert np.all(steps < horizon)
    assert np.allclose(np.diff(np.log10(steps)), 0.5, atol=0.02)
    assert len(steps) == {10**4: 0, 10**5: 3, 10**12: 7}[horizon]


@pytest.mark.parametrize("chunks", [7, 20, 40])
def test_an_interrupted_run_ends_with_the_same_bytes(chunks):
    """Before the first attempt, just before it is made, and when one of two seeds is followed already."""
    data, saved = [points(SETTLING["equispaced"]), points(CHAOTIC)], []

    def save(checkpoint):
        if checkpoint.step == chunks * CHUNK:
            saved.append(replace(checkpoint, snapshots=checkpoint.snapshots.copy()))

    undisturbed = train(data, eta=ETA, horizon=33_000, on_chunk=save)
    assert contents(train(data, eta=ETA, horizon=33_000, resume=saved[0])) == contents(undisturbed)

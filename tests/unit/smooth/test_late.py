from functools import cache

import numpy as np
import pytest
from checks import assert_follows_gradient_descent
from grokking.logistic.model import gradient_step
from grokking.logistic.theory import log_delta
from grokking.planar.data import training_set
from grokking.planar.descent import RATIO
from grokking.smooth.descent import UnstableError
from grokking.smooth.late import extend
from grokking.steps import snapshot_steps
from samples import execute_to as train

ETA = 1e-2
START = 10_000
E400 = [(s, 400 - s) for s in (200, 220, 240, 260, 280, 300, 320, 340, 355, 370, 380, 390)]
FIXED_PRODUCT = [(120, 120), (144, 100), (160, 90), (180, 80), (225, 64), (240, 60)]
FIXED_PRODUCT += [(288, 50), (320, 45), (400, 36), (480, 30), (576, 25), (720, 20)]


@cache
def points(s_pos, s_neg, seed=0, planting="equispaced"):
    counts = {"s_pos": s_pos, "s_neg": s_neg} if planting != "none" else {}
    data = training_set(0, seed, gamma=1e-3, n_pos=1000, n_neg=1000, planting=planting, **counts)
    return data.x, data.y.astype(float)


@cache
def trained(designs, horizon=START, bias=True):
    return train([points(*design) for design in designs], eta=ETA, horizon=horizon, bias=bias)


def extended(designs, replicate, steps, *, horizon=START, bias=True, start=START):
    run = trained(designs, horizon, bias)
    row = np.searchsorted(run.steps, start)
    state = run.w[row, replicate], run.b[row, replicate]
    return extend(*points(*designs[replicate]), *state, eta=ETA, start=int(run.steps[row]), steps=steps, bias=bias)


def rows(w, b):
    return np.column_stack([w, b])


CONTRACTING = ((200, 200), (220, 180, 1), (340, 60), (390, 10, 2), (720, 20), (0, 0, 0, "none"))
CYCLES = ((500, 200, 0, "full"), (400, 300, 1, "full"))
CHAOTIC = tuple((*counts, seed, "full") for counts in ((600, 100), (660, 40)) for seed in range(3))


@pytest.mark.parametrize("bias", [True, False])
def test_it_is_gradient_descent_with_every_step_executed(bias):
    design = ((340, 60),)
    x, y = points(*design[0])
    steps = np.unique(np.concatenate([START + np.arange(4), np.geomspace(START, 4e4, 40).astype(int)]))
    late = extended(design, 0, steps, bias=bias)
    states = dict(zip((steps - START).tolist(), rows(late.w, late.b), strict=True))

    def step(state):
        w, b = gradient_step(state[:2], state[2], x, y, eta=ETA, bias=bias)
        return np.array([*w, b])

    assert_follows_gradient_descent(states.get, step, states[0], states, 1e-9)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("replicate", range(len(CONTRACTING)))
def test_contracting_runs_agree_with_the_trainer_at_every_snapshot(replicate, bias):
    assert_late_agrees_with_trained(CONTRACTING, replicate, 40_000, bias)


@pytest.mark.parametrize("replicate", range(len(CYCLES)))
def test_stable_two_cycles_are_followed_in_both_phases(replicate):
    run = trained(CYCLES, 60_000)
    assert abs(run.w[-1, replicate] - run.w[-2, replicate]).max() > 1
    assert_late_agrees_with_trained(CYCLES, replicate, 60_000, True)


def assert_late_agrees_with_trained(designs, replicate, horizon, bias):
    run = trained(designs, horizon, bias)
    later = slice(np.searchsorted(run.steps, START), None)
    late = extended(designs, replicate, run.steps[later], horizon=horizon, bias=bias)
    exact = rows(run.w[later, replicate], run.b[later, replicate])
    error = np.linalg.norm(rows(late.w, late.b) - exact, axis=1) / np.linalg.norm(exact, axis=1)
    assert error.max() <= 1e-9
    # On its own scale as well, that of its largest value, since it may cross zero.
    assert np.abs(late.b - exact[:, 2]).max() <= 1e-8 * np.abs(exact[:, 2]).max()


@pytest.mark.parametrize("start", [1000, START])
@pytest.mark.parametrize("replicate", range(len(CHAOTIC)))
def test_chaotic_runs_are_refused(replicate, start):
    with pytest.raises(UnstableError, match=r"^step \d+: .*two-step multiplier"):
        extended(CHAOTIC, replicate, [10**12], start=start)


def test_a_run_that_becomes_unstable_later_is_refused_there():
    with pytest.raises(UnstableError, match=r"^step 6\d\d\d: gradient descent leaves the slow curve"):
        extended(((350, 350, 2, "full"),), 0, [10**5], start=1000)


@pytest.mark.parametrize(("designs", "seeds"), [(E400, 3), (FIXED_PRODUCT, 3)])
def test_the_sweeps_are_accepted_at_their_start(designs, seeds):
    runs = tuple((*counts, seed) for counts in designs for seed in range(seeds))
    for replicate in range(len(runs)):
        assert extended(runs, replicate, [START + 2]).fastest < 1


@pytest.mark.parametrize("counts", [(220, 180), (390, 10), (160, 90), (720, 20)])
def test_at_the_latest_steps_the_bias_reaches_its_limit_and_w_grows_with_the_logarithm(counts):
    late = extended((counts,), 0, [10**11, 10**12])
    assert late.fastest < 1
    assert late.b[1] == pytest.approx(-log_delta(*counts), rel=1e-4)
    growth = np.diff(late.w, axis=0)[0] / np.log(10)
    assert np.linalg.norm(growth) == pytest.approx(2 / 1e-3, rel=1e-2)


def test_a_fixed_product_of_support_vectors_is_a_second_design_within_the_stability_limit():
    assert {s_pos * s_neg for s_pos, s_neg in FIXED_PRODUCT} == {14400}
    assert max(s_pos + s_neg for s_pos, s_neg in FIXED_PRODUCT) < 800


def test_the_cost_grows_no_faster_than_the_logarithm_of_the_horizon():
    cost = [extended(((340, 60),), 0, [10**power]).gradients for power in (6, 8, 12)]
    assert (cost[2] - cost[1]) / 4 < cost[0] / 2


def test_flipped_labels_flip_the_model_and_mirrored_points_flip_the_bias():
    x, y = points(320, 80)
    run, steps = trained(((320, 80),)), [START, 10**6, 10**7 + 1]
    w, b = run.w[-1, 0], run.b[-1, 0]
    original, flipped, mirrored = (
        extend(*data, *state, eta=ETA, start=START, steps=steps)
        for data, state in [((x, y), (w, b)), ((x, -y), (-w, -b)), ((-x, -y), (w, -b))]
    )
    assert np.allclose(rows(flipped.w, flipped.b), -rows(original.w, original.b), rtol=1e-9)
    assert np.allclose(rows(mirrored.w, mirrored.b), rows(original.w, -original.b), rtol=1e-9)


def test_the_order_of_points_does_not_matter():
    x, y = points(320, 80)
    run, order = trained(((320, 80),)), np.random.default_rng(0).permutation(2000)
    original, permuted = (
        extend(x[rows], y[rows], run.w[-1, 0], run.b[-1, 0], eta=ETA, start=START, steps=[10**7])
        for rows in (slice(None), order)
    )
    assert np.allclose(rows(permuted.w, permuted.b), rows(original.w, original.b), rtol=1e-9)


def test_steps_in_between_change_nothing():
    grid = snapshot_steps(10**8, RATIO)
    few, many = (extended(((300, 100),), 0, steps) for steps in ([10**8], grid[grid >= START]))
    assert np.array_equal(few.w[-1], many.w[-1])
    assert few.b[-1] == many.b[-1]


def test_no_steps_after_the_start_are_no_change():
    run = trained(((300, 100),))
    assert np.allclose(extended(((300, 100),), 0, [START]).w[0], run.w[-1, 0], rtol=1e-14)


@pytest.mark.parametrize("steps", [[START - 1, START], [START, START], [START + 2, START]])
def test_steps_before_the_start_or_out_of_order_are_refused(steps):
    with pytest.raises(ValueError, match=r"^steps run from .*expected ascending"):
        extended(((300, 100),), 0, steps)

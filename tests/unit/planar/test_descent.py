from dataclasses import replace

import numpy as np
import pytest
from checks import assert_follows_gradient_descent
from grokking.logistic.model import gradient_step
from grokking.planar import descent as logistic
from grokking.planar.data import perturbed, training_set
from grokking.planar.descent import RATIO
from grokking.steps import snapshot_steps
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import execute_to as train

ETA = 1e-2
CONTRACTING = {
    "plain": {},
    "imbalanced classes": {"n_neg": 300},
    "equispaced": {"planting": "equispaced", "s_pos": 200, "s_neg": 200},
    "equispaced, imbalanced": {"planting": "equispaced", "s_pos": 340, "s_neg": 60},
    "full, on a stable 2-cycle": {"planting": "full", "s_pos": 500, "s_neg": 200},
}
CHAOTIC = {
    "full, imbalanced": {"planting": "full", "s_pos": 600, "s_neg": 100},
    "full, more imbalanced": {"planting": "full", "s_pos": 660, "s_neg": 40},
}


def points(design, seed=0, n=1000):
    data = training_set(0, seed, **({"gamma": 1e-3, "n_pos": n, "n_neg": n} | design))
    return data.x, data.y.astype(float)


def states(trajectory, replicate=0):
    rows = np.column_stack([trajectory.w[:, replicate], trajectory.b[:, replicate]])
    return dict(zip(trajectory.steps.tolist(), rows, strict=True))


def plain_step(x, y, bias):
    def step(state):
        w, b = gradient_step(state[:2], state[2], x, y, eta=ETA, bias=bias)
        return np.array([*w, b])

    return step


def assert_train_is_gradient_descent(trajectory, replicate, data, bias, until, rtol):
    saved = states(trajectory, replicate)
    steps = [step for step in saved if step <= until]
    assert_follows_gradient_descent(saved.get, plain_step(*data, bias), np.zeros(3), steps, rtol)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", CONTRACTING)
def test_contracting_runs_follow_gradient_descent_at_every_snapshot(name, bias):
    data = points(CONTRACTING[name])
    trajectory = train([data], eta=ETA, horizon=8000, bias=bias)
    assert_train_is_gradient_descent(trajectory, 0, data, bias, 8000, 1e-9)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", CHAOTIC)
def test_chaotic_runs_follow_gradient_descent_for_a_hundred_steps(name, bias):
    data = points(CHAOTIC[name])
    trajectory = train([data], eta=ETA, horizon=100, bias=bias)
    assert_train_is_gradient_descent(trajectory, 0, data, bias, 100, 1e-9)


@pytest.mark.parametrize("name", CHAOTIC)
def test_chaotic_runs_forget_their_last_bit(name):
    """Why nothing longer than a hundred steps can be asserted there."""
    data = training_set(0, 0, gamma=1e-3, n_pos=1000, n_neg=1000, **CHAOTIC[name])
    pair = [(copy.x, copy.y) for copy in (data, perturbed(data, 0, 0, 0, 1e-15))]
    trajectory = train(pair, eta=ETA, horizon=20_000)
    apart = np.abs(trajectory.b[:, 0] - trajectory.b[:, 1])
    assert apart[:100].max() < 1e-9
    assert apart[-100:].max() > 0.1


def test_replicates_of_different_sizes_share_a_batch():
    batch = [points({}, seed=1, n=40), points({"planting": "full", "s_pos": 9, "s_neg": 3}, n=25)]
    trajectory = train(batch, eta=ETA, horizon=3000)
    for replicate, data in enumerate(batch):
        assert_train_is_gradient_descent(trajectory, replicate, data, True, 3000, 1e-9)


def test_without_a_bias_it_stays_at_zero():
    assert not train([points({})], eta=ETA, horizon=700, bias=False).b.any()


@pytest.mark.parametrize("design", [CONTRACTING["plain"], CHAOTIC["full, imbalanced"]])
def test_few_points_are_used_and_the_rest_is_certified(design, monkeypatch):
    used = []
    steps = logistic._steps
    monkeypatch.setattr(logistic, "_steps", lambda z, path: used.append(z.shape[2]) or steps(z, path))
    trajectory = train([points(design)], eta=ETA, horizon=10_000)
    assert used[-1] < 1000
    assert 0 < trajectory.omitted[0] <= logistic.TOLERANCE


@settings(max_examples=30)
@given(seed=st.integers(0, 1000), width=st.floats(0, 100))
def test_margins_in_a_box_of_parameters_are_bounded_below_and_the_bound_is_reached(seed, width):
    rng = np.random.default_rng(seed)
    every = logistic._Points.of([points({}, n=10)], ETA, True)
    centre = rng.normal(size=(1, 3)) * 10
    box = np.stack([centre - width * rng.random(3), centre + width * rng.random(3)])
    low, high = box[:, 0]
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
    margins = corners @ every.signed[0]
    assert np.allclose(every.margins_at_least(box)[0, 0], margins.min(axis=0), rtol=1e-9, atol=1e-9)


def test_the_certificate_bounds_the_gradient_left_out():
    """At each state of a chunk, summed over the points that the trainer did not take."""
    x, y = points({})
    every = logistic._Points.of([(x, y)], ETA, True)
    checkpoints = []
    train([(x, y)], eta=ETA, horizon=20 * logistic.CHUNK, on_chunk=checkpoints.append)
    state = checkpoints[-2]
    path = np.empty((logistic.CHUNK + 1, 1, 1, 3))
    path[0, :, 0] = state.theta
    _, omitted = logistic._certified_chunk(every, state.box, path)
    active = every.needed(every.margins_at_least(logistic._widened(state.box)), _gradient(every, path[0]))
    left_out = every.signed[0][:, ~active[0, 0]]
    assert left_out.shape[1] > 500
    for theta in path[:, 0, 0]:
        missed = np.linalg.norm(left_out @ np.exp(-np.logaddexp(0, theta @ left_out)))
        assert missed <= omitted[0] * _gradient(every, theta[None, None])[0]


def _gradient(every, theta):
    pull = np.exp(-np.logaddexp(0, theta[0] @ every.signed[0]))
    return np.array([np.linalg.norm(pull @ every.signed[0].T)])


def test_a_wrong_guess_of_the_active_points_is_rolled_back(monkeypatch):
    data = points({}, n=200)
    attempts = []
    steps = logistic._steps

    def counted(z, path):
        attempts.append(len(path))
        return steps(z, path)

    def overconfident(box):
        """As if w_p had been larger throughout the last chunk, and nothing moved since."""
        return np.stack([box[1], box[1]]) * 3 + np.array([1.0, 0.0, 0.0])

    monkeypatch.setattr(logistic, "_steps", counted)
    monkeypatch.setattr(logistic, "_widened", overconfident)
    trajectory = train([data], eta=ETA, horizon=8 * logistic.CHUNK)
    assert attempts.count(logistic.CHUNK + 1) > 8
    assert_train_is_gradient_descent(trajectory, 0, data, True, 8 * logistic.CHUNK, 1e-9)


@pytest.mark.parametrize("design", [CONTRACTING["plain"], CHAOTIC["full, imbalanced"]])
@pytest.mark.parametrize("interrupted_at", [1, 3, 9])
def test_an_interrupted_run_ends_with_the_same_bytes(design, interrupted_at):
    data = [points(design, seed) for seed in range(3)]
    saved = []

    def save(checkpoint):
        if checkpoint.step == interrupted_at * logistic.CHUNK:
            saved.append(replace(checkpoint, snapshots=checkpoint.snapshots.copy()))

    undisturbed = train(data, eta=ETA, horizon=5000, on_chunk=save)
    resumed = train(data, eta=ETA, horizon=5000, resume=saved[0])
    for name in ("steps", "w", "b", "omitted"):
        assert getattr(resumed, name).tobytes() == getattr(undisturbed, name).tobytes()


def test_resuming_leaves_the_checkpoint_as_it_was():
    data, saved = [points({}, n=20)], []
    train(data, eta=ETA, horizon=600, on_chunk=lambda c: saved.append(replace(c, snapshots=c.snapshots.copy())))
    before = saved[0].snapshots.tobytes()
    train(data, eta=ETA, horizon=600, resume=saved[0])
    assert saved[0].snapshots.tobytes() == before


def test_a_checkpoint_of_another_run_is_refused():
    data, saved = [points({}, n=20)], []
    train(data, eta=ETA, horizon=600, on_chunk=saved.append)
    with pytest.raises(ValueError, match=r"^resume has snapshots of shape"):
        train(data, eta=ETA, horizon=700, resume=saved[0])
    with pytest.raises(ValueError, match=r"^resume has snapshots of shape"):
        train(data * 2, eta=ETA, horizon=600, resume=saved[0])


small_designs = st.fixed_dictionaries(
    {
        "planting": st.sampled_from(["full", "equispaced"]),
        "s_pos": st.integers(0, 10),
        "s_neg": st.integers(0, 10),
        "n_pos": st.integers(10, 40),
        "n_neg": st.integers(10, 40),
    }
)


@settings(max_examples=15)
@given(design=small_designs, seed=st.integers(0, 50))
def test_flipping_labels_flips_the_model_and_mirroring_points_flips_the_bias(design, seed):
    x, y = points(design, seed)
    original, flipped, mirrored = (states(train([data], eta=ETA, horizon=1500)) for data in [(x, y), (x, -y), (-x, -y)])
    for step, state in original.items():
        assert np.array_equal(flipped[step], -state)
        assert np.array_equal(mirrored[step], state * [1, 1, -1])


@settings(max_examples=15)
@given(design=small_designs, seed=st.integers(0, 50))
def test_the_order_of_points_does_not_matter(design, seed):
    x, y = points(design, seed)
    order = np.random.default_rng(seed).permutation(len(y))
    original, permuted = (train([data], eta=ETA, horizon=1500) for data in [(x, y), (x[order], y[order])])
    assert np.allclose(original.w, permuted.w, rtol=1e-9, atol=1e-11)
    assert np.allclose(original.b, permuted.b, rtol=1e-9, atol=1e-11)


@settings(max_examples=15)
@given(scale=st.floats(0.3, 3), seed=st.integers(0, 50))
def test_without_a_bias_the_unit_of_length_only_scales_w(scale, seed):
    """x -> c x with eta -> eta / c^2 gives w -> w / c."""
    x, y = points({}, seed, n=50)
    original = train([(x, y)], eta=ETA, horizon=1500, bias=False)
    scaled = train([(scale * x, y)], eta=ETA / scale**2, horizon=1500, bias=False)
    assert np.allclose(scale * scaled.w, original.w, rtol=1e-9, atol=1e-11)


def test_snapshots_are_dense_then_pairs_in_a_fixed_ratio():
    steps = snapshot_steps(10**7, RATIO)
    assert np.array_equal(steps[:1000], np.arange(1, 1001))
    assert steps[-1] == 10**7
    assert np.all(np.diff(steps) > 0)
    pair_starts = steps[np.isin(steps + 1, steps)]
    assert np.isin(steps, np.concatenate([pair_starts, pair_starts + 1])).all()
    late = pair_starts[pair_starts > 10**5]
    assert np.all(late[1:] / late[:-1] < 1.00202)
    assert len(steps) < 11_000


def test_beyond_the_papers_longest_run_snapshots_are_thinned():
    steps, shorter = snapshot_steps(10**12, RATIO), snapshot_steps(10**7, RATIO)
    assert np.array_equal(steps[: len(shorter) - 2], shorter[:-2])
    assert steps[-1] == 10**12
    late = steps[steps >= 10**7]
    assert np.isin(late, np.concatenate([late[np.isin(late + 1, late)], late[np.isin(late - 1, late)]])).all()
    assert np.all(late[2:] / late[:-2] < 1.0101)
    assert len(steps) < 13_000


@pytest.mark.parametrize("horizon", [1, 2, 999, 1000, 1001, 1500])
def test_short_runs_have_their_last_step(horizon):
    steps = snapshot_steps(horizon, RATIO)
    assert steps[0] == 1
    assert steps[-1] == horizon
    assert len(train([points({}, n=5)], eta=ETA, horizon=horizon).b) == len(steps)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"eta": 0.0}, "eta"),
        ({"eta": -1.0}, "eta"),
        ({"eta": np.inf}, "eta"),
        ({"horizon": 1.5}, "horizon"),
        ({"horizon": 0}, "horizon"),
    ],
)
def test_impossible_arguments_are_refused_by_name(changed, name):
    with pytest.raises(ValueError, match=rf"^{name} is .*expected"):
        train([points({}, n=5)], **({"eta": ETA, "horizon": 10} | changed))


def test_points_and_labels_of_different_lengths_are_refused():
    x, y = points({}, n=5)
    with pytest.raises(ValueError, match=r"^x has shape"):
        train([(x[1:], y)], eta=ETA, horizon=10)

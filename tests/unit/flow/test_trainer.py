"""The trainer on the mean loss against gradient descent with every step executed."""

import numpy as np
import pytest
from checks import assert_follows_gradient_descent
from grokking.flow import trainer as flow
from grokking.flow.gradients import gather
from grokking.flow.trainer import LIMIT, NotConvergedError, Progress, train
from grokking.highdim.data import Population

ETA = 1e-2
# As many rows a dimension as N = 3e4 at d = 1024: all are kept in memory.
KEPT = {
    "balanced": Population(0, 0, 32, 469, 469),
    "imbalanced": Population(0, 0, 32, 704, 234),
    "planted": Population(0, 0, 32, 469, 469, 188, 141),
}
# Three chunks, of which those with p >= 0.8 are drawn again; rows inside so wide a margin were redrawn.
STREAMED = Population(0, 1, 64, 6750, 2250, 90, 40, gamma=0.05)


def design(population):
    """All rows z with y as last column, float64."""
    chunks = list(population.chunks())
    y = np.concatenate([chunk.y for chunk in chunks])
    return np.column_stack([np.concatenate([chunk.z for chunk in chunks]), y]).astype(float)


def descent(population, bias):
    """One plain step of gradient descent on the mean loss."""
    v = design(population)
    if not bias:
        v[:, -1] = 0
    upright = np.ascontiguousarray(v.T)
    return lambda theta: theta + ETA / len(v) * (upright @ (1 / (1 + np.exp(v @ theta))))


def assert_follows(trajectory, population, bias, last, rtol):
    steps = np.unique(np.geomspace(1, last, 80).astype(int))
    w, b = trajectory.at(steps)
    states = dict(zip(steps.tolist(), np.column_stack([w, b]), strict=True))
    start = np.zeros(population.d + 1)
    assert_follows_gradient_descent(states.__getitem__, descent(population, bias), start, states, rtol)


@pytest.fixture(scope="module", params=KEPT)
def kept(request):
    return KEPT[request.param], train(KEPT[request.param], ETA, 100_000, biases=(True, False))


@pytest.fixture(scope="module")
def streamed():
    passes = []
    trajectories = train(STREAMED, ETA, 10_000_000, biases=(True, False), on_pass=passes.append)
    return trajectories, passes


def test_follows_every_step_to_1e5(kept):
    population, trajectories = kept
    assert_follows(trajectories[0], population, bias=True, last=100_000, rtol=1e-9)
    assert max(trajectory.correction for trajectory in trajectories) < 1e-9


def test_follows_every_step_to_1e5_without_a_bias():
    trajectory = train(KEPT["balanced"], ETA, 100_000, biases=(False,))[0]
    assert_follows(trajectory, KEPT["balanced"], bias=False, last=100_000, rtol=1e-9)


def test_follows_every_step_in_1024_dimensions():
    population = Population(0, 0, 1024, 2000, 2000)
    assert_follows(train(population, ETA, 200)[0], population, bias=True, last=200, rtol=1e-9)


@pytest.mark.parametrize("run", [0, 1])
def test_streamed_rows_follow_every_step_within_the_limit(streamed, run):
    trajectory = streamed[0][run]
    assert_follows(trajectory, STREAMED, bias=run == 0, last=4000, rtol=LIMIT)
    assert 1e-9 < trajectory.correction < LIMIT


def test_a_bias_that_is_not_learned_stays_zero(kept, streamed):
    for learned, absent in (kept[1], streamed[0]):
        assert learned.at([100])[1].all()
        assert not absent.theta[..., -1].any()


def test_runs_that_share_passes_do_not_mix(kept):
    population, together = kept
    for trajectory, bias in zip(together, (True, False), strict=True):
        alone = train(population, ETA, 100_000, biases=(bias,))[0]
        np.testing.assert_allclose(alone.theta, trajectory.theta, atol=1e-9)


def test_w_perp_is_orthogonal_to_w_true(streamed):
    w_perp = streamed[0][0].theta[1:, :-2]
    assert (np.abs(w_perp.sum(axis=1)) < 1e-12 * np.linalg.norm(w_perp, axis=1)).all()


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-13), (np.float32, 1e-6)])
def test_rows_drawn_again_push_as_the_rows_themselves(dtype, rtol):
    rng, d = np.random.default_rng(0), STREAMED.d
    states = np.column_stack([rng.normal(size=(7, d)) / 20, np.geomspace(0.1, 40, 7), rng.normal(size=7)])
    states[:, :d] -= states[:, :d].mean(axis=1, keepdims=True)
    rows, first = gather(STREAMED, flow.NEAR, states, dtype)
    assert rows.replaced
    v = design(STREAMED)
    z, p, y = v[:, :d], v[:, :d].sum(axis=1) / np.sqrt(d), v[:, d]
    z_perp = z - (p / np.sqrt(d))[:, None]
    s = 1 / (1 + np.exp(z @ states[:, :d].T + np.outer(p, states[:, d]) + np.outer(y, states[:, d + 1])))
    force = s.T @ np.column_stack([z_perp, p, y])
    curvature = (s * (1 - s)).T @ np.column_stack([np.ones_like(p), p**2, p * y])
    for found in (first, rows.gradients(states, dtype)):
        error = np.linalg.norm(found.force - force, axis=1) / np.linalg.norm(force, axis=1)
        assert error.max() < rtol
        np.testing.assert_allclose(found.curvature, curvature, rtol=rtol)
        near = sum(piece.weights.sum(axis=0, dtype=float)[0] for piece in found.near)
        assert near == pytest.approx((s * (1 - s))[p < flow.NEAR, 0].sum(), rel=1e-6)


def test_a_killed_run_resumes_to_the_same_bytes_after_each_pass(streamed):
    trajectories, passes = streamed
    assert len(passes) >= 4
    for progress in passes:
        for resumed, whole in zip(
            train(STREAMED, ETA, 10_000_000, biases=(True, False), progress=progress), trajectories, strict=True
        ):
            assert resumed.theta.tobytes() == whole.theta.tobytes()
            assert resumed.updates.tobytes() == whole.updates.tobytes()
            assert resumed.correction == whole.correction


@pytest.mark.parametrize("component", [3, 64, 65])  # of w_perp, a and b
def test_the_certificate_refuses_a_broken_state(streamed, component):
    _, passes = streamed
    theta = passes[-1].theta.copy()
    theta[20, 0, component] += 1e-5 * np.linalg.norm(theta[20, 0])
    # Its updates say that the passes have settled.
    with pytest.raises(NotConvergedError, match="certificate asks for a correction of"):
        train(STREAMED, ETA, 10_000_000, biases=(True, False), progress=Progress(theta, passes[-1].updates))


def test_the_certificate_refuses_too_few_nodes():
    with pytest.raises(NotConvergedError, match="certificate"):
        train(KEPT["balanced"], ETA, 10_000_000, degree=21)


def test_passes_that_do_not_settle_are_refused(monkeypatch):
    monkeypatch.setattr(flow, "MOST_PASSES", 3)
    with pytest.raises(NotConvergedError, match="after 3 passes"):
        train(KEPT["balanced"], ETA, 1000)


@pytest.mark.parametrize("bad", [{"eta": 0.0}, {"eta": 0.1}, {"horizon": 1}])
def test_bad_arguments_are_refused(bad):
    with pytest.raises(ValueError, match="eta must lie in"):
        train(KEPT["balanced"], **({"eta": ETA, "horizon": 10} | bad))

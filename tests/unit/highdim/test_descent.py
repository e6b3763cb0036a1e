"""The high-dimensional trainer against gradient descent written in the most naive way."""

import numpy as np
import pytest
from checks import assert_follows_gradient_descent
from grokking.highdim import descent as logistic_highdim
from grokking.highdim import resident, separated
from grokking.highdim.data import Population
from grokking.highdim.descent import (
    RATIO,
    NotCertifiedError,
    NotResidentError,
    NotSeparatedError,
    NotSettledError,
    train,
)
from grokking.highdim.resident import ResidentRows, stream_two_steps
from grokking.highdim.separated import NotContractingError, SeparatedRows
from grokking.steps import DENSE, snapshot_steps
from scipy.integrate import solve_ivp
from scipy.special import expit

ETA = 0.15  # a step then moves a margin by eta d 25/3 = 80, as it does with eta = 0.01 at d = 1024
RUNS = {
    "balanced": (Population(0, 0, 64, 1000, 1000), True),
    "no bias": (Population(0, 0, 64, 1000, 1000), False),
    "imbalanced": (Population(0, 0, 64, 1500, 500), True),
    "planted": (Population(0, 0, 64, 1000, 1000, 5, 3), True),
}
HORIZON = 15_000


def design(population, bias):
    """All rows v = y (x, 1) in float64."""
    chunks = list(population.chunks())
    z = np.concatenate([c.z for c in chunks]).astype(float)
    return np.column_stack([z, np.concatenate([c.y for c in chunks])]) if bias else z


def states_of(trajectory, bias):
    return np.column_stack([trajectory.w, trajectory.b]) if bias else trajectory.w


def naive_gradient(v, state):
    return expit(-(v @ state)) @ v


@pytest.fixture(scope="module", params=RUNS)
def run(request):
    population, bias = RUNS[request.param]
    trajectory = train(population, ETA, HORIZON, bias)
    return population, bias, trajectory, states_of(trajectory, bias), design(population, bias)


def test_snapshots_hold_every_step_to_1000_then_pairs():
    steps = snapshot_steps(10_000_000, RATIO, first=0, pairs_from=DENSE * RATIO)
    assert (steps[:1001] == np.arange(1001)).all()
    firsts = steps[1001:][np.diff(steps[1001:], append=0) == 1]
    assert np.isin(firsts + 1, steps).all()
    assert (firsts[1:] / firsts[:-1]).max() < 1.025
    assert steps[-1] == 10_000_000
    assert len(steps) < 2000


def test_each_step_between_neighbouring_snapshots_is_one_of_gradient_descent(run):
    _, _, trajectory, states, v = run
    pairs = np.flatnonzero(np.diff(trajectory.step) == 1)
    for i in pairs[np.linspace(0, len(pairs) - 1, 50).astype(int)]:
        displacement = ETA * naive_gradient(v, states[i])
        roundoff = 8 * np.finfo(float).eps * np.linalg.norm(states[i])
        error = np.linalg.norm(states[i + 1] - states[i] - displacement)
        assert error <= 1e-12 * np.linalg.norm(displacement) + roundoff


def test_gradients_agree_with_a_full_pass_at_states_spread_over_the_run(run):
    population, bias, trajectory, states, v = run
    _, rows, _ = stream_two_steps(population, ETA, bias)
    core, dual = logistic_highdim.core_of(rows, states[trajectory.separation + 100], ETA)
    core_rows, reference = rows.rows(core), states[trajectory.separation + 100]
    for i in np.linspace(2, len(states) - 1, 50).astype(int):
        full = naive_gradient(v, states[i])
        ours = rows.gradient(states[i], rows.reach(states[i][None], resident.CUTOFF)).direction
        np.testing.assert_allclose(ours, full, atol=1e-12 * np.linalg.norm(full), rtol=0)
        if trajectory.step[i] > trajectory.separation + 100:
            # The dual's margins at this state, through the displacement from its reference.
            margins = dual.margins_ref + core_rows @ (states[i] - reference)
            np.testing.assert_allclose(expit(-margins) @ core_rows, full, atol=1e-11 * np.linalg.norm(full), rtol=0)


def test_follows_naive_descent_to_the_horizon_from_a_state_after_separation(run):
    _, _, trajectory, states, v = run
    start = trajectory.separation + 100
    at = {int(step): state for step, state in zip(trajectory.step, states, strict=True)}
    later = trajectory.step[trajectory.step > start][::20]
    assert_follows_gradient_descent(
        lambda n: at[start + n],
        lambda state: state + ETA * naive_gradient(v, state),
        at[start],
        [int(step) - start for step in later],
        rtol=1e-10,
    )


def test_flow_agrees_with_every_step_executed(run):
    population, bias, trajectory, states, _ = run
    exact = train(population, ETA, HORIZON, bias, every_step=True)
    assert trajectory.flow_from > 0
    assert exact.flow_from == -1
    error = np.linalg.norm(states_of(exact, bias) - states, axis=1)[1:] / np.linalg.norm(states, axis=1)[1:]
    assert error.max() <= 1e-10


@pytest.mark.parametrize(
    ("population", "bias", "horizon"),
    [(Population(0, 0, 16, 10, 10, 2, 1), False, 300_000), (Population(0, 0, 16, 40, 40), True, 200_000)],
)
def test_flow_agrees_with_every_step_between_the_long_steps_of_a_tiny_problem(population, bias, horizon):
    # So few rows let the solver take steps over dozens of snapshots; without a limit these are wrong by 4e-10.
    flowed, exact = (train(population, 0.5, horizon, bias, every_step=every) for every in (False, True))
    assert 0 < flowed.flow_from < horizon / 10
    assert exact.flow_from == -1
    error = np.linalg.norm(flowed.w - exact.w, axis=1)[1:] / np.linalg.norm(exact.w, axis=1)[1:]
    assert error.max() <= 1e-10


def test_separation_is_the_first_step_after_the_last_negative_margin(run):
    _, _, trajectory, states, v = run
    smallest = (v @ states[:1001].T).min(axis=0)
    assert smallest[trajectory.separation - 1] <= 0
    assert (smallest[trajectory.separation :] > 0).all()


def test_certificate_and_repetition(run):
    population, bias, trajectory, states, _ = run
    assert 0 < trajectory.left_out < 1e-12
    again = train(population, ETA, HORIZON, bias)
    assert states_of(again, bias).tobytes() == states.tobytes()
    assert again.left_out == trajectory.left_out


def test_a_run_that_separates_late_is_certified_too():
    # Separated after 1e3 to 1e4 steps: which of them it is depends on roundoff.
    late = train(Population(0, 2, 64, 1000, 1000, 15, 15), ETA, HORIZON)
    assert late.separation > 300
    assert 0 < late.left_out < 1e-12


def test_a_bias_that_is_not_learned_stays_zero():
    population, _ = RUNS["no bias"]
    assert not train(population, ETA, 50, bias=False).b.any()


def test_speculative_blocks_return_only_certified_gradients():
    population = Population(0, 3, 64, 4000, 4000)
    v = design(population, True)
    states, rows, _ = stream_two_steps(population, ETA, True)
    state, cut = states[-1], 0
    for _ in range(6):
        # With a look-ahead of under one deviation rows beyond the prefix do come near.
        descents = rows.block(state, ETA, 8, spread=0.7)
        cut += len(descents) < 8
        for descent in descents or rows.block(state, ETA, 1, spread=8.0):
            full = naive_gradient(v, state)
            np.testing.assert_allclose(descent.direction, full, atol=1e-12 * np.linalg.norm(full), rtol=0)
            state = state + ETA * descent.direction
    assert cut > 0


def test_rows_that_are_not_resident_are_certified_or_refused(monkeypatch):
    population = RUNS["balanced"][0]
    everything = train(population, ETA, 2000)
    monkeypatch.setattr(resident, "RESIDENT_BYTES", 4 * 64 * 800)
    fewer = train(population, ETA, 2000)
    assert fewer.w.tobytes() == everything.w.tobytes()
    monkeypatch.setattr(resident, "RESIDENT_BYTES", 4 * 64 * 20)
    with pytest.raises(NotResidentError, match="kept in memory"):
        train(population, ETA, 2000)


def test_flipping_all_labels_flips_the_gradient_of_the_bias_alone():
    population = Population(0, 3, 32, 700, 300)
    states, rows, _ = stream_two_steps(population, ETA, True)
    flipped = ResidentRows(rows.z, rows.p, -rows.y, rows.radius, rows.bias)
    mirrored = states[2] * np.append(np.ones(32), -1)
    ours, theirs = rows.gradient(states[2], 1000).direction, flipped.gradient(mirrored, 1000).direction
    np.testing.assert_allclose(theirs, ours * np.append(np.ones(32), -1), rtol=1e-12)


def test_a_run_that_stays_chaotic_is_refused_or_executed_to_a_short_horizon():
    population = RUNS["balanced"][0]
    separation = train(population, ETA, 2000).separation
    with pytest.raises(NotSeparatedError, match="allow more of them, or set the horizon to 3"):
        train(population, ETA, 2000, max_chaotic=3)
    short = train(population, ETA, 4)
    assert separation > 4
    assert short.separation == -1
    assert list(short.step) == [0, 1, 2, 3, 4]


def test_the_time_one_map_of_the_flow_is_a_step_to_fourth_order():
    v = np.random.default_rng(0).normal(size=(6, 4))
    alpha = np.random.default_rng(1).uniform(0, 0.1, 6)

    def error(eta):
        dual = SeparatedRows(v @ v.T, np.linspace(-1, 2, 6), eta)
        flowed = solve_ivp(lambda _, a: dual.flow_rate(a), (0, 1), alpha, rtol=1e-12, atol=1e-15).y[:, -1]
        return np.linalg.norm(flowed - dual.step(alpha))

    orders = [np.log2(error(eta) / error(eta / 2)) for eta in (0.04, 0.02)]
    assert np.allclose(orders, 4, atol=0.2)


def test_the_flow_refuses_steps_that_are_large_against_the_curvature():
    dual = SeparatedRows(np.array([[100.0]]), np.array([0.5]), ETA)
    with pytest.raises(NotContractingError):
        dual.flow(np.zeros(1), 10, np.array([20, 40]))


def test_a_flow_that_is_too_stiff_ends(monkeypatch):
    """Two rows pull against each other a thousand times as strongly as forward: late, t eta lambda_max is 1e6."""
    rows = np.array([[1.0, 1e3], [1.0, -1e3]])
    dual = SeparatedRows(rows @ rows.T, np.full(2, 25.0), ETA)
    assert dual.is_smooth(np.zeros(2))
    monkeypatch.setattr(separated, "MOST_RATES", 5000)
    assert dual.flow(np.zeros(2), 10, np.array([10**6])).shape == (1, 2)
    with pytest.raises(
        NotContractingError, match=r"^the flow from step 10 is too stiff to be followed to step 1000000"
    ):
        dual.flow(np.zeros(2), 10, np.array([10**15]))


def test_a_run_that_does_not_settle_is_refused(monkeypatch):
    population = RUNS["balanced"][0]
    separation = train(population, ETA, 1000).separation
    monkeypatch.setattr(logistic_highdim, "EXECUTABLE", 100)
    with pytest.raises(NotSettledError, match="still large against the curvature at step"):
        train(population, ETA, 4000)
    assert train(population, ETA, separation + 90).flow_from == -1


def test_rows_none_of_which_pushes_are_refused():
    with pytest.raises(
        NotCertifiedError, match="every margin is above 96 at separation, step 8, so that nothing pushes"
    ):
        train(Population(20260131, 0, 16, 20, 20), 1000.0, 2000)


def test_a_pull_that_underflows_is_smooth():
    dual = SeparatedRows(np.eye(3), np.full(3, 800.0), ETA)
    assert dual.is_smooth(np.zeros(3))
    assert not dual.flow(np.zeros(3), 10, np.array([20, 40])).any()


def test_a_full_prefix_is_proven_at_its_own_state():
    """Its second row is just out of reach by the bound, but not by a margin in float32 less the worst rounding."""
    across, p = np.array([1.0, -1.0, 1.0, -1.0]), np.array([5e-5, 1e-4])
    z = (p[:, None] / 2 + np.outer([-1, 1], across)).astype(np.float32)
    rows = ResidentRows(z, p, np.ones(2), 2.0, False)
    state = (resident.CUTOFF + 4 + 1e-9) / p[1] / 2 - across
    assert rows.reach(state[None], resident.CUTOFF) == 1
    assert rows.margins(state[None], 1, 2) < resident.CUTOFF
    assert len(rows.block(state, 1e17, 2, spread=1e9)) == 1


def test_a_certificate_that_fails_stops_the_run(monkeypatch):
    monkeypatch.setattr(logistic_highdim, "TOLERANCE", 1e-30)
    with pytest.raises(NotCertifiedError):
        train(Population(0, 0, 32, 100, 100), ETA, 50)


@pytest.mark.parametrize("bad", [{"eta": 0.0}, {"eta": -1.0}, {"horizon": 1}])
def test_bad_arguments_are_refused(bad):
    with pytest.raises(ValueError, match="eta"):
        train(Population(0, 0, 32, 10, 10), **({"eta": ETA, "horizon": 10} | bad))

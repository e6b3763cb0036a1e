"""Runs on the mean loss: every run of an experiment on its own points, and one line where descent is not smooth."""

import numpy as np
import pytest
from checks import assert_follows_gradient_descent
from grokking.logistic.model import gradient_step
from grokking.logistic.trajectory import read_trajectories
from grokking.planar.data import Design, draw_design, read_points
from grokking.planar.flows import FlowExperiment, train_flows
from grokking.results.files import read_parquet
from grokking.results.jobs import StageError, read_as
from grokking.steps import flow_steps

DESIGN = {"name": "d", "datasets": ["d-30-10", "d-20-20"], "support": [[30, 10], [20, 20]], "n_pos": 60, "n_neg": 50}
DESIGN |= {"planting": "full", "u_limit": 1.0, "gamma": 1e-3, "gap": 0.0, "margin_points": 0, "mirrored": False}
DESIGN |= {"alpha": 10.0, "n_test": 20, "perturbation": 0.0, "n_seeds": 2}
RUN = {"eta": 0.5, "bias": True, "b_0": 0.0, "horizon": 20_000, "n_seeds": 2}
RUNS = [
    RUN | {"run": "a", "dataset": "d-30-10"},
    RUN | {"run": "b", "dataset": "d-20-20", "horizon": 1500, "n_seeds": 1},
    RUN | {"run": "c", "dataset": "d-20-20", "b_0": -1.0},
    RUN | {"run": "d", "dataset": "d-20-20", "b_0": -1.0, "bias": False},
]


def trained(folder, runs, **changes):
    draw_design(read_as(Design, DESIGN | changes), 1, folder / "data")
    experiment = read_as(FlowExperiment, {"name": "e", "runs": runs})
    train_flows(experiment, 1, [folder / "data"], folder / "trajectory", folder / "certificate")
    return read_points([folder / "data"]), read_trajectories([folder / "trajectory"])


def test_every_run_of_an_experiment_is_gradient_descent_on_the_mean_loss_of_its_points(tmp_path):
    points, found = trained(tmp_path, RUNS)
    assert [*found] == [("a", 0), ("a", 1), ("b", 0), ("c", 0), ("c", 1), ("d", 0), ("d", 1)]
    for run in RUNS:
        seed = run["n_seeds"] - 1
        train, (steps, w, b) = points[run["dataset"], seed]["train"], found[run["run"], seed]
        np.testing.assert_array_equal(steps, flow_steps(run["horizon"]))
        states = dict(zip(steps.tolist(), np.column_stack([w, b]), strict=True))

        def step(state, train=train, run=run):
            w, b = gradient_step(state[:2], state[2], train.x, train.y, eta=run["eta"] / 110, bias=run["bias"])
            return np.array([*w, b])

        assert_follows_gradient_descent(states.get, step, np.array([0, 0, run["b_0"]]), states, rtol=1e-9)


def test_weights_of_support_vectors_count(tmp_path):
    weighted = {"planting": "weighted", "margin_points": 10, "support": [[80.0, 0.5], [20, 20]]}
    points, found = trained(tmp_path, RUNS[:1], **weighted)
    train, (steps, w, b) = points["d-30-10", 1]["train"], found["a", 1]
    state = np.zeros(3)
    signed = train.y[:, None] * np.column_stack([train.x, np.ones(110)])
    for _ in range(2000):
        state = state + 0.5 / 110 * (train.weight / (1 + np.exp(signed @ state))) @ signed
    last = np.flatnonzero(steps <= 2000)[-1]
    assert steps[last] == 1995
    at_2000 = [np.interp(np.log(2000), np.log(steps), values) for values in (*w.T, b)]
    np.testing.assert_allclose(at_2000, state, rtol=1e-3)


def test_every_seed_has_its_sharpness(tmp_path):
    trained(tmp_path, RUNS)
    rows = read_parquet(tmp_path / "certificate").to_pylist()
    assert [(row["run"], row["seed"]) for row in rows[:3]] == [("a", 0), ("a", 1), ("b", 0)]
    assert all(row["quantity"] == "largest_sharpness" and 0 < row["value"] < 2 for row in rows)


def test_a_run_that_is_not_smooth_is_refused_by_run_seed_and_key(tmp_path):
    fast = RUN | {"run": "fast", "dataset": "d-30-10", "eta": 110.0}
    with pytest.raises(
        StageError, match=r"^fast, seed 0: eta: 110.0 is not allowed with reduction mean; expected a sm"
    ):
        trained(tmp_path, [fast])
    assert not (tmp_path / "trajectory").exists()


@pytest.mark.parametrize("horizon", [10, 999, 10**7, 3 * 10**10, 10**17])
def test_steps_of_flows_are_40_a_decade_whatever_the_horizon(horizon):
    steps = flow_steps(horizon)
    assert steps[0] == 1
    assert steps[-1] == horizon
    assert np.all(np.diff(steps) > 0)
    assert {10**k for k in range(int(np.log10(horizon)) + 1)} <= set(steps.tolist())
    np.testing.assert_array_equal(steps[:-1], flow_steps(10**18)[: len(steps) - 1])
    late = np.log10(steps[(steps >= 1000) & (steps < horizon)])
    assert np.allclose(np.diff(late), 1 / 40, atol=1e-3)

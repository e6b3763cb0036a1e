"""One small configuration from training to tables, against direct counts."""

from dataclasses import replace

import numpy as np
import pytest
from grokking.highdim.accuracy import saved_models, standard_test_set
from grokking.highdim.attack import attack_accuracies
from grokking.highdim.run import EvaluationRun, evaluate, numbers, series, summary_table, time_table
from grokking.highdim.training import TrainingRun, trajectories
from grokking.logistic.attacks import Attack
from grokking.results.files import read_parquet, write_arrays

SAMPLED = {"run": "small", "d": 128, "n_pos": 60, "n_neg": 60, "s_pos": 0, "s_neg": 0, "gamma": 1e-3, "n_seeds": 2}
TRAINING = TrainingRun(**SAMPLED, eta=1e-2, bias=True, horizon=1500, max_chaotic=500)
RUN = EvaluationRun(**SAMPLED, alpha=10.0, n_test=400, n_snapshots=40, horizon=1500, eps=(0.0, 0.05))


def standard(seed):
    return standard_test_set(1, seed, RUN.d, RUN.n_test, RUN.gamma)


@pytest.fixture(scope="module")
def trajectory():
    return trajectories(TRAINING, root=1)


@pytest.fixture(scope="module")
def found(trajectory):
    return series(RUN, 1, trajectory, seed=1)


def test_a_run_without_a_bias_has_none():
    trajectory = trajectories(replace(TRAINING, n_seeds=1, bias=False), root=1)
    steps, found = series(RUN, 1, trajectory, 0)
    assert (found["bias", "train"] == 0).all()
    assert "distance_rate" not in summary_table(RUN, 0, trajectory, steps, found)["quantity"].to_pylist()


def test_snapshots_are_pairs_without_the_start(trajectory):
    steps, w, b = saved_models(trajectory, 0, RUN.n_snapshots)
    assert steps[0] == 1
    assert steps[-1] == RUN.horizon
    assert len(steps) <= RUN.n_snapshots
    assert w.shape == (len(steps), RUN.d)
    assert b.shape == (len(steps),)
    assert all(step + 1 in steps or step - 1 in steps for step in steps)


def test_accuracies_are_those_of_a_direct_count(trajectory, found):
    steps, values = found
    _, w, b = saved_models(trajectory, 1, RUN.n_snapshots)
    for split, points in (("train", RUN.training_set(1, 1)), ("standard", standard(1))):
        z = np.concatenate([chunk.z for chunk in points.chunks()]).astype(float)
        y = np.concatenate([chunk.y for chunk in points.chunks()])
        expected = (z @ w.T + y[:, None] * b > 0).mean(axis=0)
        np.testing.assert_allclose(values["accuracy", split], expected, atol=1e-12)
    assert all(len(series) == len(steps) for series in values.values())


def test_test_points_are_not_training_points():
    train, test = (next(points.chunks()).z for points in (RUN.training_set(1, 0), standard(0)))
    assert not np.isin(train[:, 0], test[:, 0]).any()


def test_times_hold_crossings_separation_and_flow(trajectory, found):
    rows = time_table(RUN, 1, trajectory, *found).to_pandas().set_index("quantity")
    assert len(rows) == 3 * 2 * len(RUN.eps) + 2
    assert rows.loc["t_separation", "step"] == trajectory["separation"][1]
    assert rows.loc["t_separation", "resolution"] == 0
    assert rows.loc["t_flow", "censored"] == (trajectory["flow_from"][1] < 0)
    accuracy = found[1]["accuracy", "train"]
    first = rows.loc["T_tr"].query("eps == 0")["step"].item()
    assert first == found[0][np.argmax(accuracy == accuracy.max())]


def test_a_separation_beyond_the_horizon_is_null(trajectory, found):
    unseparated = trajectory | {"separation": np.array([-1, -1])}
    rows = time_table(RUN, 1, unseparated, *found).to_pandas().set_index("quantity")
    assert rows["step"].isna()["t_separation"]
    assert rows["censored"]["t_separation"]


def test_summary_numbers_mean_what_they_say(trajectory, found):
    steps, values = found
    found = {name: value for name, (value, _) in numbers(RUN, 1, trajectory, steps, values).items()}
    accuracy, predicted = values["accuracy", "concentrated"], values["accuracy_from_angle", "concentrated"]
    trained = np.argmax(values["accuracy", "train"] == values["accuracy", "train"].max())
    assert found["late_rise"] == accuracy[-1] - accuracy[trained]
    assert found["bias_cost"] == predicted[-1] - accuracy[-1]
    assert found["angle_error"] == np.abs(accuracy - predicted)[steps >= 100].max()
    assert found["omitted_gradient"] <= 1e-12


def test_an_attack_that_cannot_move_leaves_the_accuracy(trajectory):
    _, w, b = saved_models(trajectory, 0, RUN.n_snapshots)
    points = standard(0)
    attacked = attack_accuracies(points.chunks(), w, b, Attack(1e-30, 1e-30, 20))
    z, y = (np.concatenate([getattr(chunk, name) for chunk in points.chunks()]) for name in ("z", "y"))
    np.testing.assert_allclose(attacked["adversarial_exact"], (z.astype(float) @ w.T + y[:, None] * b > 0).mean(axis=0))


def test_evaluation_writes_three_tables_of_all_seeds(trajectory, found, tmp_path):
    write_arrays(trajectory, tmp_path / "trajectory.npz")
    files = {name: tmp_path / f"{name}.parquet" for name in ("curves", "times", "summary")}
    evaluate(RUN, 1, trajectory=tmp_path / "trajectory.npz", **files)
    curves = read_parquet(files["curves"]).to_pandas()
    assert curves.groupby("seed").size().to_dict() == {seed: len(found[0]) * len(found[1]) for seed in range(2)}
    chosen = curves.query("seed == 1 and quantity == 'accuracy' and split == 'standard'")
    np.testing.assert_array_equal(chosen["value"], found[1]["accuracy", "standard"])
    assert read_parquet(files["times"]).to_pandas()["seed"].nunique() == 2
    assert "omitted_gradient" in read_parquet(files["summary"])["quantity"].to_pylist()

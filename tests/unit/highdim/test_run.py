"""The runs on one small data set from training to tables, against direct counts."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from called import arguments
from grokking.flow.trainer import train as train_by_mean
from grokking.highdim import accuracy
from grokking.highdim.accuracy import standard_test_set
from grokking.highdim.run import EvaluatedRun, Evaluation, evaluate, numbers, read_snapshots, series, time_table
from grokking.highdim.training import TrainingRun, trajectories
from grokking.results.files import read_parquet, write_arrays

SAMPLED = {"d": 128, "n_pos": 60, "n_neg": 60, "s_pos": 0, "s_neg": 0, "gamma": 1e-3}
TRAINING = TrainingRun("small", **SAMPLED, n_seeds=2, eta=1e-2, bias=True, horizon=1500, max_chaotic=500)
ATTACK = {"attack_eps": 1.0, "attack_step": 0.25, "attack_n_steps": 20}
SUM = EvaluatedRun("small", "sum", True, 1500, 40, (0.0, 0.05), **ATTACK)
MEAN = replace(SUM, run="mean", reduction="mean", n_snapshots=38)
FREE = replace(MEAN, run="free", bias=False, attack_n_steps=0)
RUN = Evaluation("data", **SAMPLED, alpha=10.0, n_test=400, runs=(MEAN, SUM, FREE))
SEED = 1


@pytest.fixture(scope="module")
def trajectory():
    return trajectories(TRAINING, root=1)


@pytest.fixture(scope="module")
def by_mean():
    return train_by_mean(RUN.training_set(1, SEED), TRAINING.eta, TRAINING.horizon, biases=(True, False))


@pytest.fixture(scope="module")
def files(trajectory, by_mean, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    write_arrays(trajectory, folder / "sum.npz")
    theta = np.stack([one.theta for one in by_mean])
    names = np.array(["mean", "free"])
    write_arrays(
        {"run": names, "theta": theta, "horizon": np.array(1500), "t0": np.array(by_mean[0].t0)}, folder / "m.npz"
    )
    return [folder / "m.npz", folder / "sum.npz"]


@pytest.fixture(scope="module")
def snapshots(files):
    return read_snapshots(RUN.runs, SEED, files)


@pytest.fixture(scope="module")
def found(snapshots):
    return series(RUN, 1, SEED, snapshots)


def standard():
    return standard_test_set(1, SEED, RUN.d, RUN.n_test, RUN.gamma)


def test_snapshots_of_the_sum_loss_are_stored_pairs_without_the_start(trajectory, snapshots):
    steps = snapshots[1].steps
    assert steps[0] == 1
    assert steps[-1] == SUM.horizon
    assert len(steps) <= SUM.n_snapshots
    assert all(step + 1 in steps or step - 1 in steps for step in steps)
    np.testing.assert_array_equal(snapshots[1].w, trajectory["w"][SEED, np.isin(trajectory["step"], steps)])


def test_snapshots_of_the_mean_loss_are_read_off_the_nodes(by_mean, snapshots):
    for one, trained in ((snapshots[0], by_mean[0]), (snapshots[2], by_mean[1])):
        assert {1, 10, 100, 1500} <= set(one.steps)
        w, b = trained.at(one.steps)
        np.testing.assert_allclose(one.w, w, rtol=1e-12)
        np.testing.assert_array_equal(one.b, b)
    assert not snapshots[2].b.any()


def test_accuracies_are_those_of_a_direct_count(snapshots, found):
    for one, values in zip(snapshots, found, strict=True):
        for split, points in (("train", RUN.training_set(1, SEED)), ("standard", standard())):
            z = np.concatenate([chunk.z for chunk in points.chunks()]).astype(float)
            y = np.concatenate([chunk.y for chunk in points.chunks()])
            expected = (z @ one.w.T + y[:, None] * one.b > 0).mean(axis=0)
            np.testing.assert_allclose(values["accuracy", split], expected, atol=1e-12)
        assert all(len(series) == len(one.steps) for series in values.values())


def test_runs_that_are_attacked_say_so_on_the_standard_points(found):
    names = [{name for name, split in values if name.startswith(("adversarial", "masked"))} for values in found]
    assert len(names[0]) == 7
    assert names[0] == names[1]
    assert names[2] == set()


def test_the_norm_and_the_angle_are_those_of_the_weights(snapshots, found):
    w, values = snapshots[1].w, found[1]
    np.testing.assert_allclose(values["norm", "train"], np.linalg.norm(w, axis=1))
    along = w.sum(axis=1) / np.sqrt(RUN.d)
    np.testing.assert_allclose(np.cos(values["angle", "train"]), along / values["norm", "train"])


def test_too_narrow_a_spread_is_seen(snapshots, found, monkeypatch):
    monkeypatch.setattr(accuracy, "SPREAD", 0.5)
    assert (series(RUN, 1, SEED, snapshots)[0]["accuracy", "train"] != found[0]["accuracy", "train"]).any()


def test_test_points_are_not_training_points():
    train, test = (
        next(points.chunks()).z for points in (RUN.training_set(1, 0), standard_test_set(1, 0, 128, 400, 1e-3))
    )
    assert not np.isin(train[:, 0], test[:, 0]).any()


def times(run, snapshots, values):
    return time_table(run, SEED, snapshots, values).to_pandas().set_index("quantity")


def test_times_hold_crossings_separation_and_flow(trajectory, snapshots, found):
    rows = times(SUM, snapshots[1], found[1])
    assert len(rows) == 3 * 2 * len(SUM.eps) + 2 + 1 + 3
    assert rows.loc["t_separation", "step"] == trajectory["separation"][SEED]
    assert rows.loc["t_separation", "resolution"] == 0
    assert rows.loc["t_flow", "censored"] == (trajectory["flow_from"][SEED] < 0)
    accuracy = found[1]["accuracy", "train"]
    first = rows.loc["T_tr"].query("eps == 0")["step"].item()
    assert first == snapshots[1].steps[np.argmax(accuracy == accuracy.max())]


def test_the_peak_is_looked_for_from_step_20_and_where_a_bias_is_learned(snapshots, found):
    rows = times(MEAN, snapshots[0], found[0])
    steps, distance = snapshots[0].steps, found[0]["bias_distance", "train"]
    assert rows.loc["t_peak", "step"] == steps[steps >= 20][np.argmax(distance[steps >= 20])]
    assert "t_separation" not in rows.index
    assert "t_peak" not in times(FREE, snapshots[2], found[2]).index


def test_masking_sets_in_where_pgd_leaves_more_points_right_than_the_exact_attack(snapshots, found):
    rows, steps = times(MEAN, snapshots[0], found[0]), snapshots[0].steps
    for name in ("float32", "bfloat16"):
        masks = found[0][f"adversarial_pgd_{name}", "standard"] - found[0]["adversarial_exact", "standard"] > 0.005
        row = rows.loc[f"t_attack_{name}"]
        assert row["censored"] == (not masks.any())
        if masks.any():
            assert row["step"] == steps[np.argmax(masks)]
    assert rows.loc["t_attack_float64", "censored"]


def test_a_separation_beyond_the_horizon_is_null(snapshots, found):
    unseparated = replace(snapshots[1], exact={"t_separation": -1, "t_flow": -1})
    rows = times(SUM, unseparated, found[1])
    assert rows["step"].isna()["t_separation"]
    assert rows["censored"]["t_separation"]


def test_summary_numbers_mean_what_they_say(snapshots, found):
    steps, values = snapshots[1].steps, found[1]
    found = {name: value for name, (value, _) in numbers(SUM, snapshots[1], values).items()}
    accuracy, predicted = values["accuracy", "concentrated"], values["accuracy_from_angle", "concentrated"]
    trained = np.argmax(values["accuracy", "train"] == values["accuracy", "train"].max())
    assert found["late_rise"] == accuracy[-1] - accuracy[trained]
    assert found["bias_cost"] == predicted[-1] - accuracy[-1]
    assert found["angle_error"] == np.abs(accuracy - predicted)[steps >= 100].max()
    assert found["omitted_gradient"] <= 1e-12


def test_evaluation_writes_three_tables_of_all_runs(files, snapshots, found, tmp_path):
    out = {name: tmp_path / f"{name}.parquet" for name in ("curves", "times", "summary")}
    given = out | {"trajectories": list(files)}
    evaluate.main(None, arguments(tmp_path, given, run=asdict(RUN), seed=1, replicate=SEED))
    curves = read_parquet(out["curves"]).to_pandas()
    sizes = {run.run: len(one.steps) * len(values) for run, one, values in zip(RUN.runs, snapshots, found, strict=True)}
    assert curves.groupby("run").size().to_dict() == sizes
    assert set(curves["seed"]) == {SEED}
    chosen = curves.query("run == 'free' and quantity == 'accuracy' and split == 'standard'")
    np.testing.assert_array_equal(chosen["value"], found[2]["accuracy", "standard"])
    assert set(read_parquet(out["times"])["run"].to_pylist()) == set(sizes)
    assert "omitted_gradient" in read_parquet(out["summary"])["quantity"].to_pylist()

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from checks import assert_follows_gradient_descent
from experiments import datasets_of
from grokking.logistic.model import gradient_step
from grokking.logistic.trajectory import trajectory_table
from grokking.planar.data import as_table, draw, points
from grokking.planar.descent import train
from grokking.planar.training import train_run
from grokking.results.files import write_parquet

DATASET = {
    "name": "small",
    "n_pos": 60,
    "n_neg": 50,
    "planting": "full",
    "s_pos": 30,
    "s_neg": 10,
    "u_limit": 1.0,
    "gamma": 1e-3,
    "alpha": 10.0,
    "n_test": 20,
    "perturbation": 0.0,
    "n_seeds": 2,
}
CONFIGURED = datasets_of(yaml.safe_load(Path("config.yaml").read_text()), "planar")
RUN = {"run": "small", "eta": 1e-2, "bias": True, "horizon": 60_000, "n_seeds": 2}


def table(**changes):
    dataset = DATASET | changes
    parts = [as_table(seed, *item) for seed in range(2) for item in draw(dataset, 1, seed).items()]
    return pa.concat_tables(parts)


def test_points_survive_the_table():
    drawn = draw(DATASET, 1, 1)
    for split, expected in drawn.items():
        found = points(table(), 1, split)
        np.testing.assert_array_equal(found.x, expected.x)
        np.testing.assert_array_equal(found.y, expected.y)
        np.testing.assert_array_equal(found.planted, expected.planted)
    assert drawn["train"].planted.sum() == DATASET["s_pos"] + DATASET["s_neg"]


def test_replicates_are_independent_draws_without_perturbation_and_one_draw_with_it():
    independent, perturbed = table(), table(perturbation=1e-15)
    assert not np.allclose(points(independent, 0, "train").x, points(independent, 1, "train").x)
    one, other = points(perturbed, 0, "train"), points(perturbed, 1, "train")
    np.testing.assert_allclose(one.x, points(independent, 0, "train").x, rtol=1e-13)
    np.testing.assert_allclose(one.x, other.x, rtol=1e-13)
    assert not np.array_equal(one.x, other.x)
    np.testing.assert_array_equal(points(perturbed, 1, "standard").x, points(independent, 0, "standard").x)


def test_a_run_is_gradient_descent_on_its_table(tmp_path):
    run = RUN | {"horizon": 60}
    rows = trajectory_table(train_run(run, table(), 1, tmp_path / "c", 60.0)).to_pandas()
    for seed in range(2):
        train = points(table(), seed, "train")
        w, b = np.zeros(2), 0.0
        for _ in range(60):
            w, b = gradient_step(w, b, train.x, train.y, eta=RUN["eta"])
        last = rows.query("seed == @seed and step == 60").iloc[0]
        np.testing.assert_allclose([last["w_1"], last["w_2"], last["b"]], [*w, b], rtol=1e-9)


@pytest.mark.parametrize("dataset", CONFIGURED.values(), ids=CONFIGURED)
def test_every_data_set_of_the_pipeline_follows_gradient_descent(dataset):
    """For 100 steps, after which the chaotic ones have forgotten their last digits."""
    drawn = draw(dataset, 20260131, 0)["train"]
    trajectory = train([(drawn.x, drawn.y.astype(float))], eta=1e-2, horizon=100)

    def step(state):
        w, b = gradient_step(state[:2], state[2], drawn.x, drawn.y, eta=1e-2)
        return np.array([*w, b])

    def snapshot(t):
        return np.array([*trajectory.w[t - 1, 0], trajectory.b[t - 1, 0]])

    assert_follows_gradient_descent(snapshot, step, np.zeros(3), range(1, 101), rtol=1e-9)


def command(folder: Path, run: dict) -> list[str]:
    outputs = [f"--{name}={folder / name}" for name in ("trajectory", "certificate", "provenance")]
    given = [f"--run={json.dumps(run)}", "--seed=1", f"--data={folder / 'data'}", f"--checkpoint={folder / 'state'}"]
    return [sys.executable, "scripts/train_logistic.py", *given, "--save-every=0", *outputs]


def finish(folder: Path, run: dict = RUN) -> bytes:
    subprocess.run(command(folder, run), check=True, capture_output=True)
    return (folder / "trajectory").read_bytes() + (folder / "certificate").read_bytes()


def kill_midway(folder: Path, run: dict, after: float) -> None:
    """Start training and kill it `after` seconds past its first checkpoint."""
    job = subprocess.Popen(command(folder, run), stderr=subprocess.DEVNULL)
    while not (folder / "state").exists():
        assert job.poll() is None
        time.sleep(0.002)
    time.sleep(after)
    os.kill(job.pid, signal.SIGKILL)
    job.wait()
    assert not (folder / "trajectory").exists()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> bytes:
    folder = tmp_path_factory.mktemp("undisturbed")
    write_parquet(table(), folder / "data")
    return finish(folder)


def test_a_killed_job_ends_with_the_same_bytes(tmp_path, undisturbed):
    write_parquet(table(), tmp_path / "data")
    for after in np.random.default_rng().uniform(0, 0.2, 2):
        kill_midway(tmp_path, RUN, after)
    with np.load(tmp_path / "state") as state:
        assert 0 < state["step"] < RUN["horizon"]
    done = subprocess.run(command(tmp_path, RUN), check=True, capture_output=True, text=True)
    assert "goes on from step" in done.stderr
    assert (tmp_path / "trajectory").read_bytes() + (tmp_path / "certificate").read_bytes() == undisturbed
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("change", [{"eta": 5e-3}, {"bias": False}, {"horizon": 60_001}])
def test_a_checkpoint_of_other_parameters_is_ignored(tmp_path, undisturbed, change):
    write_parquet(table(), tmp_path / "data")
    kill_midway(tmp_path, RUN | change, 0.0)
    assert finish(tmp_path) == undisturbed


def test_a_checkpoint_of_other_points_is_ignored(tmp_path, undisturbed):
    write_parquet(table(s_neg=11), tmp_path / "data")
    kill_midway(tmp_path, RUN, 0.0)
    write_parquet(table(), tmp_path / "data")
    assert finish(tmp_path) == undisturbed


def test_the_certificate_is_written_for_every_seed(tmp_path):
    write_parquet(table(), tmp_path / "data")
    finish(tmp_path, RUN | {"horizon": 1000})
    rows = pq.read_table(tmp_path / "certificate").to_pandas()
    assert list(rows["seed"]) == [0, 1]
    assert (rows["value"] <= 1e-15).all()

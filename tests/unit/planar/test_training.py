import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import yaml
from called import arguments
from checks import assert_follows_gradient_descent
from experiments import designs_of, runs_of
from grokking.logistic.model import gradient_step
from grokking.planar import trainer, training
from grokking.planar.data import Design, draw, draw_design, read_points
from grokking.planar.trainer import train
from grokking.planar.training import TrainingRun, train_run
from grokking.results.files import read_parquet
from grokking.results.jobs import StageError, read_as
from samples import execute_to

LAW = {"planting": "equispaced", "u_limit": 1.0, "gamma": 1e-3, "alpha": 10.0, "n_test": 20, "perturbation": 0.0}
LAW |= {"gap": 0.0, "margin_points": 0, "mirrored": False}
SMALL = LAW | {"name": "small", "n_pos": 60, "n_neg": 50, "support": [[30, 10]], "n_seeds": 2}
CHAOTIC = LAW | {"name": "chaotic", "n_pos": 1000, "n_neg": 1000, "planting": "full", "support": [[600, 100]]}
CHAOTIC |= {"n_seeds": 1}
MIXED = CHAOTIC | {"name": "mixed", "support": [[560, 140]], "n_seeds": 3}
"""Of its three seeds two settle, one does not."""
CONFIG = yaml.safe_load(Path("config.yaml").read_text())
SUMMED = {run["dataset"] for run in runs_of(CONFIG, "planar") if run["reduction"] == "sum"}
CONFIGURED = designs_of(CONFIG, "planar", SUMMED)
RUN = {"run": "small", "dataset": "d", "eta": 1e-2, "bias": True, "horizon": 60_000, "n_seeds": 2}
LONG = RUN | {"run": "mixed", "n_seeds": 3, "horizon": 25_000}


def drawn(folder: Path, design: dict) -> Path:
    draw_design(read_as(Design, design | {"datasets": ["d"]}), 0, folder / "data")
    return folder / "data"


def stage(folder: Path, run: dict, save_every: float = 60.0) -> None:
    files = ("data", "state", "trajectory", "certificate")
    data, state, *outputs = (folder / name for name in files)
    train_run(read_as(TrainingRun, run), 0, data, state, save_every, *outputs)


@pytest.mark.parametrize("design", CONFIGURED.values(), ids=CONFIGURED)
def test_every_design_of_the_summed_loss_follows_gradient_descent(design):
    """For 100 steps, after which the chaotic ones have forgotten their last digits."""
    sets = [one for _, split, one in draw(read_as(Design, design), 20260131, 0) if split == "train"]
    trajectory = execute_to([(one.x, one.y.astype(float)) for one in sets], eta=1e-2, horizon=100)

    def step(state, one):
        w, b = gradient_step(state[:2], state[2], one.x, one.y, eta=1e-2)
        return np.array([*w, b])

    for replicate, one in enumerate(sets):
        snapshots = np.column_stack([trajectory.w[:, replicate], trajectory.b[:, replicate]])
        descend = partial(step, one=one)
        assert_follows_gradient_descent(lambda t: snapshots[t - 1], descend, np.zeros(3), range(1, 101), rtol=1e-9)  # noqa: B023


def test_every_seed_is_trained_on_its_own_points(tmp_path):
    found = read_points([drawn(tmp_path, SMALL)])
    stage(tmp_path, RUN)
    sets = [found["d", seed]["train"] for seed in range(2)]
    expected = train([(one.x, one.y) for one in sets], eta=1e-2, horizon=60_000)
    rows = read_parquet(tmp_path / "trajectory").to_pandas()
    for seed in range(2):
        one = rows[rows["seed"] == seed]
        np.testing.assert_array_equal(one["step"], expected.steps)
        np.testing.assert_array_equal(one[["w_1", "w_2"]], expected.w[:, seed])
        np.testing.assert_array_equal(one["b"], expected.b[:, seed])
    assert list(rows.columns) == ["run", "seed", "step", "w_1", "w_2", "b"]
    assert set(rows["run"]) == {"small"}
    assert not (tmp_path / "state").exists()


def test_the_certificate_says_of_every_seed_what_was_left_out_and_from_where_it_is_followed(tmp_path):
    drawn(tmp_path, SMALL)
    for horizon, flow_from in ((20_000, 10_235), (1000, None)):
        stage(tmp_path, RUN | {"horizon": horizon})
        rows = read_parquet(tmp_path / "certificate").to_pylist()
        assert [(row["seed"], row["quantity"]) for row in rows] == [
            (seed, name) for seed in range(2) for name in ("omitted_gradient", "flow_from")
        ]
        assert [row["value"] for row in rows[1::2]] == [flow_from] * 2
        assert all(row["value"] <= 1e-15 for row in rows[::2])


LINE = (
    r"^far, seed 0: horizon: 1000000000000 is not allowed with reduction sum; expected at most 100000000, as it has "
    r"not settled by step 10240: "
)


def test_a_run_that_can_be_neither_followed_nor_executed_ends_with_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(trainer, "LAST_ATTEMPT", 10**4)
    drawn(tmp_path, CHAOTIC)
    run = RUN | {"run": "far", "horizon": 10**12, "n_seeds": 1}
    with pytest.raises(StageError, match=LINE):
        stage(tmp_path, run)
    files = {name: tmp_path / name for name in ("data", "checkpoint", "trajectory", "certificate")}
    with pytest.raises(SystemExit, match=LINE):
        train_run.main("", arguments(tmp_path, files, run=run, seed=0, save_every=60))
    assert not (tmp_path / "trajectory").exists()


def command(folder: Path, run: dict) -> list[str]:
    files = {name: folder / name for name in ("data", "trajectory", "certificate", "provenance")}
    given = arguments(folder, files | {"checkpoint": folder / "state"}, run=run, seed=0, save_every=0)
    return [sys.executable, "scripts/train_planar.py", *given]


def written(folder: Path) -> bytes:
    return (folder / "trajectory").read_bytes() + (folder / "certificate").read_bytes()


def finish(folder: Path, run: dict) -> bytes:
    stage(folder, run)
    return written(folder)


def leave_checkpoint(folder: Path, run: dict, monkeypatch) -> None:
    """Train until a checkpoint is there, and no further."""

    def report(state):
        if (folder / "state").exists():
            raise InterruptedError

    with monkeypatch.context() as patched:
        patched.setattr(training, "_reporter", lambda *_: report)
        with pytest.raises(InterruptedError):
            stage(folder, run, save_every=0.0)
    assert (folder / "state").exists()


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
    drawn(folder, MIXED)
    done = finish(folder, LONG)
    rows = read_parquet(folder / "certificate").to_pylist()
    assert [row["value"] for row in rows if row["quantity"] == "flow_from"] == [10_235, None, 10_235]
    return done


def test_a_killed_job_ends_with_the_same_bytes(tmp_path, undisturbed):
    drawn(tmp_path, MIXED)
    for after in np.random.default_rng().uniform(0, 0.2, 2):
        kill_midway(tmp_path, LONG, after)
    with np.load(tmp_path / "state") as state:
        assert 0 < state["step"] < LONG["horizon"]
    done = subprocess.run(command(tmp_path, LONG), check=True, capture_output=True, text=True)
    assert "goes on from step" in done.stderr
    assert written(tmp_path) == undisturbed
    assert not (tmp_path / "state").exists()


@pytest.fixture(scope="module")
def of_small(tmp_path_factory) -> bytes:
    folder = tmp_path_factory.mktemp("small")
    drawn(folder, SMALL)
    return finish(folder, RUN)


@pytest.mark.parametrize("change", [{"eta": 5e-3}, {"bias": False}, {"horizon": 70_000}])
def test_a_checkpoint_of_other_parameters_is_ignored(tmp_path, of_small, change, monkeypatch):
    drawn(tmp_path, SMALL)
    leave_checkpoint(tmp_path, RUN | change, monkeypatch)
    assert finish(tmp_path, RUN) == of_small


def test_a_checkpoint_of_other_points_is_ignored(tmp_path, of_small, monkeypatch):
    drawn(tmp_path, SMALL | {"support": [[30, 11]]})
    leave_checkpoint(tmp_path, RUN, monkeypatch)
    drawn(tmp_path, SMALL)
    assert finish(tmp_path, RUN) == of_small

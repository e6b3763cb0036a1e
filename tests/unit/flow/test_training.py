"""The training stage by mean loss: checkpoints, certificates, and one line where a run cannot be followed."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from called import arguments
from grokking.flow import trainer, training
from grokking.flow.training import TrainingRun, train_run
from grokking.highdim.data import Population
from grokking.results.files import read_arrays, read_parquet

RUN = TrainingRun(
    run="stream",
    runs=("with", "without"),
    bias=(True, False),
    d=16,
    n_pos=150,
    n_neg=150,
    s_pos=0,
    s_neg=0,
    gamma=1e-3,
    eta=1e-2,
    horizon=1000,
)


class KilledError(Exception):
    """Stands for the signal that ends a job."""


def places(folder):
    return {name: folder / name for name in ("checkpoint", "trajectory", "certificate")}


def test_all_runs_of_a_replicate_are_written_with_their_certificates(tmp_path):
    train_run(RUN, 3, 2, **places(tmp_path))
    assert not (tmp_path / "checkpoint").exists()
    stored = read_arrays(tmp_path / "trajectory")
    assert stored["run"].tolist() == ["with", "without"]
    expected = trainer.train(Population(3, 2, 16, 150, 150), 1e-2, 1000, (True, False))
    for theta, one in zip(stored["theta"], expected, strict=True):
        np.testing.assert_array_equal(theta, one.theta)
    rows = read_parquet(tmp_path / "certificate").to_pandas()
    assert rows["run"].tolist() == ["with"] * 2 + ["without"] * 2
    assert set(rows["seed"]) == {2}
    corrections = rows[rows["quantity"] == "correction"]["value"]
    assert (corrections > 0).all()
    assert (corrections < 1e-6).all()


@pytest.mark.parametrize("done", [1, 3])
def test_a_killed_job_goes_on_to_the_same_bytes(tmp_path, monkeypatch, done):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    train_run(RUN, 3, 2, **places(whole))
    save = training._save

    def save_and_die(file, digest, progress):
        save(file, digest, progress)
        if len(progress.updates) == done:
            raise KilledError

    passes = []
    with monkeypatch.context() as patched:
        patched.setattr(training, "_save", save_and_die)
        with pytest.raises(KilledError):
            train_run(RUN, 3, 2, **places(killed))
    assert sorted(path.name for path in killed.iterdir()) == ["checkpoint"]
    monkeypatch.setattr(training, "_save", lambda *given: passes.append(save(*given)))
    train_run(RUN, 3, 2, **places(killed))
    total = read_parquet(whole / "certificate").to_pandas().query("quantity == 'passes'")["value"].iloc[0]
    assert len(passes) == total - done
    for name in ("trajectory", "certificate"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()


@pytest.mark.parametrize("changed", [{"seed": 4}, {"replicate": 1}, {"run": replace(RUN, gamma=2e-3)}])
def test_a_checkpoint_of_another_job_is_left_aside(tmp_path, monkeypatch, changed):
    given = {"run": RUN, "seed": 3, "replicate": 2}
    save, resumed = training._save, []

    def save_and_die(file, digest, progress):
        save(file, digest, progress)
        raise KilledError

    monkeypatch.setattr(training, "_save", save_and_die)
    with pytest.raises(KilledError):
        train_run(**given, **places(tmp_path))
    monkeypatch.setattr(training, "_save", save)
    monkeypatch.setattr(training, "train", lambda *_, progress, **__: resumed.append(progress) or [])
    monkeypatch.setattr(training, "_arrays", lambda *_: {})
    monkeypatch.setattr(training, "certificate_table", lambda *_: read_nothing())
    train_run(**given | changed, **places(tmp_path))
    assert resumed == [None]


def read_nothing():
    return training.bound_rows("with", 0, [("correction", 0.0, "")])


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"eta": 0.1}, r"stream, seed 0: eta must lie in \(0, 0.05\].*"),
        ({"horizon": 10**7}, "stream, seed 0: horizon: 10000000 is .* as the certificate asks for a correction of .*"),
    ],
)
def test_a_run_that_cannot_be_followed_is_one_line(tmp_path, monkeypatch, change, line):
    monkeypatch.setattr(trainer, "LIMIT", 1e-30)
    run = {**asdict(RUN), **change}
    with pytest.raises(SystemExit, match=line):
        train_run.main(None, arguments(tmp_path, places(tmp_path), run=run, seed=1, replicate=0))
    assert not (tmp_path / "trajectory").exists()

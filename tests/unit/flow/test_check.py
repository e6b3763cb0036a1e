"""The check of the trainer by mean loss: it passes what is right, and refuses what is not with one line."""

from dataclasses import replace

import pytest
from grokking.flow import check
from grokking.flow.check import CheckedRun, check_mean
from grokking.results.files import read_parquet
from grokking.results.jobs import StageError

RUN = CheckedRun("small", d=16, n_pos=120, n_neg=80, gamma=1e-3, eta=1e-2, horizon=2000, degree=48)


def test_a_right_run_passes(tmp_path):
    check_mean(RUN, 1, tmp_path / "rows")
    rows = read_parquet(tmp_path / "rows").to_pandas()
    assert rows["run"].tolist() == ["small"]
    assert (rows["max_error"] > 0).all()
    assert (rows["max_error"] < check.TOLERANCE).all()
    assert set(rows["last_step"]) == {2000}


def test_a_wrong_run_is_refused(tmp_path, monkeypatch):
    train = check.train

    def off(*given, **named):
        return [replace(one, theta=one.theta * (1 + 1e-8)) for one in train(*given, **named)]

    monkeypatch.setattr(check, "train", off)
    expected = r"small, seed 0: \(w, b\) differs from plain gradient descent's by 1e-08 at step \d+: expected at most"
    with pytest.raises(StageError, match=expected):
        check_mean(RUN, 1, tmp_path / "rows")
    assert not (tmp_path / "rows").exists()

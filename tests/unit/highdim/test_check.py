"""The check in high dimension: it passes what is right, and refuses what is not with one line."""

from dataclasses import asdict

import numpy as np
import pytest
from called import arguments
from grokking.highdim import resident
from grokking.highdim.check import check, compared, full_gradients
from grokking.highdim.training import trajectories
from grokking.logistic.comparison import violation
from grokking.results.files import read_parquet, write_arrays
from grokking.results.jobs import StageError
from samples import HIGHDIM as RUN


@pytest.fixture(scope="module")
def wide():
    return trajectories(RUN, 1)


def lines(rows):
    return [line for line in map(violation, rows) if line]


def test_a_right_run_in_high_dimension_passes(wide):
    gradient, everywhere, last = compared(RUN, 1, 30_000, wide)
    assert lines([gradient, everywhere, last]) == []
    assert 0 < gradient["max_error"] < 1e-12
    assert everywhere["first_step"] > wide["flow_from"][0] > 0
    assert last["first_step"] == last["last_step"] == 30_000


def test_steps_are_executed_to_where_they_are_asked_for(wide):
    _, everywhere, last = compared(RUN, 1, 20_000, wide)
    assert wide["flow_from"][0] < everywhere["first_step"] < everywhere["last_step"] == last["last_step"]
    assert 19_000 < last["last_step"] < 20_000  # the last snapshot of the longer run that is executed
    assert last["max_error"] < last["tolerance"]


def test_full_gradients_are_sums_over_all_points(wide):
    population = RUN.training_set(1, 0)
    state = np.append(wide["w"][0, 500], wide["b"][0, 500])
    chunks = list(population.chunks())
    v = np.concatenate([np.column_stack([chunk.z.astype(float), chunk.y]) for chunk in chunks])
    expected = (1 / (1 + np.exp(v @ state))) @ v
    np.testing.assert_allclose(full_gradients(population, state[None])[0], expected, rtol=0, atol=1e-11)


def test_wrong_runs_in_high_dimension_are_refused(wide):
    late = wide["w"].copy()
    late[0, -1] *= 1 + 1e-8
    rows = list(compared(RUN, 1, 30_000, wide | {"w": late}))
    expected = "wide, seed 0: w differs from plain gradient descent's by 1e-08 at step 30000: expected at most 1e-10"
    assert lines(rows) == [expected]
    early = wide["w"].copy()
    early[0, 300] *= 1 + 1e-15
    with pytest.raises(StageError, match="not the stored ones"):
        list(compared(RUN, 1, 30_000, wide | {"w": early}))
    with pytest.raises(StageError, match="rows push"):
        list(compared(RUN, 1, 30_000, wide | {"n_core": wide["n_core"] + 1}))


def test_a_gradient_over_too_few_rows_is_seen(wide, monkeypatch):
    monkeypatch.setattr(resident, "CUTOFF", 10.0)
    gradient = next(compared(RUN, 1, 30_000, wide))
    assert violation(gradient).startswith("wide, seed 0: gradient differs")


def test_the_stage_writes_the_rows_of_a_right_run_and_ends_with_one_line_on_a_wrong_one(wide, tmp_path):
    files = {name: str(tmp_path / name) for name in ("trajectory", "out")}
    write_arrays(wide, files["trajectory"])
    check(RUN, 1, 30_000, **files)
    assert read_parquet(files["out"])["quantity"].to_pylist() == ["gradient", "w", "w"]
    late = wide["w"].copy()
    late[0, -1] *= 1 + 1e-8
    write_arrays(wide | {"w": late}, files["trajectory"])
    with pytest.raises(SystemExit, match=r"^wide, seed 0: w differs from plain gradient descent's by 1e-08"):
        check.main(None, arguments(tmp_path, files, run=asdict(RUN), seed=1, executed_to=30000))

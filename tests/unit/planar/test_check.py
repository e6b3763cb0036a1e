"""The check against plain gradient descent: it passes what is right, and refuses what is not with one line."""

import numpy as np
import pyarrow as pa
import pytest
from grokking.logistic.comparison import violation
from grokking.logistic.model import gradient_step
from grokking.logistic.trajectory import trajectory_table
from grokking.planar import check as brute_force
from grokking.planar.check import CheckRun, check, compared, descend, flow_starts
from grokking.planar.data import Drawn, as_table, draw, points
from grokking.planar.run import Replicate, read_replicate
from grokking.planar.trainer import train
from grokking.planar.training import certificate_table
from grokking.results.files import read_parquet, write_parquet
from grokking.results.jobs import StageError, read_as

LAW = {"s_pos": 30, "s_neg": 10, "gamma": 1e-3, "alpha": 10.0}
RUN = LAW | {"run": "small", "eta": 1e-2, "bias": True, "horizon": 20_000, "n_seeds": 2, "eps": [0.0, 0.05]}
RUN = read_as(CheckRun, RUN | {"executed_to": 20_000})
DATASET = LAW | {"name": "d", "n_pos": 60, "n_neg": 60, "planting": "equispaced", "u_limit": 1.0, "n_test": 40}
DATASET = read_as(Drawn, DATASET | {"perturbation": 0.0, "n_seeds": 2})


@pytest.fixture(scope="module")
def trained():
    """Data, trajectory and certificate of a contracting run of two seeds, followed after half of its steps."""
    data = pa.concat_tables([as_table(seed, *item) for seed in range(2) for item in draw(DATASET, 1, seed).items()])
    sets = [points(data, seed, "train") for seed in range(2)]
    trajectory = train([(one.x, one.y) for one in sets], eta=1e-2, horizon=20_000)
    return data, trajectory_table(trajectory), certificate_table("small", trajectory)


@pytest.fixture
def found(trained):
    return read_replicate(*trained[:2], 0)


def moved(found, chosen, by=1e-6):
    w = found.w.copy()
    w[chosen(found.steps)] += by
    return Replicate(found.splits, found.steps, w, found.b)


def lines(rows):
    return [line for line in map(violation, rows) if line]


def test_naive_descent_is_one_step_after_the_other(found):
    train = found.splits["train"]
    for bias in (True, False):
        start, steps = np.array([0.3, -0.1, 0.2 * bias]), np.array([5, 6, 30])
        (w, b), done = (start[:2], start[2]), descend(train, start, 4, steps, eta=1e-2, bias=bias, name="")
        for step in range(5, 31):
            w, b = gradient_step(w, b, train.x, train.y, eta=1e-2, bias=bias)
            if step in steps:
                np.testing.assert_allclose(done[np.searchsorted(steps, step)], [*w, b], rtol=1e-12)


def test_the_stage_compares_every_seed_span_by_span(trained, tmp_path):
    for name, table in zip(("data", "trajectory", "certificate"), trained, strict=True):
        write_parquet(table, tmp_path / name)
    files = [tmp_path / name for name in ("data", "trajectory", "certificate", "out")]
    check(RUN, *files)
    rows = read_parquet(tmp_path / "out").to_pylist()
    assert [(row["seed"], row["last_step"]) for row in rows] == [(0, 100), (0, 1000), (0, 20_000), (1, 100), (1, 1000)]
    assert max(row["max_error"] for row in rows if row["last_step"] <= 1000) < 1e-12
    whole = rows[2]
    assert 0 < whole["max_error"] < 1e-9
    assert whole["n_times"] == whole["n_times_equal"] == 3 * 2 * 2 + 3 + 1 + 2 * 2
    assert whole["n_snapshots"] == np.count_nonzero(trained[1]["seed"].to_numpy() == 0)
    assert {row["tolerance"] for row in rows if row["last_step"] != 1000} == {1e-9}
    (tmp_path / "out").unlink()
    write_parquet(trained[1].set_column(4, "b", [trained[1]["b"].to_numpy() + 1e-6]), tmp_path / "trajectory")
    with pytest.raises(StageError, match=r"^small, seed 0: \(w, b\) differs from plain .* expected at most 1e-09$"):
        check(RUN, *files)
    assert not (tmp_path / "out").exists()


def test_a_long_run_is_compared_as_far_as_it_is_executed(found):
    short = read_as(CheckRun, vars(RUN) | {"executed_to": 11_000})
    whole = list(compared(short, 0, found, 10_235))[2]
    assert whole["last_step"] == found.steps[found.steps <= 11_000][-1]
    assert whole["n_times"] == whole["n_times_equal"]


def test_a_run_that_does_not_settle_is_judged_over_its_first_steps_alone(found, monkeypatch):
    monkeypatch.setattr(brute_force, "UNSTABLE", -1.0)
    rows = list(compared(RUN, 0, moved(found, lambda steps: steps > 100, 1e-2), None))
    assert [(row["last_step"], row["contracting"]) for row in rows] == [(100, False), (1000, False)]
    assert rows[1]["max_error"] > 1e-6
    assert lines(rows) == []


def test_a_cycle_is_executed_from_where_its_flow_begins(found, monkeypatch):
    """Steps between the first thousand and the flow, on which chaos may have left its mark, are not judged."""
    monkeypatch.setattr(brute_force, "UNSTABLE", -1.0)
    other = moved(found, lambda steps: (steps > 2000) & (steps < 10_235))
    whole = list(compared(RUN, 0, other, 10_235))[2]
    assert lines([whole]) == []
    assert (whole["first_step"], whole["last_step"], whole["contracting"]) == (10_254, 20_000, False)
    refused = lines(compared(RUN, 0, moved(found, lambda steps: steps > 15_000), 10_235))
    assert len(refused) == 1


def test_flow_starts_are_those_of_the_certificate(trained):
    certificate = trained[2].to_pandas()
    assert flow_starts(trained[2]) == {0: 10_235, 1: 10_235}
    certificate.loc[(certificate["seed"] == 1) & (certificate["quantity"] == "flow_from"), "value"] = np.nan
    assert flow_starts(pa.Table.from_pandas(certificate, preserve_index=False)) == {0: 10_235, 1: None}


@pytest.mark.parametrize("step", [50, 19_999])
def test_a_wrong_snapshot_is_refused_with_its_place(found, step):
    refused = lines(compared(RUN, 0, moved(found, lambda steps: steps == step), 10_235))
    assert refused
    assert all(line.endswith(f"at step {step}: expected at most 1e-09") for line in refused)


def test_a_wrong_time_is_refused(found, monkeypatch):
    """The boundary is swept across the concentrated points for a while: their last crossing is another."""
    monkeypatch.setattr(brute_force, "TOLERANCE", np.inf)
    b = found.b + 100 * ((found.steps > 12_000) & (found.steps < 14_000))
    refused = lines(compared(RUN, 0, Replicate(found.splits, found.steps, found.w, b), 10_235))
    assert len(refused) == 1
    assert refused[0].endswith("times are those of plain gradient descent")

"""The check against plain gradient descent: it passes what is right, and refuses what is not with one line."""

import numpy as np
import pyarrow as pa
import pytest
from grokking.logistic.comparison import violation
from grokking.logistic.model import gradient_step
from grokking.logistic.trajectory import trajectory_table
from grokking.planar import check as brute_force
from grokking.planar.check import CheckedExperiment, CheckRun, check, compared, descend, flow_starts
from grokking.planar.data import Dataset, Design, draw_design, read_points
from grokking.planar.flows import FlowRun, certificate_tables, followed
from grokking.planar.run import Replicate
from grokking.planar.trainer import train
from grokking.planar.training import certificate_table
from grokking.results.files import read_parquet, write_parquet
from grokking.results.jobs import StageError, read_as

LAW = {"n_pos": 60, "n_neg": 60, "planting": "equispaced", "gap": 0.0, "margin_points": 0, "mirrored": False}
LAW |= {"gamma": 1e-3, "alpha": 10.0}
RUN = LAW | {"run": "small", "dataset": "d", "reduction": "sum", "eta": 1e-2, "bias": True, "b_0": 0.0, "n_seeds": 2}
RUN |= {"s_pos": 30, "s_neg": 10, "horizon": 20_000, "eps": [0.0, 0.05], "attack_n_steps": 0}
RUN = read_as(CheckRun, RUN | {"executed_to": 20_000})
DESIGN = LAW | {"name": "d", "datasets": ["d"], "support": [[30, 10]], "u_limit": 1.0, "n_test": 40, "n_seeds": 2}
DESIGN = read_as(Design, DESIGN | {"perturbation": 0.0})
SMALL = CheckedExperiment("small", (RUN,))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Folder with data, trajectory and certificate of a contracting run of two seeds, followed after half its steps."""
    folder = tmp_path_factory.mktemp("checked")
    draw_design(DESIGN, 1, folder / "data")
    sets = [read_points([folder / "data"])["d", seed]["train"] for seed in range(2)]
    found = train([(one.x, one.y) for one in sets], eta=1e-2, horizon=20_000)
    write_parquet(trajectory_table("small", found.steps, found.w, found.b), folder / "trajectory")
    write_parquet(certificate_table("small", found), folder / "certificate")
    return folder, found


@pytest.fixture
def found(trained):
    folder, run = trained
    return Replicate(read_points([folder / "data"])["d", 0], run.steps, run.w[:, 0], run.b[:, 0])


def moved(found, chosen, by=1e-6):
    w = found.w.copy()
    w[chosen(found.steps)] += by
    return Replicate(found.splits, found.steps, w, found.b)


def lines(rows):
    return [line for line in map(violation, rows) if line]


def test_naive_descent_is_one_step_after_the_other(found):
    train = found.splits["train"]
    for bias in (True, False):
        start, steps = np.array([0.3, -0.1, 0.2]), np.array([5, 6, 30])
        (w, b), done = (start[:2], start[2]), descend(train, start, 4, steps, step_size=1e-2, bias=bias, name="")
        for step in range(5, 31):
            w, b = gradient_step(w, b, train.x, train.y, eta=1e-2, bias=bias)
            if step in steps:
                np.testing.assert_allclose(done[np.searchsorted(steps, step)], [*w, b], rtol=1e-12)


def test_a_point_of_weight_2_pulls_like_two(found):
    train = found.splits["train"]
    double = np.append(np.arange(120), 0)
    twice = Dataset(train.x[double], train.y[double], train.planted[double], train.weight[double])
    weighted = Dataset(train.x, train.y, train.planted, np.where(np.arange(120) == 0, 2.0, 1.0))
    states = [
        descend(one, np.zeros(3), 0, np.array([20]), step_size=1e-2, bias=True, name="") for one in (twice, weighted)
    ]
    np.testing.assert_allclose(*states, rtol=1e-12)


def test_the_stage_compares_every_seed_span_by_span(trained, tmp_path):
    files = [[trained[0] / name] for name in ("trajectory", "certificate")]
    check(SMALL, [trained[0] / "data"], *files, tmp_path / "out")
    rows = read_parquet(tmp_path / "out").to_pylist()
    assert [(row["seed"], row["last_step"]) for row in rows] == [(0, 100), (0, 1000), (0, 20_000), (1, 100), (1, 1000)]
    assert max(row["max_error"] for row in rows if row["last_step"] <= 1000) < 1e-12
    whole = rows[2]
    assert 0 < whole["max_error"] < 1e-9
    assert whole["n_times"] == whole["n_times_equal"] == 3 * 2 * 2 + 3 + 1 + 2 + 1 + 2
    assert whole["n_snapshots"] == len(trained[1].steps)
    assert {row["tolerance"] for row in rows if row["last_step"] != 1000} == {1e-9}
    (tmp_path / "out").unlink()
    table = read_parquet(*files[0])
    moved = table.set_column(table.column_names.index("b"), "b", [table["b"].to_numpy() + 1e-6])
    write_parquet(moved, tmp_path / "trajectory")
    with pytest.raises(StageError, match=r"^small, seed 0: \(w, b\) differs from plain .* expected at most 1e-09$"):
        check(SMALL, [trained[0] / "data"], [tmp_path / "trajectory"], files[1], tmp_path / "out")
    assert not (tmp_path / "out").exists()


MEAN = read_as(CheckRun, vars(RUN) | {"reduction": "mean", "eta": 1.0, "b_0": 0.5, "executed_to": 5000})


@pytest.mark.parametrize("bias", [True, False])
def test_on_the_mean_loss_the_first_seed_is_executed_from_the_start(trained, tmp_path, bias):
    points = read_points([trained[0] / "data"])
    run = read_as(CheckRun, vars(MEAN) | {"bias": bias})
    own = {name: getattr(run, name) for name in ("run", "dataset", "eta", "bias", "b_0", "horizon", "n_seeds")}
    sets = [points["d", seed]["train"] for seed in range(2)]
    flows = [followed(FlowRun(**own), seed, one.x, one.y, one.weight) for seed, one in enumerate(sets)]
    w, b = (np.stack([getattr(one, name) for one in flows], axis=1) for name in ("w", "b"))
    write_parquet(trajectory_table("small", flows[0].steps, w, b), tmp_path / "trajectory")
    write_parquet(pa.concat_tables(certificate_tables("small", flows)), tmp_path / "certificate")
    files = [[tmp_path / "trajectory"], [tmp_path / "certificate"], tmp_path / "out"]
    check(CheckedExperiment("small", (run,)), [trained[0] / "data"], *files)
    (row,) = read_parquet(tmp_path / "out").to_pylist()
    assert (row["first_step"], row["last_step"], row["seed"]) == (1, flows[0].steps[flows[0].steps <= 5000][-1], 0)
    assert 0 < row["max_error"] < 1e-9
    assert row["n_times"] == row["n_times_equal"]
    b[-50:] += 1e-7
    write_parquet(trajectory_table("small", flows[0].steps, w, b), tmp_path / "trajectory")
    with pytest.raises(StageError, match=r"^small, seed 0: \(w, b\) differs from plain"):
        check(CheckedExperiment("small", (run,)), [trained[0] / "data"], *files)


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
    table = read_parquet(trained[0] / "certificate")
    assert flow_starts([table]) == {("small", 0): 10_235, ("small", 1): 10_235}
    certificate = table.to_pandas()
    certificate.loc[(certificate["seed"] == 1) & (certificate["quantity"] == "flow_from"), "value"] = np.nan
    tables = [pa.Table.from_pandas(certificate, preserve_index=False)]
    assert flow_starts(tables) == {("small", 0): 10_235, ("small", 1): None}


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

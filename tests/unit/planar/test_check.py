"""The checks against plain gradient descent: they pass what is right, and refuse what is not with one line."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from grokking.logistic.comparison import violation
from grokking.logistic.model import gradient_step
from grokking.logistic.trajectory import trajectory_table
from grokking.planar import check as brute_force
from grokking.planar.data import as_table, draw, points
from grokking.planar.run import series, times_table
from grokking.planar.training import train_run
from grokking.results.rows import curve_rows

RUN = {"run": "small", "eta": 1e-2, "bias": True, "horizon": 10_000, "n_seeds": 2, "eps": [0.0, 0.05]}
DATA = {"n_pos": 60, "n_neg": 60, "planting": "equispaced", "s_pos": 30, "s_neg": 10, "u_limit": 1.0}
DATA |= {"gamma": 1e-3, "alpha": 10.0, "n_test": 40, "perturbation": 0.0}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Data, trajectory, series and times of a contracting run of two seeds."""
    data = pa.concat_tables([as_table(seed, *item) for seed in range(2) for item in draw(DATA, 1, seed).items()])
    trajectory = trajectory_table(train_run(RUN, data, 1, tmp_path_factory.mktemp("c") / "state", 60.0))
    found = [series(RUN, data, trajectory, seed) for seed in range(2)]
    curves = pa.concat_tables(curve_rows("small", seed, *one) for seed, one in enumerate(found))
    return data, trajectory, curves, pa.concat_tables(times_table(RUN, seed, *one) for seed, one in enumerate(found))


def edited(table, chosen, column, change):
    frame = table.to_pandas()
    frame.loc[frame.eval(chosen), column] = change(frame.loc[frame.eval(chosen), column])
    return pa.Table.from_pandas(frame, schema=table.schema, preserve_index=False)


def lines(rows):
    return [line for line in map(violation, rows) if line]


def test_naive_descent_is_one_step_after_the_other(trained):
    train = points(trained[0], 0, "train")
    for bias in (True, False):
        w, b, steps = np.zeros(2), 0.0, np.array([1, 2, 30])
        found = brute_force.descend(train.x, train.y, steps, eta=1e-2, bias=bias, name="")
        for step in range(1, 31):
            w, b = gradient_step(w, b, train.x, train.y, eta=1e-2, bias=bias)
            if step in steps:
                np.testing.assert_allclose(found[np.searchsorted(steps, step)], [*w, b], rtol=1e-12)


def test_a_right_run_is_compared_seed_by_seed_and_span_by_span(trained):
    rows = list(brute_force.compared(RUN, *trained))
    assert [(row["seed"], row["last_step"]) for row in rows] == [(0, 100), (0, 1000), (0, 10_000), (1, 100), (1, 1000)]
    assert lines(rows) == []
    assert max(row["max_error"] for row in rows) < 1e-12
    whole = rows[2]
    assert whole["n_times"] == whole["n_times_equal"] == 3 * 2 * 2 + 3
    assert whole["n_snapshots"] == np.count_nonzero(trained[1]["seed"].to_numpy() == 0)
    assert {row["tolerance"] for row in rows if row["last_step"] != 1000} == {1e-9}


def test_a_run_that_does_not_contract_is_judged_over_the_first_steps_alone(trained):
    data, trajectory, found, times = trained
    unstable = edited(found, "quantity == 'sharpness' and step == 10000 and seed == 0", "value", lambda v: 0 * v + 2.1)
    late = edited(trajectory, "step > 100", "w_1", lambda v: 1.01 * v)
    rows = list(brute_force.compared(RUN, data, late, unstable, times))
    assert [(row["seed"], row["last_step"], row["contracting"]) for row in rows] == [
        (0, 100, False),
        (0, 1000, False),
        (1, 100, True),
        (1, 1000, True),
    ]
    assert rows[1]["max_error"] > 1e-3
    assert lines(rows) == []


@pytest.mark.parametrize("step", [50, 9_999])
def test_a_wrong_snapshot_is_refused_with_its_place(trained, step):
    data, trajectory, *others = trained
    wrong = edited(trajectory, f"step == {step} and seed == 0", "w_2", lambda v: v + 1e-6)
    refused = lines(brute_force.compared(RUN, data, wrong, *others))
    assert refused
    assert all(line.startswith("small, seed 0: (w, b) differs from plain") for line in refused)
    assert all(line.endswith(f"at step {step}: expected at most 1e-09") for line in refused)


def test_a_wrong_time_is_refused(trained):
    *others, times = trained
    wrong = edited(times, "seed == 0 and quantity == 't_phase_3'", "step", lambda v: 2 * v)
    refused = lines(brute_force.compared(RUN, *others, wrong))
    assert refused == ["small, seed 0: 14 of 15 times are those of plain gradient descent"]


def test_the_committed_table_holds_every_run_to_its_tolerance():
    """The last `make verify`: two-dimensional runs, the contracting ones to their horizon, and one at d = 1024."""
    rows, runs = (pd.read_parquet(f"docs/tables/{name}.parquet") for name in ("brute_force", "runs"))
    planar = runs[(runs["model"] == "logistic") & runs["start"].isna()].set_index("run")
    assert set(rows["run"]) == set(planar.index) | {"highdim-plain"}
    judged = rows[rows["tolerance"].notna()]
    assert (judged["max_error"] <= judged["tolerance"]).all()
    whole = rows[(rows["model"] == "logistic") & (rows["last_step"] > brute_force.CHAOTIC)]
    assert set(whole["run"]) == set(rows.loc[rows["contracting"].eq(True) & rows["seed"].eq(0), "run"]) - {
        "highdim-plain"
    }
    assert (whole["last_step"] == planar["horizon"].loc[whole["run"]].to_numpy()).all()
    assert (whole["n_times"] == whole["n_times_equal"]).all()

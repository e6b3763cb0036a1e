import json
import subprocess
import sys
from functools import cache

import numpy as np
import pyarrow.parquet as pq
import pytest
from grokking.planar.delta_evaluation import read_replicate
from grokking.planar.delta_late import AGREEMENT, disagreements, extended
from grokking.planar.delta_sweep import (
    draw_design,
    replicates,
    rows_of,
    states_table,
    training_points,
    trajectory_table,
)
from grokking.planar.descent import train
from grokking.planar.late import UnstableError

DESIGN = {"n_pos": 100, "n_neg": 100, "planting": "equispaced", "u_limit": 1.0, "gamma": 1e-3, "alpha": 10.0}
DESIGN |= {"name": "d", "support": [[20, 20], [36, 4]], "n_test": 40, "n_seeds": 2}
RUNS = [{"run": "s-20-20", "s_pos": 20, "s_neg": 20}, {"run": "s-36-4", "s_pos": 36, "s_neg": 4}]
SWEEP = {"sweep": "s", "eta": 1e-2, "bias": True, "runs": RUNS, "n_seeds": 2, "horizon": 10**9}


@cache
def drawn():
    return draw_design(DESIGN, 1)


@cache
def executed(horizon, n_seeds=2):
    sweep = SWEEP | {"n_seeds": n_seeds}
    return trajectory_table(sweep, train(training_points(sweep, drawn()), eta=1e-2, horizon=horizon))


def test_points_and_snapshots_are_found_by_counts_and_seed():
    data, early = drawn(), executed(9000)
    for run, seed in replicates(SWEEP):
        rows = rows_of(data, run, seed).to_pandas()
        planted = rows[rows["planted"]]
        assert (planted["y"] > 0).sum() == run["s_pos"]
        assert (planted["y"] < 0).sum() == run["s_neg"]
        steps = rows_of(early, run, seed)["step"].to_numpy()
        assert np.all(np.diff(steps) > 0)
    assert len(replicates(SWEEP)) == 4


def test_every_replicate_is_extended_from_its_last_executed_step_to_the_horizon():
    found = list(extended(SWEEP, drawn(), executed(9000)))
    assert [(run["run"], seed) for run, seed, _ in found] == [(run["run"], seed) for run, seed in replicates(SWEEP)]
    for run, seed, late in found:
        last = rows_of(executed(9000), run, seed).to_pandas().iloc[-1]
        assert (late.steps[0], late.steps[-1]) == (9000, 10**9)
        assert late.w[0] == pytest.approx([last["w_1"], last["w_2"]])
        assert late.b[-1] == pytest.approx(np.log(run["s_pos"] / run["s_neg"]) / 2, rel=0.05, abs=0.01)


def test_a_replicate_is_read_as_one_trajectory():
    run, seed, late = next(extended(SWEEP, drawn(), executed(9000)))
    found = read_replicate(run, seed, drawn(), executed(9000), states_table(run, seed, late.steps, late.w, late.b))
    assert np.all(np.diff(found.steps) > 0)
    assert (found.steps[0], found.steps[-1]) == (1, 10**9)
    assert len(found.steps) == len(found.w) == len(found.b)
    assert found.b[-1] == late.b[-1]
    assert (len(found.train.y), len(found.concentrated.y)) == (200, 40)


def test_late_steps_agree_with_executed_ones():
    sweep = SWEEP | {"n_seeds": 1}
    rows = list(disagreements(sweep, drawn(), executed(9000), executed(15_000, 1)))
    assert [row["run"] for row in rows] == ["s-20-20", "s-20-20", "s-36-4", "s-36-4"]
    assert max(row["value"] for row in rows) <= AGREEMENT


def test_the_check_fails_loudly_and_leaves_no_table(tmp_path):
    sweep = SWEEP | {"n_seeds": 1}
    exact = executed(15_000, 1)
    wrong = exact.set_column(exact.column_names.index("b"), "b", [exact["b"].to_numpy() * (1 + 1e-3)])
    for name, table in {"data": drawn(), "early": executed(9000), "exact": wrong}.items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
    names = ("data", "early", "exact", "bounds")
    files = [part for name in names for part in (f"--{name}", str(tmp_path / f"{name}.parquet"))]
    command = [sys.executable, "scripts/check_delta.py", "--sweep", json.dumps(sweep), "--seed", "1"]
    command += [*files, "--provenance", str(tmp_path / "p.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "seed 0: late against executed (w, b), relative, at step 15000, is" in done.stderr
    assert not (tmp_path / "bounds.parquet").exists()


def test_a_planting_at_the_edge_of_stability_is_refused_by_name():
    design = DESIGN | {"n_pos": 1000, "n_neg": 1000, "planting": "full", "support": [[600, 100]], "n_seeds": 1}
    sweep = SWEEP | {"runs": [{"run": "s-600-100", "s_pos": 600, "s_neg": 100}], "n_seeds": 1}
    data = draw_design(design, 1)
    early = trajectory_table(sweep, train(training_points(sweep, data), eta=1e-2, horizon=1000))
    with pytest.raises(UnstableError, match=r"^s-600-100, seed 0: step \d+: .*two-step multiplier"):
        list(extended(sweep, data, early))

"""`verify`: plain gradient descent beside the finished quick run."""

import pyarrow.parquet as pq
import pytest


def test_verify_holds_logistic_runs_and_networks_to_plain_descent_and_is_no_part_of_all(project):
    runs = pq.read_table(project.folder / "results/quick/tables/runs.parquet").to_pandas()
    planar = set(runs.loc[runs["model"] == "logistic", "run"])
    project.snakemake("--cores", "2", "verify")
    rows = pq.read_table(project.folder / "results/quick/tables/brute_force.parquet").to_pandas()
    networks = {"figure4", "figure1-right"}
    assert set(rows["run"]) == planar | networks | {"highdim-plain-sum", "highdim-executed-mean"}
    judged = rows[rows["tolerance"].notna()]
    assert (judged["max_error"] <= judged["tolerance"]).all()
    assert set(rows["quantity"]) == {"(w, b)", "w", "gradient", "t1", "t2"}
    assert (rows["n_times"].dropna() == rows["n_times_equal"].dropna()).all()
    (project.folder / "results/quick/tables/brute_force.parquet").unlink()
    assert project.planned() == set()


@pytest.mark.parametrize("name", ["logistic-plain-sum", "logistic-plain-mean"])
def test_a_run_that_plain_descent_contradicts_stops_verify_with_one_line(project, name):
    project.edit("scripts/grokking/planar/check.py", "TOLERANCE = 1e-9", "TOLERANCE = -1.0")
    wanted = f"results/quick/planar/experiments/{name}/brute_force.parquet"
    assert "At least one job did not complete successfully" in project.snakemake("--cores", "1", wanted, check=False)
    log = (project.folder / f"results/quick/logs/check_planar/{name}.log").read_text()
    assert log.startswith(f"{name}, seed 0: (w, b) differs from plain gradient descent's by")
    assert len(log.splitlines()) == 1
    assert not (project.folder / wanted).exists()

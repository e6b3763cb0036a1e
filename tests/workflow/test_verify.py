"""`verify`: plain gradient descent beside the finished quick run."""

import pyarrow.parquet as pq
import pytest


@pytest.mark.long
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


def test_runs_that_plain_descent_contradicts_stop_verify_with_one_line_each(project):
    project.edit("scripts/grokking/planar/check.py", "TOLERANCE = 1e-9", "TOLERANCE = -1.0")
    names = ["logistic-plain-sum", "logistic-plain-mean"]
    wanted = [f"results/quick/planar/experiments/{name}/brute_force.parquet" for name in names]
    told = project.snakemake("--cores", "2", "--keep-going", *wanted, check=False)
    assert "At least one job did not complete successfully" in told
    for name in names:
        log = (project.folder / f"results/quick/logs/check_planar/{name}.log").read_text()
        assert log.startswith(f"{name}, seed 0: (w, b) differs from plain gradient descent's by")
        assert len(log.splitlines()) == 1
        assert not (project.folder / f"results/quick/planar/experiments/{name}/brute_force.parquet").exists()

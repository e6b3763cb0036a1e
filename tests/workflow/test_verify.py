"""`verify`: plain gradient descent beside the finished quick run."""

import pyarrow.parquet as pq


def test_verify_holds_every_logistic_run_to_plain_descent_and_is_no_part_of_all(project):
    runs = {path.name for path in (project.folder / "results/quick/planar/runs").iterdir()}
    project.snakemake("--cores", "2", "verify")
    rows = pq.read_table(project.folder / "results/quick/tables/brute_force.parquet").to_pandas()
    assert set(rows["run"]) == runs | {"highdim-plain-sum", "highdim-executed-mean"}
    judged = rows[rows["tolerance"].notna()]
    assert (judged["max_error"] <= judged["tolerance"]).all()
    assert set(rows["quantity"]) == {"(w, b)", "w", "gradient"}
    (project.folder / "results/quick/tables/brute_force.parquet").unlink()
    assert project.planned() == set()


def test_a_run_that_plain_descent_contradicts_stops_verify_with_one_line(project):
    project.edit("scripts/grokking/planar/check.py", "TOLERANCE = 1e-9", "TOLERANCE = -1.0")
    wanted = "results/quick/planar/runs/logistic-plain/brute_force.parquet"
    assert "At least one job did not complete successfully" in project.snakemake("--cores", "1", wanted, check=False)
    log = (project.folder / "results/quick/logs/check_planar/logistic-plain.log").read_text()
    assert log.startswith("logistic-plain, seed 0: (w, b) differs from plain gradient descent's by")
    assert len(log.splitlines()) == 1
    assert not (project.folder / wanted).exists()

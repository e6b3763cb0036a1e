"""Results say how they were made: changes are noticed and matches kept, whatever becomes of Snakemake's own records."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from checkout import Project, checkout
from test_faults import jobs_of
from test_reruns import trained

QUICK = "workflow/profiles/quick/quick.yaml"
ETA = ("    figure2:\n", "    figure2:\n      eta: 0.5\n")


def moved(project: Project, folder: Path, copy: Callable[[str, str], object]) -> Project:
    """Return a fresh checkout with the results of a project, copied in some way, and nothing else of it."""
    clone = checkout(folder)
    shutil.copytree(project.folder / "results", clone.folder / "results", copy_function=copy)
    return clone


def as_it_comes(source: str, target: str) -> None:
    """Copy as `cp -r` does, without the times, and give the file any time at all."""
    shutil.copy(source, target)
    last = hash(os.path.basename(source)) % 10**6
    os.utime(target, (10**9 + last, 10**9 + last))


def adopted(project: Project) -> str:
    """Do as `make adopt`; return what was printed."""
    project.forked("--dry-run", "--quiet", "all")
    command = [sys.executable, "scripts/adopt_results.py", "--results", "results/quick"]
    return subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=True).stdout


def records(project: Project) -> dict[str, dict]:
    """Return the records of the project's jobs by their first output."""
    folder = project.folder / "results/quick/recipes"
    found = {
        path.relative_to(folder).as_posix().removesuffix(".made.json"): path for path in folder.rglob("*.made.json")
    }
    return {name: json.loads(path.read_text()) for name, path in found.items()}


def test_every_result_has_one_record_and_all_digests_fit(finished):
    """The output that a recipe is named by is one of the job, or it could not be made again when that is due."""
    found = records(finished)
    results = finished.folder / "results/quick"
    assert all(name in record["outputs"] for name, record in found.items())
    written = [file for record in found.values() for file in record["outputs"]]
    assert len(written) == len(set(written))
    apart = ("recipes", "logs", "benchmarks", "experiments")
    there = {path.relative_to(results) for path in results.rglob("*") if path.is_file()}
    assert set(written) == {path.as_posix() for path in there if path.parts[0] not in apart}
    inputs = {file for record in found.values() for file in record["inputs"]}
    assert inputs - set(written) == set()


def test_a_recipe_has_all_code_that_a_job_loaded(finished):
    """What is imported at run time, a figure's module for one, is found by reading the sources."""
    found = records(finished)
    assert {"scripts/plot_figure.py", "scripts/figures/ridge_figure2.py", "scripts/figures/style.py"} <= set(
        found["figures/ridge_figure2.pdf"]["recipe"]["code"]
    )
    assert "scripts/figures/ridge_figure3.py" not in found["figures/ridge_figure2.pdf"]["recipe"]["code"]


CHANGES = [
    (QUICK, *ETA),
    (QUICK, "m: [50, 100]", "m: [40, 100]"),
    ("scripts/grokking/networks/check.py", "SEED = 0", "SEED = 1"),
]


def test_changes_rerun_the_same_jobs_without_snakemakes_records_and_with_a_clock_that_is_behind(linked):
    """A value of all runs of an experiment, a value of a sweep, and code; taken back, they are none."""
    for path, old, new in CHANGES:
        linked.edit(path, old, new)
    jobs = linked.planned()
    assert trained(jobs) == {"figure2", "figure4-m-40", "figure4"}
    shutil.rmtree(linked.folder / ".snakemake")
    later = time.time() + 10**6
    for path in [path for path in (linked.folder / "results").rglob("*") if path.is_file()]:
        replaced = path.with_name("replaced")  # the file itself is another project's too
        shutil.copy(path, replaced)
        os.utime(replaced, (later, later))
        replaced.replace(path)
    assert linked.planned() == jobs
    for path, old, new in CHANGES:
        linked.edit(path, new, old)
    assert linked.planned() == set()


def test_a_removed_experiment_is_noticed_without_snakemakes_records(linked):
    shutil.rmtree(linked.folder / ".snakemake")
    (linked.folder / "mine.yaml").write_text("beyond: {experiments: {loss-wide: null}}")
    jobs = linked.planned("--configfile", QUICK, "mine.yaml")
    assert {"Collect the tables of beyond", "Join the tables of all papers", "Plot beyond_losses"} <= jobs
    assert trained(jobs) == set()


def test_touching_results_vouches_for_nothing(copied):
    copied.edit(QUICK, *ETA)
    target = "results/quick/ridge/experiments/figure2/times.parquet"
    copied.forked("--cores", "1", "--touch", target)
    assert copied.planned(target) == {"Train ridge regression for figure2"}


def test_two_folders_with_one_folder_of_results_see_what_the_other_made(copied, tmp_path):
    """Both have records of Snakemake, each of what it made itself."""
    other = checkout(tmp_path / "other")
    shutil.copytree(copied.folder / ".snakemake", other.folder / ".snakemake")
    (other.folder / "results").symlink_to(copied.folder / "results")
    other.edit(QUICK, *ETA)
    target = "results/quick/ridge/experiments/figure2/times.parquet"
    other.snakemake("--cores", "1", target)
    assert copied.planned(target) == {"Train ridge regression for figure2"}


def test_results_of_an_earlier_release_are_made_anew(linked):
    recipes = linked.folder / "results/quick/recipes"
    jobs = len(records(linked))
    shutil.rmtree(recipes)
    shutil.rmtree(linked.folder / ".snakemake")
    assert len(linked.planned()) == jobs


def test_a_copy_with_its_times_is_up_to_date_in_a_fresh_clone_under_another_name(finished, tmp_path):
    clone = moved(finished, tmp_path / "clone", shutil.copy2)
    (clone.folder / "results").rename(clone.folder / "kept")
    assert clone.planned("--config", "results=kept/quick") == set()


def test_a_copy_without_its_times_is_adopted_but_for_what_is_damaged_or_made_otherwise(finished, tmp_path):
    clone = moved(finished, tmp_path / "clone", as_it_comes)
    results = clone.folder / "results/quick"
    damaged = results / "ridge/experiments/figure7/times.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    (results / "figures/beyond_noise.png").unlink()
    for trajectory in results.glob("planar/**/trajectory.parquet"):
        trajectory.unlink()  # nothing needs them any more
    clone.edit(QUICK, *ETA)
    told = adopted(clone)
    assert "ridge/experiments/figure7/curves.parquet: ridge/experiments/figure7/times.parquet is not as it was" in told
    assert "ridge/experiments/figure2/curves.parquet: other parameters (experiment)" in told
    assert "beyond_noise" not in told
    jobs = clone.planned()
    assert trained(jobs) == {"figure2", "figure7"}
    assert {"Plot beyond_noise", "Plot ridge_figure7", "Collect the tables of ridge"} <= jobs
    assert not [job for job in jobs if job.startswith(("Evaluate", "Attack", "Collect the tables of beyond"))]


def test_a_job_that_outlives_its_head_process_leaves_a_record(copied):
    """The head is killed while a job runs; when that has ended, a later change of its parameters is noticed."""
    copied.edit(QUICK, *ETA)
    target = "results/quick/ridge/experiments/figure2/times.parquet"
    run = copied.start("--cores", "1", target)
    while not jobs_of(copied):
        assert run.poll() is None
        time.sleep(0.02)
    run.kill()
    run.wait()
    while jobs_of(copied):
        time.sleep(0.05)
    made = records(copied)["ridge/experiments/figure2/curves.parquet"]["recipe"]["parameters"]["experiment"]
    assert {run["eta"] for run in made["runs"]} == {0.5}
    shutil.rmtree(copied.folder / ".snakemake")
    copied.edit(QUICK, *reversed(ETA))
    assert copied.planned(target) == {"Train ridge regression for figure2"}

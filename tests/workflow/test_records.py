"""Results say how they were made: changes are noticed and matches kept, whatever becomes of Snakemake's own records."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from checkout import Project, checkout, messages
from test_faults import jobs_of
from test_reruns import trained

QUICK = "workflow/profiles/quick/quick.yaml"
ETA = ("    figure2:\n", "    figure2:\n      eta: 0.5\n")


def forget(project: Project) -> Project:
    """Remove what Snakemake itself knows of how results were made."""
    shutil.rmtree(project.folder / ".snakemake")
    return project


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


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ((QUICK, *ETA), {"figure2"}),
        ((QUICK, "m: [50, 100]", "m: [40, 100]"), {"figure4-m-40"}),
        (("scripts/grokking/networks/check.py", "SEED = 0", "SEED = 1"), {"figure4"}),
    ],
    ids=["eta", "value of a sweep", "code"],
)
def test_without_snakemakes_records_a_change_reruns_the_same_jobs_as_with_them(linked, edit, expected):
    linked.edit(*edit)
    jobs = linked.planned()
    assert trained(jobs) == expected
    assert forget(linked).planned() == jobs


def test_a_removed_experiment_is_noticed_without_snakemakes_records(linked):
    (linked.folder / "mine.yaml").write_text("beyond: {experiments: {loss-wide: null}}")
    jobs = forget(linked).planned("--configfile", QUICK, "mine.yaml")
    assert {"Collect the tables of beyond", "Join the tables of all papers", "Plot beyond_losses"} <= jobs
    assert trained(jobs) == set()
    assert linked.planned() == set(), "and is there again when it comes back"


def test_a_change_that_is_taken_back_reruns_nothing(linked):
    forget(linked)
    linked.edit(QUICK, *ETA)
    assert trained(linked.planned()) == {"figure2"}
    linked.edit(QUICK, *reversed(ETA))
    assert linked.planned() == set()


def test_values_on_the_command_line_are_noticed(linked):
    jobs = linked.planned("--config", "seed=7")
    assert {job for job in jobs if job.startswith("Draw")}
    assert forget(linked).planned("--config", "seed=7") == jobs
    assert linked.planned() == set()


def test_touching_results_vouches_for_nothing(copied):
    copied.edit(QUICK, *ETA)
    target = "results/quick/ridge/experiments/figure2/times.parquet"
    copied.forked("--cores", "1", "--touch", target)
    assert copied.planned(target) == {"Train ridge regression for figure2"}


def test_a_clock_behind_hides_no_change(linked):
    """Results, recipes and all are from the future."""
    later = time.time() + 10**6
    for path in (linked.folder / "results").rglob("*"):
        content = path.read_bytes() if path.is_file() else None
        if content is not None:
            path.unlink()
            path.write_bytes(content)
            os.utime(path, (later, later))
    forget(linked).edit(QUICK, *ETA)
    assert trained(linked.planned()) == {"figure2"}


def test_two_folders_with_one_folder_of_results_see_what_the_other_made(copied, tmp_path):
    """Both have records of Snakemake, each of what it made itself."""
    other = checkout(tmp_path / "other")
    shutil.copytree(copied.folder / ".snakemake", other.folder / ".snakemake")
    (other.folder / "results").symlink_to(copied.folder / "results")
    assert other.planned() == set()
    other.edit(QUICK, *ETA)
    target = "results/quick/ridge/experiments/figure2/times.parquet"
    other.snakemake("--cores", "1", target)
    assert other.planned(target) == set()
    assert copied.planned(target) == {"Train ridge regression for figure2"}


def test_results_under_another_name_are_still_the_same(linked):
    (linked.folder / "results").rename(linked.folder / "kept")
    assert linked.planned("--config", "results=kept/quick") == set()


def test_results_of_an_earlier_release_are_made_anew(linked):
    shutil.rmtree(linked.folder / "results/quick/recipes")
    everything = messages(linked.forked("--dry-run", "--forceall"))
    assert forget(linked).planned() == everything


def test_a_copy_with_its_times_is_up_to_date_in_a_fresh_clone(finished, tmp_path):
    assert moved(finished, tmp_path / "clone", shutil.copy2).planned() == set()


def test_a_copy_without_its_times_is_adopted(finished, tmp_path):
    clone = moved(finished, tmp_path / "clone", as_it_comes)
    assert clone.planned()
    assert "are adopted" in (told := adopted(clone))
    assert "done again" not in told
    assert clone.planned() == set()


def test_of_a_copy_what_is_damaged_missing_or_made_otherwise_is_done_again(finished, tmp_path):
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
    jobs = clone.planned()
    assert trained(jobs) == {"figure2", "figure7"}
    assert {"Plot beyond_noise", "Plot ridge_figure7", "Collect the tables of ridge"} <= jobs
    assert "Collect the tables of beyond" not in jobs


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
    copied.forked("--unlock")
    assert records(copied)["ridge/experiments/figure2/curves.parquet"]["recipe"]["parameters"]["experiment"]["runs"][0][
        "eta"
    ] == pytest.approx(0.5)
    forget(copied)
    assert copied.planned(target) == set()
    copied.edit(QUICK, *reversed(ETA))
    assert copied.planned(target) == {"Train ridge regression for figure2"}

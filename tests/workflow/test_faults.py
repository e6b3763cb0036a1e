"""Kills, full disks and damaged files: after the recovery that the README describes, the tables are the same."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from checkout import Project, checkout, few, messages
from grokking.results.files import read_arrays, write_arrays

KILLS = 5


def jobs_of(project: Project) -> list[int]:
    """Return the process ids of the scripts that run in a project's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (
                process.joinpath("cwd").resolve() == project.folder
                and b"scripts/" in process.joinpath("cmdline").read_bytes()
            ):
                found.append(int(process.name))
        except OSError:  # the process ended while we looked
            continue
    return found


def every_table(project: Project) -> list[str]:
    """Return the targets of what is compared: the figures, which only take longer, are not made again."""
    return ["--", *(f"results/quick/{table}" for table in project.tables())]


def finish(project: Project, targets: list[str]) -> None:
    """Recover as the README says."""
    project.forked("--unlock")
    project.snakemake("--cores", "2", "--rerun-incomplete", *targets)


def start(project: Project, finished: int, *arguments: str) -> subprocess.Popen:
    """Start what is to be killed, and wait until so many of its jobs are finished and another one runs."""
    run = project.start("--cores", "2", "--rerun-incomplete", *arguments)
    while project.printed().count(" steps (") < finished or not jobs_of(project):
        assert run.poll() is None, "the run ended before it could be killed"
        time.sleep(0.05)
    return run


def kill_a_job(project: Project, run: subprocess.Popen) -> None:
    """Kill the first script that is seen to run; a fast one may be over before it is hit."""
    while run.poll() is None:
        for pid in jobs_of(project):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            return
    raise AssertionError("the run ended before one of its jobs could be killed")


def test_killing_snakemake_and_its_jobs_at_random_moments_loses_nothing(one_core, tmp_path_factory):
    project, moments = checkout(tmp_path_factory.mktemp("killed")), random.Random(1)
    for finished in moments.sample(range(KILLS), KILLS):
        run = start(project, finished, *few(project))
        time.sleep(moments.uniform(0, 1))
        assert run.poll() is None, "the run ended before it could be killed"
        run.kill()
        run.wait()
        project.forked("--unlock")
    for kills, arguments in ((1, []), (KILLS - 1, ["--keep-going"])):
        run = start(project, 0, *arguments, *few(project))
        for _ in range(kills):
            time.sleep(moments.uniform(0, 1))
            kill_a_job(project, run)
        assert run.wait(timeout=300) == 1
    finish(project, few(project))
    assert project.tables() == one_core.tables()


def test_a_full_disk_fails_that_job_and_nothing_else_is_lost(finished, project):
    folder = project.folder / "results/quick/ridge/data"
    data = folder / "gaussian-300.npz"
    data.unlink()
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        output = project.snakemake("--cores", "1", str(data.relative_to(project.folder)), check=False)
        assert "Error in rule draw_ridge_data" in output
        assert list(folder.iterdir()) == []
    finally:
        subprocess.run(["umount", folder], check=True)
    log = project.folder / "results/quick/logs/draw_ridge_data/gaussian-300.log"
    assert "No space left on device" in log.read_text()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept
    finish(project, every_table(finished))
    assert project.tables() == finished.tables()


DAMAGES = [
    ("truncated", "ridge/data/relu-300.npz", "ridge/experiments/figure5/times.parquet", "train_ridge/figure5.log"),
    ("garbled", "ridge/data/fourier-300.npz", "ridge/experiments/figure7/times.parquet", "train_ridge/figure7.log"),
    (
        "truncated",
        "highdim/data/balanced-300/0/curves.parquet",
        "logistic/tables/curves.parquet",
        "collect_tables/logistic.log",
    ),
    ("garbled", "depth/depth-linear-2/curves.parquet", "figures/ridge_depth.pdf", "plot/ridge_depth.log"),
]


def damaged(content: bytes, damage: str) -> bytes:
    if damage == "truncated":
        return content[: len(content) // 2]
    middle = len(content) // 3
    return content[:middle] + bytes(byte ^ 0xFF for byte in content[middle : middle + 8]) + content[middle + 8 :]


def test_damaged_files_are_named_and_never_used(finished, project):
    """Deleted, as what is said of them asks for, they are made again."""
    folder = project.folder / "results/quick"
    for damage, path, _, _ in DAMAGES:
        (folder / path).write_bytes(damaged((folder / path).read_bytes(), damage))
    for _, path, target, log in DAMAGES:
        output = project.forked("--cores", "1", f"results/quick/{target}", check=False)
        assert "Error in rule" in output
        told = (folder / "logs" / log).read_text()
        assert f"results/quick/{path} cannot be read" in told
        assert "delete it and run the same command again" in told
    for _, path, _, _ in DAMAGES:
        (folder / path).unlink()
    finish(project, every_table(finished))
    assert project.tables() == finished.tables()


def test_a_changed_file_that_is_whole_is_named_and_what_read_it_is_done_again(finished, project):
    """Checksums cannot tell another valid file from the one that was drawn; Snakemake says that it changed."""
    file = project.folder / "results/quick/ridge/data/relu-300.npz"
    arrays = read_arrays(file)
    write_arrays({name: 2 * values for name, values in arrays.items()}, file)
    plan = project.forked("--dry-run")
    assert "Updated input files: results/quick/ridge/data/relu-300.npz" in plan
    planned = messages(plan)
    assert planned >= {
        "Train ridge regression for figure3",
        "Train ridge regression for figure5",
        "Judge the claims of ridge",
    }
    assert "Draw the ridge data set relu-300" not in planned
    file.unlink()
    finish(project, every_table(finished))
    assert project.tables() == finished.tables()

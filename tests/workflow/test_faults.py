"""Kills, full disks and damaged files: after the recovery that the README describes, the tables are the same.

What stands around a run (an environment that is not activated, conda, an old locale) changes nothing.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml
from checkout import KEPT, QUICK, Project, checkout, few, messages
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


def finish(project: Project, *arguments: str) -> None:
    """Recover as docs/running.md says."""
    project.forked("--unlock")
    project.snakemake("--rerun-incomplete", *arguments)


def start(project: Project, finished: int, *arguments: str) -> subprocess.Popen:
    """Start what is to be killed, and wait until so many of its jobs are finished and another one runs."""
    run = project.start("--rerun-incomplete", *arguments)
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


def assert_computed_as(expected: Project, found: Project) -> None:
    """Check that files of runs and data sets have the same bytes, and tables of runs the rows of those that exist."""
    everything = expected.computed()
    assert [path for path, content in found.computed().items() if content != everything[path]] == []
    for name in found.tables():
        rows, every = (pq.read_table(one.folder / "results/quick" / name) for one in (found, expected))
        of_runs = every.filter(pc.is_in(every["run"], rows["run"].combine_chunks()))
        pd.testing.assert_frame_equal(rows.to_pandas(), of_runs.to_pandas(), check_exact=True)


@pytest.mark.long
def test_killing_snakemake_and_its_jobs_at_random_moments_loses_nothing(finished, tmp_path_factory):
    """What is killed at first runs on two cores, and all that is left then on one: the bytes are those of two."""
    project, moments = checkout(tmp_path_factory.mktemp("killed")), random.Random(1)
    for jobs in moments.sample(range(KILLS), KILLS):
        run = start(project, jobs, "--cores", "2", *few(project))
        time.sleep(moments.uniform(0, 1))
        assert run.poll() is None, "the run ended before it could be killed"
        run.kill()
        run.wait()
        project.forked("--unlock")
    on_two = project.computed().keys()
    for kills, arguments in ((1, []), (KILLS - 1, ["--keep-going"])):
        run = start(project, 0, "--cores", "1", *arguments, *few(project))
        for _ in range(kills):
            time.sleep(moments.uniform(0, 1))
            kill_a_job(project, run)
        assert run.wait(timeout=300) == 1
    finish(project, "--cores", "1", *few(project))
    assert len(project.computed().keys() - on_two) > len(KEPT)
    assert_computed_as(finished, project)


def test_a_full_disk_fails_that_job_and_nothing_else_is_lost(project):
    folder = project.folder / "results/quick/ridge/data"
    data = folder / "gaussian-300.npz"
    drawn = data.read_bytes()
    data.unlink()
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here")
    wanted = ["--cores", "1", str(data.relative_to(project.folder))]
    try:
        assert "Error in rule draw_ridge_data" in project.forked(*wanted, check=False)
        assert list(folder.iterdir()) == []
    finally:
        subprocess.run(["umount", folder], check=True)
    log = project.folder / "results/quick/logs/draw_ridge_data/gaussian-300.log"
    assert "No space left on device" in log.read_text()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept
    project.forked("--rerun-incomplete", *wanted)
    assert data.read_bytes() == drawn


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


@pytest.mark.long
def test_damaged_files_are_named_and_never_used(finished, project):
    """Deleted, as what is said of them asks for, they are made again."""
    folder = project.folder / "results/quick"
    for damage, path, _, _ in DAMAGES:
        (folder / path).write_bytes(damaged((folder / path).read_bytes(), damage))
    wanted = [f"results/quick/{target}" for _, _, target, _ in DAMAGES]
    output = project.forked("--cores", "2", "--keep-going", *wanted, check=False)
    assert output.count("Error in rule") == len(DAMAGES)
    for _, path, _, log in DAMAGES:
        told = (folder / "logs" / log).read_text()
        assert f"results/quick/{path} cannot be read" in told
        assert "delete it and run the same command again" in told
    for _, path, _, _ in DAMAGES:
        (folder / path).unlink()
    finish(project, "--cores", "2", *every_table(finished))
    assert project.tables() == finished.tables()


def test_a_changed_file_that_is_whole_is_named_and_what_read_it_is_done_again(linked):
    """Checksums cannot tell another valid file from the one that was drawn; Snakemake says that it changed.

    What deleting it leads to is that of a damaged one.
    """
    file = linked.folder / "results/quick/ridge/data/relu-300.npz"
    arrays = read_arrays(file)
    write_arrays({name: 2 * values for name, values in arrays.items()}, file)
    plan = linked.forked("--dry-run")
    assert "Updated input files: results/quick/ridge/data/relu-300.npz" in plan
    planned = messages(plan)
    assert planned >= {
        "Train ridge regression for figure3",
        "Train ridge regression for figure5",
        "Judge the claims of ridge",
    }
    assert "Draw the ridge data set relu-300" not in planned


def foreign_python(folder: Path) -> Path:
    """Return a folder with a `python` that fails."""
    folder.mkdir()
    (folder / "python").write_text("#!/bin/sh\nexit 3\n")
    (folder / "python").chmod(0o755)
    return folder


def test_without_activation_in_an_old_locale_jobs_run_and_texts_are_what_they_are(tmp_path):
    """As `.venv/bin/snakemake`, called by its path, where `python` is another one and text is not UTF-8."""
    project = checkout(tmp_path / "project")
    mine = {"ridge": {"defaults": {"experiments": {"deviations": "kleine Größen, λ"}}}}
    (project.folder / "mine.yaml").write_text(yaml.safe_dump(mine, allow_unicode=True), encoding="utf-8")
    target = "results/quick/ridge/experiments/figure5/times.parquet"
    given = ["--cores", "2", "--configfile", f"{QUICK}/quick.yaml", "mine.yaml", "--", target]
    old = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    environment = os.environ | old | {"PATH": f"{foreign_python(tmp_path / 'bin')}:/usr/bin:/bin"}
    done = subprocess.run(
        project.command(*given), cwd=project.folder, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (run, *_) = json.loads((project.folder / "results/quick/experiments/figure5.json").read_text())
    assert run["deviations"] == "kleine Größen, λ"


def test_an_error_can_be_read_where_the_terminal_lacks_its_letters(tmp_path):
    project = checkout(tmp_path)
    (tmp_path / "mine.yaml").write_text("ridge: {defaults: {experiments: {eta: λ}}}", encoding="utf-8")
    command = project.command("--dry-run", "--configfile", f"{QUICK}/quick.yaml", "mine.yaml")
    old = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | old, capture_output=True, text=True, check=False)
    told = done.stdout + done.stderr
    assert "ridge.defaults.experiments.eta: '\\u03bb' is not allowed; expected a number" in told.splitlines()
    assert "Traceback" not in told


CONDA = """#!/bin/bash
case "$*" in
    "info --json") echo '{{"conda_prefix": "{base}", "platform": "linux-64"}}' ;;
    --version) echo conda 25.1.0 ;;
    config*) echo '{{"get": {{"channel_priority": "strict"}}}}' ;;
    "env create"*)
        prefix=$(sed 's/.*--prefix //' <<< "$*")
        mkdir -p "$prefix/bin"
        printf '#!/bin/sh\\ntouch {base}/used\\nexec {python} "$@"\\n' > "$prefix/bin/python"
        chmod +x "$prefix/bin/python" ;;
esac
"""
ACTIVATE = """
if [ "${CONDA_SHLVL:-0}" -gt 0 ]; then PATH=${PATH/$CONDA_PREFIX\\/bin/$1\\/bin}; else PATH=$1/bin:$PATH; fi
"""


@pytest.mark.parametrize("active", [True, False])
def test_with_conda_jobs_run_in_the_environment_of_their_rule(active, tmp_path):
    """A stand-in for conda, which puts a new environment in the place of an active one in PATH."""
    project, base = checkout(tmp_path / "project"), tmp_path / "base"
    foreign_python(base)
    (base / "bin").mkdir()
    (base / "bin/conda").write_text(CONDA.format(base=base, python=sys.executable))
    (base / "bin/conda").chmod(0o755)
    (base / "bin/activate").write_text(ACTIVATE)
    first = (
        f"{base}:{base}/bin" if active else f"{base}/bin"
    )  # where it is active, Python's own folder stands before it
    environment = os.environ | {"PATH": f"{first}:/usr/bin:/bin"}
    environment |= {"CONDA_SHLVL": "1", "CONDA_PREFIX": str(base)} if active else {"CONDA_SHLVL": "0"}
    given = ["--cores", "1", "--software-deployment-method", "conda", "--", "results/quick/planar/data/full.parquet"]
    done = subprocess.run(
        project.command(*given), cwd=project.folder, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (base / "used").exists()


LONGEST = 2**17 - 1  # characters of one argument, so of a shell command too, on Linux


def test_no_sweep_is_too_long_for_a_command_line(tmp_path):
    """Parameters of 800 runs of one job, and files of 700 jobs that one reads, stand in recipes."""
    project = checkout(tmp_path)
    decays, widths = [1e-5 * step for step in range(1, 801)], list(range(50, 750))
    mine = {"beyond": {"experiments": {"decay-support": {"sweeps": {"weight_decay": decays}}}}}
    mine |= {"networks": {"experiments": {"figure4": {"sweeps": {"m": widths}}}}}
    (tmp_path / "mine.yaml").write_text(json.dumps(mine))
    long = ["beyond/decay-support/curves.parquet", "ridge/tables/runs.parquet"]
    given = ["--configfile", f"{QUICK}/quick.yaml", "mine.yaml", "--", *(f"results/quick/{output}" for output in long)]
    plan = project.forked("--dry-run", "--printshellcmds", *given)
    commands = re.findall("^Shell command: (.+)$", plan, flags=re.MULTILINE)
    assert max(map(len, commands)) < LONGEST
    assert len(commands) > len(widths)
    recipes = [tmp_path / f"results/quick/recipes/{output}.json" for output in long]
    assert min(len(recipe.read_text()) for recipe in recipes) > LONGEST

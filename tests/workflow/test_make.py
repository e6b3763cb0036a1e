"""What the Makefile gives Snakemake is what Snakemake takes, in whatever state the shell is that it is called from."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT, checkout


def make(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """Call make with nothing but the system's folders in PATH."""
    environment = {"PATH": "/usr/bin:/bin", **variables}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def commands(target: str) -> list[str]:
    """Return the calls of Snakemake that make would do for a target."""
    printed = make(ROOT, "-n", target, "MEMORY=8000", "CORES=2").stdout
    return [line for line in printed.splitlines() if "-m snakemake " in line]


def test_a_report_is_made_of_the_run_before_it():
    quick, full = commands("quick-report"), commands("report")
    assert len(quick) == len(full) == 2
    assert all("--profile workflow/profiles/quick" in command for command in quick)
    assert not [command for command in full if "--profile" in command]
    assert "--report results/quick/report.html" in quick[1]


def test_a_run_names_the_report_that_starts_no_other(finished):
    assert "`make quick-report` packs them" in finished.printed()


def test_recipes_are_written_before_results_are_adopted():
    first, second = make(ROOT, "-n", "adopt").stdout.splitlines()[-2:]
    assert "-m snakemake --dry-run" in first
    assert second.endswith("scripts/adopt_results.py --results results")


@pytest.mark.parametrize("target", ["ridge", "verify"])
def test_a_target_of_make_plans_the_jobs_of_that_rule(target, tmp_path):
    (command,) = commands(target)
    project = checkout(tmp_path, profiles=())
    (jobs,) = set(re.findall(r"^total +(\d+)$", project.forked("--dry-run", "--", target), flags=re.MULTILINE))
    arguments = [sys.executable, *shlex.split(command)[1:], "--dry-run"]
    environment = os.environ | {"PYTHONPATH": "workflow/plugins"}
    done = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{jobs} jobs to do" in done.stderr


@pytest.fixture
def stubbed(tmp_path) -> Path:
    """A folder with the Makefile, where Python is a program that says how it was called."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(
        '#!/bin/sh\ncase "$1" in *machine.py) echo 3;; *) echo "$@" UTF8=$PYTHONUTF8 HOME=$PYTHONHOME;; esac\n'
    )
    python.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("target", ["reproduce", "beyond", "quick", "report", "lint", "test", "bench"])
def test_tools_are_called_by_path_with_clean_surroundings(target, stubbed):
    """Old versions of make do not look into a PATH that the Makefile sets; `python` may be missing, or another one."""
    done = make(stubbed, target, "PYTHON=true", PYTHONHOME="/nowhere")
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stdout.splitlines() if "UTF8=" in line]
    assert said
    assert all(line.endswith(" UTF8=1 HOME=") for line in said)


def test_no_tool_of_the_environment_is_called_by_its_name_alone():
    tools = r"^\t@?(?:\w+=\S* )*(?:python|snakemake|pytest|ruff|snakefmt)\b"
    assert re.findall(tools, (ROOT / "Makefile").read_text(), flags=re.MULTILINE) == []


def test_memory_and_cores_are_the_machines_unless_they_are_given(stubbed):
    assert "mem_mb=3 --logger brief --cores 3 " in make(stubbed, "-n", "reproduce").stdout
    assert "mem_mb=8000 --logger brief --cores 2 " in make(stubbed, "-n", "reproduce", "MEMORY=8000", CORES="2").stdout


def test_a_python_that_is_not_there_is_named(stubbed):
    done = make(stubbed, "quick", "PYTHON=python3.99")
    assert done.stdout == ""
    first, second = done.stderr.splitlines()
    assert first == "PYTHON=python3.99 is not found; expected a Python, as in: make PYTHON=python3.12"
    assert second.startswith("make: ***")


def test_a_python_of_another_version_is_named_before_anything_is_made(stubbed):
    shutil.copytree(ROOT / "workflow/setup", stubbed / "workflow/setup")
    shutil.rmtree(stubbed / ".venv")
    (stubbed / "requirements.lock").touch()
    old = stubbed / "python3.10"
    said = "import runpy, sys; sys.version_info = (3, 10, 12); sys.version = '3.10.12 (main)'"
    old.write_text(f"#!/bin/sh\nexec {sys.executable} -c \"{said}; runpy.run_path('$1', run_name='__main__')\"\n")
    old.chmod(0o755)
    done = make(stubbed, "quick", f"PYTHON={old}")
    first, second = done.stderr.splitlines()
    assert first.endswith(" is 3.10.12; expected Python 3.11 to 3.13, as in: make PYTHON=python3.12")
    assert second.startswith("make: ***")
    assert not (stubbed / ".venv").exists()


def test_shell_scripts_are_checked_out_with_line_ends_that_a_shell_reads():
    files = [".ci/run", "tests/slurm/install.sh", "Makefile", "config.yaml"]
    told = subprocess.run(
        ["git", "check-attr", "eol", "--", *files], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if told.returncode:
        pytest.skip("not a clone")
    assert told.stdout.splitlines() == [f"{file}: eol: lf" for file in files]


def test_targets_that_others_call_exist():
    """Those of continuous integration, and of the texts for users and contributors."""
    targets = set(re.findall(r"^([a-z][a-z -]*):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    known = {target for line in targets for target in line.split()}
    callers = [*ROOT.glob(".github/workflows/*.yml"), ROOT / ".ci/run", *ROOT.glob("*.md")]
    called = {
        name
        for file in callers
        for call in re.findall(r"(?:^|run: |`)make ((?:[a-z-]+ ?)+)(?:$|`|  )", file.read_text(), flags=re.MULTILINE)
        for name in call.split()
    }
    assert {"reproduce", "test", "slurm-test"} <= called
    assert called - known == set()

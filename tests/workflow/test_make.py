"""What the Makefile gives Snakemake is what Snakemake takes."""

import os
import re
import shlex
import subprocess
import sys

import pytest
from checkout import ROOT, checkout


def commands(target):
    """Return the calls of Snakemake that make would do for a target."""
    printed = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [line for line in printed.splitlines() if line.startswith("snakemake ")]


def test_a_report_is_made_of_the_run_before_it():
    quick, full = commands("quick-report"), commands("report")
    assert len(quick) == len(full) == 2
    assert all("--profile workflow/profiles/quick" in command for command in quick)
    assert not [command for command in full if "--profile" in command]
    assert "--report results/quick/report.html" in quick[1]


def test_a_run_names_the_report_that_starts_no_other(finished):
    assert "`make quick-report` packs them" in finished.printed()


@pytest.mark.parametrize("target", ["ridge", "verify"])
def test_a_target_of_make_plans_the_jobs_of_that_rule(target, tmp_path):
    (command,) = commands(target)
    project = checkout(tmp_path, profiles=())
    (jobs,) = set(re.findall(r"^total +(\d+)$", project.forked("--dry-run", "--", target), flags=re.MULTILINE))
    arguments = [sys.executable, "-m", *shlex.split(command), "--dry-run"]
    environment = os.environ | {"PYTHONPATH": "workflow/plugins"}
    done = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{jobs} jobs to do" in done.stderr


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

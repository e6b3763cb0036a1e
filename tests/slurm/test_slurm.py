"""The SLURM profile against a real SLURM."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from checkout import ROOT, checkout
from conftest import PROFILES

SHORT_WAITS = ("--slurm-init-seconds-before-status-checks", "2")


def test_the_cluster_gives_the_bytes_of_a_local_run(submitted, tmp_path_factory):
    local = checkout(tmp_path_factory.mktemp("local"))
    local.run(cores=2)
    assert submitted.tables() == local.tables()


def test_requested_resources_arrive(submitted, cluster):
    """A rule's memory, minutes and cores are what the controller granted."""
    for rule, memory, minutes in (("train_network", "900M", "00:30:00"), ("train_highdim", "2600M", "01:00:00")):
        jobs = [job for job in cluster.jobs().values() if rule in job.get("Comment", "")]
        assert jobs
        assert {(job["MinMemoryNode"], job["TimeLimit"], job["NumCPUs"]) for job in jobs} == {(memory, minutes, "1")}


def test_a_second_run_submits_nothing(submitted, cluster):
    before = set(cluster.jobs())
    output = submitted.snakemake(*SHORT_WAITS, profiles=PROFILES)
    assert "Nothing to be done" in output
    assert set(cluster.jobs()) == before


@pytest.fixture
def small(tmp_path) -> Path:
    """A folder with three small jobs and the shipped profile."""
    shutil.copy(ROOT / "tests/slurm/Snakefile", tmp_path)
    shutil.copytree(ROOT / PROFILES[0], tmp_path / "profile")
    return tmp_path


def start(folder: Path, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "snakemake", "--profile", "profile", "--nocolor", *SHORT_WAITS, *arguments]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for_job(cluster, rule: str, state: str, seconds: int = 60) -> str:
    """Return the id of the newest job of a rule once it is in a state."""
    for _ in range(seconds * 2):
        found = [i for i, job in cluster.jobs().items() if rule in job.get("Comment", "") and job["JobState"] == state]
        if found:
            return max(found, key=int)
        time.sleep(0.5)
    raise AssertionError(f"no job of rule {rule} was {state} within {seconds} s")


def test_a_job_over_its_memory_is_killed_and_succeeds_with_more(small, cluster):
    run = start(small, "hungry.txt")
    output, _ = run.communicate(timeout=180)
    assert run.returncode == 0, output
    jobs = [job for job in cluster.jobs().values() if "rule_hungry" in job.get("Comment", "")]
    states = {job["MinMemoryNode"]: job["JobState"] for job in jobs}
    assert states.pop("450M") in ("FAILED", "OUT_OF_MEMORY")
    assert states == {"900M": "COMPLETED"}


def test_a_cancelled_job_fails_visibly_and_only_it_is_run_again(small, cluster):
    run = start(small, "--retries", "0", "waiting.txt", "easy.txt")
    wait_for_job(cluster, "rule_easy", "COMPLETED")
    subprocess.run(["scancel", wait_for_job(cluster, "rule_waiting", "RUNNING")], check=True)
    output, _ = run.communicate(timeout=180)
    assert run.returncode == 1
    assert re.search(r"Error in rule waiting", output)
    assert (small / "easy.txt").exists()
    assert not (small / "waiting.txt").exists()

    (small / "go").touch()
    before = set(cluster.jobs())
    output, _ = start(small, "waiting.txt", "easy.txt").communicate(timeout=180)
    assert (small / "waiting.txt").read_text() == "done\n"
    assert len(set(cluster.jobs()) - before) == 1, output

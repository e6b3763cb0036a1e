"""The SLURM profile against a real SLURM."""

import shutil
import subprocess

import pytest
from checkout import ROOT, Project, checkout, few
from cluster import SHORT_WAITS, SLURM


def test_the_cluster_gives_the_bytes_of_a_local_run(submitted, tmp_path_factory):
    local = checkout(tmp_path_factory.mktemp("local"))
    local.snakemake("--cores", "2", *few(local))
    assert submitted.tables() == local.tables()


def test_requested_resources_arrive(submitted, cluster):
    """A rule's memory, minutes and cores are what the controller granted."""
    for rule, memory, minutes in (("train_network", "900M", "00:30:00"), ("train_highdim", "2600M", "01:00:00")):
        jobs = [job for job in cluster.jobs().values() if f"rule_{rule}_wildcards" in job.get("Comment", "")]
        assert jobs
        assert {(job["MinMemoryNode"], job["TimeLimit"], job["NumCPUs"]) for job in jobs} == {(memory, minutes, "1")}


def test_a_second_run_submits_nothing(submitted, cluster):
    before = set(cluster.jobs())
    output = submitted.snakemake(*SHORT_WAITS, *few(submitted))
    assert "Nothing to be done" in output
    assert set(cluster.jobs()) == before


@pytest.fixture
def small(tmp_path) -> Project:
    """A project of three small jobs, run with the profile as it is shipped."""
    shutil.copy(ROOT / "tests/slurm/Snakefile", tmp_path)
    shutil.copytree(ROOT / SLURM, tmp_path / "profile")
    return Project(tmp_path, profiles=("profile",))


def test_a_job_over_its_memory_is_killed_and_succeeds_with_more(small, cluster):
    small.snakemake(*SHORT_WAITS, "hungry.txt")
    jobs = [job for job in cluster.jobs().values() if "rule_hungry" in job.get("Comment", "")]
    states = {job["MinMemoryNode"]: job["JobState"] for job in jobs}
    assert states.pop("450M") in ("FAILED", "OUT_OF_MEMORY")
    assert states == {"900M": "COMPLETED"}


def test_a_cancelled_job_fails_visibly_and_only_it_is_run_again(small, cluster):
    run = small.start(*SHORT_WAITS, "--retries", "0", "waiting.txt", "easy.txt")
    cluster.wait_for("COMPLETED", "rule_easy")
    subprocess.run(["scancel", cluster.wait_for("RUNNING", "rule_waiting")[-1]], check=True)
    assert run.wait(timeout=180) == 1
    assert "Error in rule waiting" in small.printed()
    assert (small.folder / "easy.txt").exists()
    assert not (small.folder / "waiting.txt").exists()

    (small.folder / "go").touch()
    before = set(cluster.jobs())
    output = small.snakemake(*SHORT_WAITS, "waiting.txt", "easy.txt")
    assert (small.folder / "waiting.txt").read_text() == "done\n"
    assert len(set(cluster.jobs()) - before) == 1, output

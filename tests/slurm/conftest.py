"""A SLURM cluster for the tests of this folder, and a project that has run experiments of the quick profile on it."""

import re
import subprocess

import pytest
from checkout import QUICK, Project, checkout, few
from cluster import SHORT_WAITS, SLURM, Cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    started = Cluster(tmp_path_factory.mktemp("slurm"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def submitted(cluster, tmp_path_factory) -> Project:
    """A project that ran a few experiments of the quick profile through SLURM, its head process lost on the way.

    It was resumed as the README says: cancel what runs by the run's id, unlock, start again.
    """
    project = checkout(tmp_path_factory.mktemp("submitted"), profiles=(SLURM, QUICK))
    run = project.start(*SHORT_WAITS, *few(project))
    cluster.wait_for("COMPLETED", count=8, seconds=300)
    run.kill()
    run.wait()
    run_id = re.search(r"SLURM run ID: (\S+)", project.printed()).group(1)
    subprocess.run(["scancel", "--name", run_id], check=True)
    project.snakemake("--unlock")
    project.snakemake(*SHORT_WAITS, *few(project))
    return project

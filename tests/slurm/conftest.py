"""A SLURM cluster for the tests of this folder, and a project that has run the quick configuration on it."""

import pytest
from checkout import Project, checkout
from cluster import Cluster

PROFILES = ("workflow/profiles/slurm", "workflow/profiles/quick")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    started = Cluster(tmp_path_factory.mktemp("slurm"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def submitted(cluster, tmp_path_factory) -> Project:
    """A project whose quick configuration ran through SLURM with the profile as it is shipped."""
    project = checkout(tmp_path_factory.mktemp("submitted"))
    project.snakemake("--slurm-init-seconds-before-status-checks", "2", profiles=PROFILES)
    return project

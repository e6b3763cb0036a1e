"""A project in which the quick configuration has been run once, for all workflow tests to look at or to copy."""

import fcntl
import os
import shutil

import pytest
from checkout import Project, checkout


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """A project with a finished quick run on two cores, one for all of pytest's workers; tests must not change it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # that of a worker lies in that of the test session
    project = Project(folder / "finished")
    with open(folder / "finished.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (project.folder / "results/quick/claims.md").exists():
            checkout(project.folder).run(cores=2)
    return project


@pytest.fixture
def project(finished, tmp_path) -> Project:
    """A private copy of the finished project, Snakemake's own records included."""
    shutil.copytree(finished.folder, tmp_path / "project")
    return Project(tmp_path / "project")

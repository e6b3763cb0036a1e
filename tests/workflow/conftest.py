"""A project in which the quick configuration has been run once, for all workflow tests to look at or to copy."""

import shutil

import pytest
from checkout import Project, checkout


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """A project with a finished quick run on two cores; tests must not change it."""
    project = checkout(tmp_path_factory.mktemp("finished"))
    project.run(cores=2)
    return project


@pytest.fixture
def project(finished, tmp_path) -> Project:
    """A private copy of the finished project, Snakemake's own records included."""
    shutil.copytree(finished.folder, tmp_path / "project")
    return Project(tmp_path / "project")

"""A project in which the quick configuration has been run once, for all workflow tests to look at or to copy."""

import fcntl
import os
import shutil
from collections.abc import Callable

import pytest
from checkout import Project, checkout, few


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """A project with a finished quick run on two cores; tests must not change it."""

    def run(project):
        (project.folder / "printed.txt").write_text(project.run(cores=2))

    return once(tmp_path_factory, "finished", run)


@pytest.fixture(scope="session")
def one_core(tmp_path_factory) -> Project:
    """A project in which the tables of a few experiments were made on one core; tests must not change it."""
    return once(tmp_path_factory, "one-core", lambda project: project.snakemake("--cores", "1", *few(project)))


def once(tmp_path_factory, name: str, run: Callable[[Project], object]) -> Project:
    """Return a checkout in which something has been run: once, for all of pytest's workers."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # that of a worker lies in that of the test session
    project, done = Project(folder / name), folder / f"{name}.done"
    with open(folder / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            run(checkout(project.folder))
            done.touch()
    return project


@pytest.fixture
def linked(finished, tmp_path) -> Project:
    """The finished project's files, to be replaced for a plan of what would run: no job may."""
    shutil.copytree(finished.folder, tmp_path / "linked", copy_function=os.link)
    return Project(tmp_path / "linked", linked=True)


@pytest.fixture
def copied(finished, tmp_path) -> Project:
    """A private copy of the finished project, Snakemake's own records included, for jobs to run in."""
    shutil.copytree(finished.folder, tmp_path / "copied")
    return Project(tmp_path / "copied")


@pytest.fixture
def project(copied) -> Project:
    return copied

"""A project in which the quick configuration has been run once, for all workflow tests to look at or to copy."""

import fcntl
import os
import shutil

import pytest
from checkout import Project, checkout


def pytest_collection_modifyitems(items):
    """Begin with what needs the quick run, the longest tests first: other workers have all the rest to do meanwhile."""
    items.sort(key=lambda item: ("finished" not in item.fixturenames, item.get_closest_marker("long") is None))


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """A project with a finished quick run on two cores, once for all of pytest's workers; tests must not change it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # that of a worker lies in that of the test session
    project, done = Project(folder / "finished"), folder / "finished.done"
    with open(folder / "finished.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            checkout(project.folder)
            (project.folder / "printed.txt").write_text(project.run(cores=2))
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

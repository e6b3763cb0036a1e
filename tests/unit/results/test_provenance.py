"""What is recorded of a job is true or null, and never costs it its work."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import grokking.results.provenance as provenance
import numpy as np
import pytest


def git(folder: Path, *arguments: str) -> str:
    named = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *named, *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


def commit(folder: Path) -> str:
    """Make a repository of a folder and return its only commit."""
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "first")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A folder whose scripts are taken for the project's."""
    scripts = tmp_path / "project/scripts"
    scripts.mkdir(parents=True)
    (scripts / "train.py").write_text("pass\n")
    monkeypatch.setattr(provenance, "_SCRIPTS", scripts)
    return scripts.parent


def recorded(folder: Path) -> dict:
    """Return the row that a job leaves."""
    provenance.record(folder / "provenance.json", "a", {"eta": 1.0}, 7)
    return json.loads((folder / "provenance.json").read_text())


def test_the_commit_is_that_of_the_scripts(project, tmp_path):
    made = commit(project)
    (project / "notes.txt").touch()
    assert recorded(tmp_path)["git_commit"] == made


def without_git(project, monkeypatch):
    commit(project)
    monkeypatch.setenv("PATH", str(project))


def a_git_that_fails(project, monkeypatch):
    commit(project)
    (project / "git").write_text("#!/bin/sh\necho 0123; echo 'fatal: detected dubious ownership' >&2; exit 128\n")
    (project / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{project}:/usr/bin:/bin")


def a_git_that_may_not_be_run(project, monkeypatch):
    (project / "git").mkdir()
    monkeypatch.setenv("PATH", str(project))


def unpacked(project, _):
    """As from a tarball, outside of any repository: nothing to do."""


def unpacked_into_another_repository(project, _):
    commit(project.parent)


def installed_below_a_repository(project, monkeypatch):
    commit(project)
    (project / "scripts/site-packages").mkdir()
    monkeypatch.setattr(provenance, "_SCRIPTS", project / "scripts/site-packages")


def edited(project, _):
    commit(project)
    (project / "scripts/train.py").write_text("raise SystemExit\n")


def with_another_module(project, _):
    commit(project)
    (project / "scripts/yaml.py").touch()


def before_the_first_commit(project, _):
    git(project, "init", "--quiet")


def called_from_a_hook_of_another_repository(project, monkeypatch):
    shutil.copytree(project, project.parent / "other")
    commit(project.parent / "other")
    monkeypatch.setenv("GIT_DIR", str(project.parent / "other/.git"))


UNKNOWN = [without_git, a_git_that_fails, a_git_that_may_not_be_run, unpacked, unpacked_into_another_repository]
UNKNOWN += [installed_below_a_repository, edited, with_another_module, before_the_first_commit]
UNKNOWN += [called_from_a_hook_of_another_repository]


@pytest.mark.parametrize("where", UNKNOWN, ids=lambda where: where.__name__)
def test_a_commit_that_is_not_known_is_null(where, project, tmp_path, monkeypatch):
    where(project, monkeypatch)
    row = recorded(tmp_path)
    assert row["git_commit"] is None
    assert (row["run"], row["seed"], row["numpy"]) == ("a", 7, np.__version__)


@pytest.mark.parametrize(("given", "threads"), [("3", 3), ("4,2", 4), ("", None), ("many", None)])
def test_threads_are_those_of_the_outermost_level(given, threads, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", given)
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert recorded(tmp_path)["threads"] == threads


def test_a_numpy_that_does_not_name_its_blas_leaves_a_null(tmp_path, monkeypatch):
    monkeypatch.setattr(np, "show_config", lambda mode: {"Build Dependencies": {}})
    assert recorded(tmp_path)["blas"] is None


def test_the_digest_of_the_code_is_that_of_the_modules_that_are_loaded(tmp_path):
    """Whoever asks, from wherever: that is what tells results apart where the commit cannot."""
    command = [sys.executable, "-c", "import grokking.results.provenance as p; print(p.code_digest())"]
    scripts = str(Path(provenance.__file__).parents[2])
    digests = {
        subprocess.run(command, cwd=folder, env={"PYTHONPATH": scripts}, capture_output=True, check=True).stdout
        for folder in (tmp_path, scripts)
    }
    assert len(digests) == 1

"""Jobs find the Python that runs Snakemake, whatever its folder and PATH are."""

import os
import sys

import pytest
from snakemake.exceptions import WorkflowError
from surroundings import prepare_jobs, printable


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Whatever a test sets is gone after it."""
    for name in ("PATH", "PYTHONUTF8", "CONDA_SHLVL"):
        monkeypatch.setenv(name, "/usr/bin" if name == "PATH" else "1")
    return monkeypatch


def test_the_interpreters_folder_stands_first():
    prepare_jobs(conda=False)
    assert os.environ["PATH"] == f"{os.path.dirname(sys.executable)}{os.pathsep}/usr/bin"


def test_even_without_a_path(environment):
    environment.delenv("PATH")
    prepare_jobs(conda=False)
    assert os.environ["PATH"].startswith(f"{os.path.dirname(sys.executable)}{os.pathsep}")


def test_with_conda_path_is_left_to_it(environment):
    environment.setattr(sys, "executable", "/nowhere/python3")
    prepare_jobs(conda=True)
    assert (os.environ["PATH"], os.environ["CONDA_SHLVL"]) == ("/usr/bin", "0")


def test_a_system_that_has_python3_alone_is_told_so(environment, tmp_path):
    environment.setattr(sys, "executable", str(tmp_path / "python3"))
    with pytest.raises(WorkflowError, match="python3 has no `python` beside it, which jobs call"):
        prepare_jobs(conda=False)


@pytest.mark.parametrize(("encoding", "text"), [("ascii", r"\xf6\u03bb"), ("iso-8859-1", r"ö\u03bb"), ("utf-8", "öλ")])
def test_letters_that_an_encoding_lacks_are_numbers(environment, encoding, text):
    environment.setattr("locale.getpreferredencoding", lambda _: encoding)
    assert printable("öλ") == text

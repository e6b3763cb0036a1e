"""Whatever state .venv is in, what stands there afterwards is what the lock pins, or one line says why not."""

import os
import shutil
import sys
from pathlib import Path

import installation
import pytest

PYTHON = "python{}.{}".format(*sys.version_info)
PACKAGES = Path(".venv/lib", PYTHON, "site-packages")


@pytest.fixture
def done(tmp_path, monkeypatch):
    """The commands that are run, in a folder with a lock; venv and pip leave files as they do, and take no time."""
    monkeypatch.chdir(tmp_path)
    Path("requirements.lock").write_text("numpy==2.0\n")
    commands = []

    def run(*command: str) -> None:
        commands.append("pip" if "pip" in command else "venv")
        folder = Path(command[-1])
        if commands[-1] == "venv":
            shutil.rmtree(folder / "lib", ignore_errors=True)
            (folder / "bin").mkdir(parents=True, exist_ok=True)
            (folder / "bin/python").unlink(missing_ok=True)
            (folder / "bin/python").symlink_to(sys.executable)
            (folder / "pyvenv.cfg").touch()
            (folder / "lib" / PYTHON / "site-packages/pip-1.0.dist-info").mkdir(parents=True)
        else:
            (PACKAGES / "numpy-2.0.dist-info").mkdir(exist_ok=True)

    monkeypatch.setattr(installation, "run", run)
    return commands


@pytest.fixture
def installed(done):
    """The same commands, emptied: the environment is in order."""
    installation.install()
    assert done == ["venv", "pip"]
    done.clear()
    return done


def test_an_environment_in_order_is_left_alone(installed):
    installation.install()
    assert installed == []


def test_other_packages_and_another_pip_are_the_users_business(installed):
    (PACKAGES / "ipython-9.0.dist-info").mkdir()
    (PACKAGES / "__pycache__").mkdir()
    (PACKAGES / "pip-1.0.dist-info").rename(PACKAGES / "pip-2.0.dist-info")
    installation.install()
    shutil.rmtree(PACKAGES / "__pycache__")
    installation.install()
    assert installed == []


def test_what_the_lock_pins_anew_is_installed_into_it(installed):
    Path("requirements.lock").write_text("numpy==2.1\n")
    installation.install()
    installation.install()
    assert installed == ["pip"]


def interpreter_gone():
    Path(".venv/bin/python").unlink()
    Path(".venv/bin/python").symlink_to("/nowhere/python3.11")


def another_python():
    """As after an upgrade of the system: the interpreter runs, but looks for its packages elsewhere."""
    PACKAGES.parent.rename(Path(".venv/lib/python3.0"))


def interrupted():
    Path(".venv/installed-from-lock").unlink()


def downgraded():
    (PACKAGES / "numpy-2.0.dist-info").rename(PACKAGES / "numpy-1.26.dist-info")


def emptied():
    """As by a cluster that clears old files away."""
    shutil.rmtree(PACKAGES)


def old_stamp_without_interpreter():
    Path(".venv/installed-from-lock").write_text("")
    interpreter_gone()


def not_an_environment():
    shutil.rmtree(".venv")
    Path(".venv").mkdir()
    Path(".venv/notes.txt").touch()


def a_link_to_an_environment():
    Path(".venv").rename("elsewhere")
    Path(".venv").symlink_to("elsewhere")
    interrupted()


def a_link_to_nothing():
    shutil.rmtree(".venv")
    Path(".venv").symlink_to("elsewhere")


BROKEN = [interpreter_gone, another_python, interrupted, downgraded, emptied, old_stamp_without_interpreter]
BROKEN += [not_an_environment, a_link_to_an_environment, a_link_to_nothing]


@pytest.mark.parametrize("harm", BROKEN, ids=lambda harm: harm.__name__)
def test_a_broken_environment_is_made_anew(installed, harm):
    harm()
    installation.install()
    installation.install()
    assert installed == ["venv", "pip"]
    assert os.path.exists(PACKAGES / "numpy-2.0.dist-info")


def test_the_environment_is_made_by_a_python_that_it_is_made_for_alone(done, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))
    monkeypatch.setattr(sys, "version", "3.10.12 (main, Jun 11 2023)")
    with pytest.raises(
        SystemExit, match=r"^PYTHON=.* is 3\.10\.12; expected Python 3\.11 to 3\.13, as in: make PYTHON"
    ):
        installation.install()
    assert not Path(".venv").exists()
    monkeypatch.undo()


def test_one_that_is_in_order_is_used_whatever_python_asks(installed, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))
    installation.install()
    assert installed == []


def test_a_folder_with_something_else_is_never_emptied_through_a_link(done):
    Path("thesis").mkdir()
    Path("thesis/chapter.tex").touch()
    Path(".venv").symlink_to("thesis")
    with pytest.raises(SystemExit, match=r"^\.venv leads to .*thesis; expected an environment of Python there"):
        installation.install()
    assert Path("thesis/chapter.tex").exists()


def test_a_file_in_its_place_is_named(done):
    Path(".venv").touch()
    with pytest.raises(SystemExit, match=r"^\.venv is a file; expected a folder"):
        installation.install()


def test_an_installation_that_fails_is_begun_anew(done, monkeypatch):
    working = installation.run

    def failing(*command: str) -> None:
        working(*command)
        if "pip" in command:
            raise SystemExit

    monkeypatch.setattr(installation, "run", failing)
    with pytest.raises(SystemExit):
        installation.install()
    monkeypatch.setattr(installation, "run", working)
    installation.install()
    assert done == ["venv", "pip", "venv", "pip"]


def test_a_command_that_fails_ends_with_one_line(capfd):
    with pytest.raises(SystemExit, match=r"^\.venv is not complete.*the same command starts it anew$"):
        installation.run(sys.executable, "-c", "raise SystemExit('no network')")
    assert capfd.readouterr().err == "no network\n"


def test_the_versions_of_python_are_those_of_the_package():
    declared = Path(__file__).parents[2].joinpath("pyproject.toml").read_text(encoding="utf-8")
    (first, oldest), (last, newest) = installation.OLDEST, installation.NEWEST
    assert f'requires-python = ">={first}.{oldest},<{last}.{newest + 1}"' in declared

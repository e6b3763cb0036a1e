"""Bring .venv to what requirements.lock pins: `python3 workflow/setup/installation.py`, as `make` does before all else.

An environment that is in order is left alone; one that is half made, that has lost its interpreter or a package, or has
another version of one, is made anew. Any Python from 3.6 on can read this file, so that one that is too old can say so.
"""

import hashlib
import os
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 13)
FOLDER, LOCK = ".venv", "requirements.lock"
INTERPRETER, STAMP = os.path.join(FOLDER, "bin", "python"), os.path.join(FOLDER, "installed-from-lock")


def install() -> None:
    """Do what is left to do. Raises OSError where the folder cannot be written, and SystemExit in one line."""
    stamped, present, pins = stamp(), environment(), pinned()
    lost = {line for line in stamped if not line.startswith(LOCK)} - present
    if lost or not present or not os.path.exists(STAMP):
        create()
    elif pins in stamped:
        return
    else:  # nothing but the lock has changed: pip makes the difference
        os.unlink(STAMP)
    run(INTERPRETER, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", LOCK)
    with open(STAMP, "w", encoding="utf-8") as file:
        file.write("\n".join([pins, *sorted(environment())]))


def create() -> None:
    """Make the environment, in place of one that is there."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found, wanted = sys.version.split()[0], " to ".join(f"{major}.{minor}" for major, minor in (OLDEST, NEWEST))
        sys.exit(f"PYTHON={sys.executable} is {found}; expected Python {wanted}, as in: make PYTHON=python3.12")
    folder = os.path.realpath(FOLDER)  # venv refuses a link
    if os.path.isfile(folder):
        sys.exit(f"{FOLDER} is a file; expected a folder, or nothing: move it away")
    linked = os.listdir(folder) if os.path.islink(FOLDER) and os.path.isdir(folder) else []
    if linked and "pyvenv.cfg" not in linked:  # anything may lie there, and all of it would be removed
        sys.exit(f"{FOLDER} leads to {folder}; expected an environment of Python there, or an empty folder")
    run(sys.executable, "-m", "venv", "--clear", folder)


def run(*command: str) -> None:
    """Run a command. Raises SystemExit where it fails; it says itself why."""
    variables = dict(os.environ, PIP_USER="0")  # what a user's settings of pip may ask for, and an environment refuses
    if subprocess.call(command, env=variables):
        sys.exit(f"{FOLDER} is not complete, for the reason above; the same command starts it anew")


def pinned() -> str:
    """Return a line for what the lock pins."""
    with open(LOCK, "rb") as file:
        return f"{LOCK} {hashlib.sha256(file.read()).hexdigest()}"


def stamp() -> set:
    """Return the lines that the last installation left: for its pins, and for all that it made."""
    if not os.path.exists(STAMP):
        return set()
    with open(STAMP, encoding="utf-8") as file:
        return set(file.read().splitlines())


def environment() -> set:
    """Return lines for its Python and the files of its packages, pip's apart; nothing where it does not run."""
    command = [INTERPRETER, "-c", "import sys; print('python{}.{}'.format(*sys.version_info))"]
    try:
        python = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode().strip()
    except OSError:
        return set()
    packages = os.path.join(FOLDER, "lib", python, "site-packages")
    names = os.listdir(packages) if os.path.isdir(packages) else []
    kept = {name for name in names if not name.startswith(("pip", "__pycache__"))}
    return {python, *kept} if python else set()


if __name__ == "__main__":
    try:
        install()
    except OSError as error:
        sys.exit(f"{FOLDER} cannot be made: {error}")

"""What a job ran on and what it cost, recorded beside its results: as it is, or null where that cannot be known."""

import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from grokking.results.files import complete_or_absent

_STARTED = time.perf_counter()
_SCRIPTS = Path(__file__).resolve().parents[2]
PROJECT = _SCRIPTS.parent


def record(path: str | Path, name: str, parameters: Mapping, seed: int) -> None:
    """Write one row of the `provenance` table for this process as JSON: call it last."""
    row = {
        "run": name,
        "stage": Path(sys.argv[0]).stem,
        "config_digest": _digest([json.dumps(parameters, sort_keys=True).encode()]),
        "code_digest": code_digest(),
        "git_commit": _git_commit(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": _blas(),
        "cpu": _cpu(),
        "threads": _threads(),
        "seed": seed,
        "wall_s": time.perf_counter() - _STARTED,
        "cpu_s": time.process_time(),
        "max_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    with complete_or_absent(path) as temporary:
        temporary.write_text(json.dumps(row), encoding="utf-8")


def code_digest() -> str:
    """Return one SHA-256 for the sources of all modules of the project that this process has loaded."""
    return _digest([file.read_bytes() for file in loaded_project_files()])


def _digest(contents: list[bytes]) -> str:
    digest = hashlib.sha256()
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def loaded_project_files() -> list[Path]:
    """Return the sources of all modules of the project that this process has loaded, in order."""
    resolved = cache(os.path.realpath)  # of folders: of a thousand modules it would take most of a tenth of a second
    loaded = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    files = {os.path.join(resolved(os.path.dirname(file)), os.path.basename(file)) for file in loaded if file}
    return sorted(Path(file) for file in files if file.startswith(f"{_SCRIPTS}{os.sep}"))


def _git_commit() -> str | None:
    """Return the commit that these scripts are of.

    None without git, where they only lie in a checkout of something else, and where they are not as committed.
    """
    place, changes = _git("rev-parse", "--show-prefix", "HEAD"), _git("status", "--porcelain", "--", ".")
    prefix, _, commit = (place or "").partition("\n")
    return commit if prefix == f"{_SCRIPTS.name}/" and changes == "" else None


def _git(*arguments: str) -> str | None:
    """Return what git says of the folder with the scripts, whatever it is called from; None where it cannot say it."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "--no-optional-locks", *arguments]
    try:
        told = subprocess.run(
            command, cwd=_SCRIPTS, env=variables, capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return told.stdout.strip()


def _threads() -> int | None:
    """Return the number of threads that were granted, at the outermost level where several are given."""
    given = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    return int(given) if given.isdecimal() else os.cpu_count()


def _blas() -> str | None:
    found = np.show_config(mode="dicts").get("Build Dependencies", {}).get("blas", {})
    return " ".join(str(found[key]) for key in ("name", "version") if key in found) or None


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()

"""What a job ran on and what it cost, recorded beside its results."""

import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from grokking.results.files import complete_or_absent

_STARTED = time.perf_counter()
_SCRIPTS = Path(__file__).resolve().parents[2]


def record(path: str | Path, name: str, parameters: Mapping, seed: int) -> None:
    """Write one row of the `provenance` table for this process as JSON: call it last."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    row = {
        "run": name,
        "stage": Path(sys.argv[0]).stem,
        "config_digest": _digest([json.dumps(parameters, sort_keys=True).encode()]),
        "code_digest": code_digest(),
        "git_commit": _git_commit(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "cpu": _cpu(),
        "threads": int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())),
        "seed": seed,
        "wall_s": time.perf_counter() - _STARTED,
        "cpu_s": time.process_time(),
        "max_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    with complete_or_absent(path) as temporary:
        temporary.write_text(json.dumps(row))


def code_digest() -> str:
    """Return one SHA-256 for the sources of all modules of the project that this process has loaded."""
    return _digest([file.read_bytes() for file in _loaded_project_files()])


def _digest(contents: list[bytes]) -> str:
    digest = hashlib.sha256()
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def _loaded_project_files() -> list[Path]:
    files = {
        Path(module.__file__).resolve() for module in list(sys.modules.values()) if getattr(module, "__file__", None)
    }
    return sorted(file for file in files if file.is_relative_to(_SCRIPTS))


def _git_commit() -> str | None:
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=_SCRIPTS, capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()

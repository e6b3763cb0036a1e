"""Finding the modules of the project that a script imports, by reading its source."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path


def code_files(folder: Path, script: str) -> list[str]:
    """Return the script and all modules below `folder` that it imports, directly or not; the script comes first.

    Paths are relative to the working directory. Raises OSError where the script cannot be read.
    """
    found, waiting = [], [folder / script]
    while waiting:
        file = waiting.pop(0)
        if file not in found:
            found.append(file)
            waiting += imported_files(folder, file)
    return [os.path.relpath(file) for file in found]


@cache
def imported_files(folder: Path, file: Path) -> tuple[Path, ...]:
    """Return the files below `folder` that one file imports by name."""
    names = sorted(set(_imported_names(ast.parse(file.read_text()))))
    candidates = (folder.joinpath(*name.split(".")).with_suffix(".py") for name in names)
    return tuple(path for path in candidates if path.is_file())


def _imported_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)

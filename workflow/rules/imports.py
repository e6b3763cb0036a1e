"""Finding the modules of the project that a script imports, by reading its source."""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# Statements are found by their form: parsing every module took half a second of each start of the workflow.
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^#\n]+)|import[ \t]+([^#\n]+))", re.MULTILINE
)


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
    names = sorted(set(_imported_names(file.read_text(encoding="utf-8"))))
    candidates = (folder.joinpath(*name.split(".")).with_suffix(".py") for name in names)
    return tuple(path for path in candidates if path.is_file())


def _imported_names(text: str) -> Iterator[str]:
    for source, listed, whole in _IMPORT.findall(text):
        names = [name.split()[0] for name in (listed or whole).strip("() ").split(",") if name.strip()]
        yield from names if whole else (source, *(f"{source}.{name}" for name in names))

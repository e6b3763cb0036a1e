"""Records of how results were made: by which recipe, from which files, into which.

A record stands beside its recipe, RESULTS/recipes/OUTPUT.json, as OUTPUT.made.json. It is there only where a job came
to its end and nothing that it depends on was changed meanwhile.
"""

import hashlib
import json
import logging
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from grokking.results.files import complete_or_absent
from grokking.results.provenance import PROJECT, loaded_project_files

log = logging.getLogger(__name__)


def results_of(file: Path, recipe: Mapping) -> Path | None:
    """Return the folder of results that a recipe stands in; None where it does not stand where it says it belongs."""
    parts = Path(recipe.get("makes", "")).parts
    results = file.parents[len(parts)] if parts and len(parts) < len(file.parents) else None
    return results if results and file == results / "recipes" / f"{recipe['makes']}.json" else None


@contextmanager
def recorded(file: Path, recipe: Mapping, results: Path, files: Collection[Path]) -> Iterator[None]:
    """Write the record of a job by this recipe, within `results`, when the block ends without an error.

    Of `files` those that are there at the start are what the job reads, those that are there at the end only are what
    it writes. There is no record where a file is not, or no longer, what it was when the recipe was written.
    """
    record = file.with_suffix(".made.json")
    record.unlink(missing_ok=True)  # from here on what it says may be overwritten
    before = {path: _stamp(path) for path in files if path.is_file()}
    read = {path: digest(path) for path in before}
    yield
    after = {path: _stamp(path) for path in files if path.is_file()}
    read = {_place(path, results): found for path, found in read.items() if path in after}  # a checkpoint is gone
    known = recipe["digests"]
    changed = [str(path) for path in before if path in after and before[path] != after[path]]
    changed += [place for place, found in read.items() if known.get(place, found) != found]
    changed += changed_code(recipe["code"])
    if changed:
        log.warning("%s changed during the job, which will be done again", ", ".join(changed))
        return
    made = {
        "recipe": recipe,
        "inputs": {place: found for place, found in read.items() if place not in known},
        "outputs": {_place(path, results): digest(path) for path in after if path not in before},
    }
    with complete_or_absent(record) as temporary:
        temporary.write_text(json.dumps(made, indent=1, sort_keys=True), encoding="utf-8")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's content. Raises OSError where it cannot be read."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def changed_code(code: Mapping[str, str]) -> list[str]:
    """Return the modules that this process has loaded and that are not as a recipe says (paths in the project)."""
    loaded = {path.relative_to(PROJECT).as_posix(): path for path in loaded_project_files()}
    return [name for name, path in loaded.items() if name in code and digest(path) != code[name]]


def _stamp(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _place(path: Path, results: Path) -> str:
    """Return where in the results a file is or, if it is not in there, where in the project."""
    place = Path(os.path.relpath(path, results))
    return (place if place.parts[0] != ".." else Path(os.path.relpath(path.resolve(), PROJECT))).as_posix()

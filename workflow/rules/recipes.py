"""What each job is made by, written down before it runs, and whether what is there was made by it.

A recipe stands at RESULTS/recipes/OUTPUT.json, where OUTPUT is the job's first output, and holds all that the job
depends on beside the content of results: parameters, digests of code and project files, which results it reads. The
job leaves OUTPUT.made.json beside it: its recipe, and the digests of what it read and wrote (`grokking.results.made`).
"""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path


def write_if_other(file: Path, text: str) -> None:
    """Write a text where it is not what is there, complete or not at all: several processes may do so at once."""
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(f".{os.getpid()}-{file.name}")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(file)


@cache
def digest(file: Path) -> str:
    """Return the SHA-256 of a file of the project as it is when it is first asked for. Raises OSError without it."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


class Recipes:
    """The recipes in a folder of results, and the records of how these were made as they are when first asked for."""

    def __init__(self, results: Path):
        self._folder = results / "recipes"

    def write(self, recipe: Mapping) -> Path:
        """Write a recipe, with the output that it `makes`, where another or none is there; return its file."""
        file = self._folder / f"{recipe['makes']}.json"
        write_if_other(file, json.dumps(recipe, indent=1, sort_keys=True))
        return file

    def made(self, recipe: Mapping) -> bool:
        """Tell whether the output is recorded to be made by exactly this, from results as they are recorded now.

        Whether files are as they were recorded is not looked at.
        """
        record = self._records.get(recipe["makes"])
        if record is None or record["recipe"] != json.loads(json.dumps(recipe)):
            return False
        read = record["inputs"].items()
        return all(found in self._outputs[file] for file, found in read if file in self._outputs)

    @cached_property
    def _records(self) -> dict[str, dict]:
        """The records by first output."""
        records = [_record(file) for file in self._folder.rglob("*.made.json")]
        return {record["recipe"]["makes"]: record for record in records if record}

    @cached_property
    def _outputs(self) -> dict[str, set[str]]:
        """The digests of every result that records name as written: several where an older record is left over."""
        found = defaultdict(set)
        for record in self._records.values():
            for file, value in record["outputs"].items():
                found[file].add(value)
        return dict(found)


def _record(file: Path) -> dict:
    """Return the content of a record; nothing where it is damaged or just gone."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}

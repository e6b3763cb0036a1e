"""Copied results, which have lost the order of their times: those that are what their records say are kept."""

import json
import os
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from grokking.results.jobs import StageError, stage
from grokking.results.made import digest

SHOWN = 20
"""Jobs that are named at most; their number is always told."""


class Judged(NamedTuple):
    """Records by the first output of their jobs, and why some are not what would be made now."""

    records: dict[str, dict]
    refused: dict[str, str]


@stage
def adopt(results: Path) -> None:
    """Give all files that are as they were made one time; print which jobs are done again, and why.

    A record counts where its recipe is the one that stands beside it, its files are as it says and so are, in turn,
    those of the jobs that made what it read. A file that is not there is no reason: Snakemake makes it if it is needed.
    Raises StageError where there is no recipe.
    """
    if not (results / "recipes").is_dir():
        raise StageError(f"{results}/recipes is missing; expected a folder that `snakemake --dry-run` writes")
    records, refused = judged(results)
    files = [results / file for name in records if name not in refused for file in records[name]["outputs"]]
    there = [file for file in files if file.exists()]
    now = time.time_ns()
    for file in [*there, *(results / "benchmarks").rglob("*.tsv")]:  # Snakemake counts a job's benchmark as its output
        os.utime(file, ns=(now, now))  # one time for all: none is older than what it was made from
    print(f"{results}: {len(there)} files of {len(records) - len(refused.keys() & records.keys())} jobs are adopted.")
    if refused:
        print(f"{len(refused)} jobs are done again where the configuration asks for them:")
    for name, why in list(refused.items())[:SHOWN]:
        print(f"  {name}: {why}")
    if len(refused) > SHOWN:
        print(f"  ... and {len(refused) - SHOWN} more")


def judged(results: Path) -> Judged:
    """Return the records of a folder; those whose files are not as they say are removed from it."""
    recipes = {
        file.relative_to(results / "recipes").with_suffix("").as_posix(): file
        for file in sorted((results / "recipes").rglob("*.json"))
        if not file.name.endswith(".made.json")
    }
    records = {name: record for name, file in recipes.items() if (record := _read(file.with_suffix(".made.json")))}
    refused = dict.fromkeys(recipes.keys() - records.keys(), "no record says how it was made")

    @cache
    def found(file: str) -> str | None:
        return digest(results / file) if (results / file).exists() else None

    for name, record in records.items():
        if other := next(_otherwise(record, found), None):
            recipes[name].with_suffix(".made.json").unlink()
            refused[name] = other
        elif difference := _difference(record["recipe"], _read(recipes[name])):
            refused[name] = difference
    _follow(records, refused)
    return Judged(records, dict(sorted(refused.items())))


def _read(file: Path) -> dict:
    """Return the content of a recipe or a record; nothing where it is not there or damaged."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _otherwise(record: Mapping, found) -> Iterator[str]:
    """Yield what is not as a record says, file by file; what is not there, or of no job, is passed over."""
    for file, expected in record["outputs"].items():
        if found(file) not in (None, expected):
            yield f"{file} is not as it was made"
    for file, expected in record["inputs"].items():
        if file not in record["recipe"]["digests"] and found(file) not in (None, expected):
            yield f"made from another {file}"


def _difference(made: Mapping, now: Mapping) -> str:
    """Return what differs between the recipe that something was made by and the one that it would be made by now."""
    words = {"parameters": "parameters", "code": "code", "reads": "files to read", "digests": "files of the project"}
    parts = []
    for part, word in words.items():
        old, new = made[part], now.get(part, {})
        names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
        parts += [f"other {word} ({', '.join(names[:3])}{', ...' if len(names) > 3 else ''})"] if names else []
    return ", ".join(parts)


def _follow(records: Mapping[str, dict], refused: dict[str, str]) -> None:
    """Refuse what was made from files of which no record that counts says that they are as they were read."""
    while True:
        made = {pair for name, record in records.items() if name not in refused for pair in record["outputs"].items()}
        further = {}
        for name, record in records.items():
            unknown = (file for file, known in record["inputs"].items() if (file, known) not in made)
            missing = next((file for file in unknown if file not in record["recipe"]["digests"]), None)
            if name not in refused and missing:
                further[name] = f"made from {missing}, which is done again"
        if not further:
            return
        refused |= further

"""Copied results, which have lost the order of their times: those that are what their records say are kept."""

import json
import os
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from grokking.results.jobs import StageError, stage
from grokking.results.made import digest

SHOWN = 20
"""Jobs that are named at most; their number is always told."""


@stage
def adopt(results: Path) -> None:
    """Give all files that are as they were made one time; print which jobs are done again, and why.

    A record counts where its recipe is the one that stands beside it, its files are as it says and so are, in turn,
    those of the jobs that made what it read. Where its files are others it is removed. A file that is not there is no
    reason: Snakemake makes it if something needs it. Raises StageError where there is no recipe.
    """
    folder = results / "recipes"
    if not folder.is_dir():
        raise StageError(f"{folder} is missing; expected a folder that `snakemake --dry-run` writes")
    recipes = [file for file in sorted(folder.rglob("*.json")) if not file.name.endswith(".made.json")]
    files = {file.relative_to(folder).with_suffix("").as_posix(): file.with_suffix(".made.json") for file in recipes}
    records = {name: record for name, file in files.items() if (record := _read(file))}
    others = dict(_others(results, records))
    for name in others:
        files[name].unlink()
    refused = dict.fromkeys(files.keys() - records.keys(), "no record says how it was made")
    refused |= {name: _difference(record["recipe"], _read(folder / f"{name}.json")) for name, record in records.items()}
    refused = {name: why for name, why in (refused | others).items() if why}
    _follow(records, refused)
    kept = [record for name, record in records.items() if name not in refused]
    _give_one_time(results, [results / file for record in kept for file in record["outputs"]])
    print(f"{results}: the results of {len(kept)} jobs are adopted.")
    if refused:
        print(f"{len(refused)} jobs are done again where the configuration asks for them:")
    for name, why in sorted(refused.items())[:SHOWN]:
        print(f"  {name}: {why}")
    if len(refused) > SHOWN:
        print(f"  ... and {len(refused) - SHOWN} more")


def _give_one_time(results: Path, files: list[Path]) -> None:
    """Let none of these files be older than what it was made from; Snakemake counts benchmarks as outputs of jobs."""
    now = time.time_ns()
    for file in [*files, *(results / "benchmarks").rglob("*.tsv")]:
        if file.exists():
            os.utime(file, ns=(now, now))


def _others(results: Path, records: Mapping[str, dict]) -> Iterator[tuple[str, str]]:
    """Yield the records that have a file which is there and not as they say, each with the first such file."""

    @cache
    def found(file: str) -> str | None:
        return digest(results / file) if (results / file).exists() else None

    def other(files: Mapping[str, str]) -> list[str]:
        return [file for file, value in files.items() if found(file) not in (None, value)]

    for name, record in records.items():
        if written := other(record["outputs"]):
            yield name, f"{written[0]} is not as it was made"
        elif read := other(record["inputs"]):
            yield name, f"made from another {read[0]}"


def _read(file: Path) -> dict:
    """Return the content of a recipe or a record; nothing where it is not there or damaged."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


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
            unknown = [file for file, known in record["inputs"].items() if (file, known) not in made]
            if name not in refused and unknown:
                further[name] = f"made from {unknown[0]}, which is done again"
        if not further:
            return
        refused |= further

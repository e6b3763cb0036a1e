"""The door of every stage: arguments from the command line or a notebook, progress, one line where it fails.

A stage is a function whose annotated parameters are all that it is given: `Path` for a file that it reads or writes,
`list[Path]` for several, int, float or str, and one frozen dataclass for the parameters of a run, which may hold a
tuple of others. Decorated with `stage` it can be called as it is, with files named by `Path` or text, and its script
calls `main`:

    @stage
    def train(run: Run, seed: int, data: Path, curves: Path) -> None: ...

    python train.py --run '{"run": "a", "eta": 1.0}' --seed 1 --data in.npz --curves out.parquet --provenance out.json
"""

import argparse
import dataclasses
import functools
import inspect
import json
import logging
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from grokking.results.files import DamagedFileError
from grokking.results.provenance import record

log = logging.getLogger(__name__)


class StageError(Exception):
    """A stage that cannot do what it was asked to; the message says why, and what to change, in one line."""


def stage(function: Callable[..., None]) -> "Stage":
    """Return a stage that does what `function` does."""
    return Stage(function)


class Stage:
    """A function with a command line. Called, it is the function, its paths given as `Path` or as text."""

    def __init__(self, function: Callable[..., None]):
        functools.update_wrapper(self, function)
        self._function = function
        self._types = {name: kind for name, kind in get_type_hints(function).items() if name != "return"}

    def __call__(self, *given: Any, **named: Any) -> None:
        """Run the stage."""
        bound = inspect.signature(self._function).bind(*given, **named)
        bound.apply_defaults()
        self._function(**{name: _as_path(value, self._types[name]) for name, value in bound.arguments.items()})

    def main(self, description: str | None, arguments: list[str] | None = None) -> None:
        """Run the stage on the command line's arguments; write the provenance, where asked for, when all is done.

        Ends with one line, and status 1, where the run is not one of this stage's, a file is damaged or the stage
        raises StageError.
        """
        parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        for name, kind in self._types.items():
            several = {"nargs": "*", "type": get_args(kind)[0]} if get_origin(kind) is list else {"type": _reader(kind)}
            parser.add_argument(f"--{name.replace('_', '-')}", required=True, **several)
        parser.add_argument("--provenance", type=Path, help="file for what the job ran on and what it cost (JSON)")
        given = vars(parser.parse_args(arguments))
        provenance = given.pop("provenance")
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
        try:
            read = {name: read_as(kind, given[name]) for name, kind in self._types.items() if _is_run(kind)}
            self._function(**given | read)
        except (StageError, DamagedFileError) as error:
            names = [_name(given[name]) for name, kind in self._types.items() if _is_run(kind)]
            unsaid = [name for name in names if not str(error).startswith(name)]
            sys.exit(": ".join([*unsaid, str(error)]))
        if provenance:
            runs = [given[name] for name in read]
            parameters = runs[0] if runs else {}
            record(provenance, _name(parameters), parameters, given.get("seed", 0))


def read_as(kind: type, values: Mapping) -> Any:
    """Return the frozen dataclass `kind` with these values; lists become tuples.

    Raises StageError, in one line, for a key that is unknown or missing, or a value of another type.
    """
    hints = get_type_hints(kind)
    required = [field.name for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING]
    for key in sorted(set(values) - set(hints)):
        near = get_close_matches(key, hints, n=1)
        raise StageError(f"{key}: unknown key; expected " + (near[0] if near else f"one of {', '.join(sorted(hints))}"))
    for key in sorted(set(required) - set(values)):
        raise StageError(f"{key}: missing; expected a value of type {_word(hints[key])}")
    return kind(**{key: _checked(key, value, hints[key]) for key, value in values.items()})


def seeds_of(name: str, count: int, done: str) -> Iterator[int]:
    """Yield 0 ... count - 1, saying after each that this seed of run `name` is `done`."""
    for seed in range(count):
        yield seed
        log.info("%s: seed %d of %d %s", name, seed + 1, count, done)


def _checked(key: str, value: Any, hint: Any) -> Any:
    if _is_run(hint):
        return read_as(hint, value)
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise StageError(f"{key}: {value!r} is not allowed; expected a list")
        return tuple(_checked(key, item, get_args(hint)[0]) for item in value)
    allowed = get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    numbers = (*allowed, int) if float in allowed else allowed
    if not isinstance(value, numbers) or (isinstance(value, bool) and bool not in allowed):
        raise StageError(f"{key}: {value!r} is not allowed; expected a value of type {_word(hint)}")
    return value


def _word(hint: Any) -> str:
    return getattr(hint, "__name__", str(hint))


def _is_run(kind: Any) -> bool:
    return dataclasses.is_dataclass(kind)


def _reader(kind: Any) -> Callable:
    return json.loads if _is_run(kind) else kind


def _name(values: Mapping) -> str:
    return str(values.get("run", values.get("name", "")))


def _as_path(value: Any, kind: Any) -> Any:
    if kind is Path:
        return Path(value)
    return [Path(item) for item in value] if kind == list[Path] else value

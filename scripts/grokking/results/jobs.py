"""The door of every stage: arguments from the command line or a notebook, progress, one line where it fails.

A stage is a function whose annotated parameters are all that it is given: `Path` for a file that it reads or writes,
`list[Path]` for several, int, float or str, and one frozen dataclass for the parameters of a run, which may hold a
tuple of others. Decorated with `stage` it can be called as it is, with files named by `Path` or text, and its script
calls `main`. On the command line all that is no file stands in one file, the recipe; so may lists of files:

    @stage
    def train(run: Run, seed: int, data: Path, curves: Path) -> None: ...

    echo '{"parameters": {"run": {"run": "a", "eta": 1.0}, "seed": 1}}' > a.json
    python train.py --recipe a.json --data in.npz --curves out.parquet --provenance out.json
"""

import argparse
import dataclasses
import functools
import inspect
import json
import logging
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from grokking.results.files import DamagedFileError
from grokking.results.made import recorded, results_of
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
        self._parameters = {name: kind for name, kind in self._types.items() if kind not in (Path, list[Path])}

    def __call__(self, *given: Any, **named: Any) -> None:
        """Run the stage."""
        bound = inspect.signature(self._function).bind(*given, **named)
        bound.apply_defaults()
        self._function(**{name: _as_path(value, self._types[name]) for name, value in bound.arguments.items()})

    def main(self, description: str | None, arguments: list[str] | None = None) -> None:
        """Run the stage on the command line's arguments; at its end write its record, and provenance where asked for.

        Ends with one line, and status 1, where the recipe is not one of this stage's, a file is damaged or the stage
        raises StageError.
        """
        given = vars(self._parser(description).parse_args(arguments))
        file, provenance = given.pop("recipe"), given.pop("provenance")
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
        about: Mapping = {}
        try:
            recipe = _read_recipe(file, self._parameters) if file else {}
            parameters = recipe.get("parameters", {})
            about = next((value for value in parameters.values() if isinstance(value, Mapping)), {})
            read = {name: _checked(name, parameters[name], kind) for name, kind in self._parameters.items()}
            results = results_of(file, recipe) if file else None
            given = {name: _listed(name, value, recipe, results) for name, value in given.items()}
            files = [*_paths(given.values()), *([provenance] if provenance else [])]
            with recorded(file, recipe, results, files) if results else nullcontext():
                self._function(**given, **read)
                if provenance:
                    record(provenance, _name(about), about, parameters.get("seed", 0))
        except (StageError, DamagedFileError) as error:
            name = _name(about)
            sys.exit(str(error) if str(error).startswith(name) else f"{name}: {error}")

    def _parser(self, description: str | None) -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        for name in [name for name in self._types if name not in self._parameters]:
            several = {"nargs": "*"} if self._types[name] == list[Path] else {"required": True}
            parser.add_argument(f"--{name.replace('_', '-')}", type=Path, **several)
        what = "file with the parameters, and with what else the results depend on (JSON)"
        parser.add_argument("--recipe", type=Path, required=bool(self._parameters), help=what)
        parser.add_argument("--provenance", type=Path, help="file for what the job ran on and what it cost (JSON)")
        return parser


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
        if not isinstance(value, Mapping):
            raise StageError(f"{key}: {value!r} is not allowed; expected a mapping")
        return read_as(hint, value)
    if get_origin(hint) in (tuple, list):
        if not isinstance(value, list | tuple):
            raise StageError(f"{key}: {value!r} is not allowed; expected a list")
        return get_origin(hint)(_checked(key, item, get_args(hint)[0]) for item in value)
    allowed = get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    numbers = (*allowed, int) if float in allowed else allowed
    if not isinstance(value, numbers) or (isinstance(value, bool) and bool not in allowed):
        raise StageError(f"{key}: {value!r} is not allowed; expected a value of type {_word(hint)}")
    return value


def _word(hint: Any) -> str:
    return getattr(hint, "__name__", str(hint))


def _is_run(kind: Any) -> bool:
    return dataclasses.is_dataclass(kind)


def _read_recipe(file: Path, expected: Mapping[str, Any]) -> dict:
    """Return what a recipe holds. Raises StageError where it cannot be read or has other parameters."""
    try:
        recipe = json.loads(file.read_text(encoding="utf-8"))
        given = recipe["parameters"].keys()
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise StageError(f"{file} is no recipe ({error!r}); expected JSON with `parameters`") from error
    for name in sorted(given - expected.keys()):
        raise StageError(f"{file}: parameters.{name}: unknown key; expected {', '.join(expected) or 'none'}")
    for name in sorted(expected.keys() - given):
        raise StageError(f"{file}: parameters.{name}: missing; expected a value of type {_word(expected[name])}")
    return recipe


def _listed(name: str, value: Any, recipe: Mapping, results: Path | None) -> Any:
    """Return the files of an argument, from the recipe where the command line has none: a sweep has many."""
    if value is not None:
        return value
    if results is None or name not in recipe.get("reads", {}):
        raise StageError(f"--{name.replace('_', '-')} is missing; expected files, there or in a recipe's `reads`")
    return [results / place for place in recipe["reads"][name]]


def _paths(values: Iterable[Path | list[Path]]) -> list[Path]:
    return [path for value in values for path in (value if isinstance(value, list) else [value])]


def _name(values: Mapping) -> str:
    return str(values.get("run", values.get("name", "")))


def _as_path(value: Any, kind: Any) -> Any:
    if kind is Path:
        return Path(value)
    return [Path(item) for item in value] if kind == list[Path] else value

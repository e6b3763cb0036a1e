"""Checking the claims before any job: every error at once, one line each, naming claim, key and the nearest name."""

import ast
import importlib.util
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

import yaml
from validation import repeated_keys

PAPERS = ("ridge", "logistic", "highdim")
"""Files of workflow/claims that hold what the papers claim."""
OWN = ("own", "beyond")
"""Files that hold what only this reproduction says."""
TEXTS = ("workflow/pages/*.md", "workflow/report/*.rst", "workflow/report/stories/*.rst", "workflow/article/*.rst")
"""Files in which placeholders name claims."""
Arguments = Mapping[str, tuple[str, bool]]
"""Arguments of a measure: annotation, and whether it must be given."""


def claim_files(names: Iterable[str]) -> list[str]:
    """Return the files of these names, relative to the project."""
    return [f"workflow/claims/{name}.yaml" for name in names]


def claim_errors(root: Path, axes: Mapping[str, Collection[str]]) -> list[str]:
    """Return one line for each thing that is wrong with the claims of the project in folder `root`.

    `axes` are the experiments that claims may name, each with the axes of its sweeps. The names of measures, their
    arguments and figures are read from the sources, which are not imported. Stories and templates of pages and
    captions are claims' texts too: what they name must exist.
    """
    files = [root / file for file in claim_files(PAPERS + OWN)]
    declared, texts = _module(root / "scripts/judging/claims.py"), _module(root / "scripts/report/placeholders.py")
    try:
        if repeated := [line for file in files for line in repeated_keys(file)]:
            return repeated
        claims, headlines = declared.read_claims(files), declared.headlines(files)
    except declared.ClaimError as error:
        return str(error).splitlines()
    except yaml.YAMLError as error:
        return [" ".join(f"workflow/claims: {error}".split())]
    measures, figures = measures_of(root / "scripts/judging"), figures_of(root / "scripts/figures")
    pages = [path.stem for path in (root / "workflow/pages").glob("*.md")]
    lines = [line for claim in claims for line in name_errors(claim, measures, axes, figures, pages)]
    names = [claim["id"] for claim in claims]
    lines += [_unknown(name, "headlines", name, "a claim", names) for name in headlines if name not in names]
    written = sorted(file for pattern in TEXTS for file in root.glob(pattern))
    return lines + [
        f"{file.relative_to(root)}: {line}"
        for file in written
        for line in texts.placeholder_errors(file.read_text(encoding="utf-8"), names)
    ]


def united(*known: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Return all experiments of several mappings, each with all of its axes."""
    names = dict.fromkeys(name for some in known for name in some)
    return {name: list(dict.fromkeys(axis for some in known for axis in some.get(name, []))) for name in names}


def name_errors(
    claim: Mapping,
    measures: Mapping[str, Arguments],
    axes: Mapping[str, Collection[str]],
    figures: Collection[str],
    pages: Collection[str],
) -> Iterator[str]:
    """Yield one line for each name of a claim that does not exist, and for arguments that its measure does not take."""
    name = claim["id"]
    if claim["evidence"] not in figures:
        yield _unknown(name, "evidence", claim["evidence"], "a module of scripts/figures", figures)
    if claim["paper"] not in pages:
        yield _unknown(name, "paper", claim["paper"], "a page of workflow/pages", pages)
    measured = claim["measure"]
    if measured.get("name") not in measures:
        yield _unknown(name, "measure.name", measured.get("name"), "a measure of scripts/judging", measures)
        return
    arguments = measures[measured["name"]]
    yield from _binding_errors(name, measured, arguments)
    experiments = [key for key in measured if _is(arguments, key, "Experiment")]
    for key in experiments:
        if measured[key] not in axes:
            yield _unknown(
                name,
                f"measure.{key}",
                measured[key],
                "an experiment of config.yaml or workflow/schemas/names.yaml",
                axes,
            )
    for key in [key for key in measured if _is(arguments, key, "Axis")]:
        of = [measured[one] for one in experiments if measured[one] in axes][:1]
        known = axes[of[0]] if of else sorted({axis for some in axes.values() for axis in some})
        if measured[key] not in known:
            yield _unknown(
                name, f"measure.{key}", measured[key], f"an axis of {' '.join(of) or 'an experiment'}", known
            )


def _binding_errors(name: str, measured: Mapping, arguments: Arguments) -> Iterator[str]:
    """Yield what does not bind; an argument that seems mistyped is not said to be missing too."""
    meant = set()
    for key in [key for key in measured if key != "name" and key not in arguments]:
        free = [argument for argument in arguments if argument not in measured] or list(arguments)
        meant.update(get_close_matches(key, free, n=1))
        yield f"claim {name}: measure.{key}: {measured['name']} has no such argument; {_near(key, free)}"
    for key, (_, required) in arguments.items():
        if required and key not in measured and key not in meant:
            yield f"claim {name}: measure.{key}: missing; {measured['name']} needs it"


def measures_of(folder: Path) -> dict[str, Arguments]:
    """Return the measures that the modules of a folder register, with their arguments but for the results."""
    functions = [
        node
        for file in sorted(folder.glob("*.py"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(one) == "measure" for one in node.decorator_list)
    ]
    return {function.name: _arguments(function.args) for function in functions}


def _arguments(given: ast.arguments) -> Arguments:
    required = len(given.args) - len(given.defaults)
    return {
        argument.arg: (ast.unparse(argument.annotation), index < required)
        for index, argument in enumerate(given.args)
        if index > 0
    }


def figures_of(folder: Path) -> list[str]:
    """Return the modules of a folder that draw a figure."""
    return sorted(file.stem for file in folder.glob("*.py") if "\ndef draw(" in file.read_text(encoding="utf-8"))


def _is(arguments: Arguments, key: str, kind: str) -> bool:
    return kind in arguments.get(key, ("", False))[0].split(" | ")


def _unknown(name: str, key: str, value: object, expected: str, known: Iterable[str]) -> str:
    return f"claim {name}: {key}: {value!r} is not allowed; expected {expected}; {_near(str(value), list(known))}"


def _near(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean '{near[0]}'?" if near else f"there is {', '.join(known) or 'none'}"


def _module(path: Path) -> ModuleType:
    """Return a module that the jobs use too; the folder `scripts` is not on the path of the workflow."""
    spec = importlib.util.spec_from_file_location(f"of_jobs_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""The walls between rooms: what a module imports decides what is drawn, trained and judged again when it is edited."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT
from imports import imported_files

SCRIPTS = ROOT / "scripts"
FACE = SCRIPTS / "grokking/api.py"
"""What users of the package import: it reaches every room, and no job may reach it."""
MODULES = sorted(path for path in SCRIPTS.rglob("*/*.py") if path.name != "__init__.py" and path != FACE)
ENTRY_POINTS = sorted(SCRIPTS.glob("*.py"))

FOUNDATION = ["seeds", "steps", "decay", "kernels", "collocation", "optimisers", "limits"]
FORMULAS = ["ridge.theory", "logistic.theory", "logistic.reduced", "logistic.geometry", "flow.theory"]
# Room: what its modules may import beside each other, rooms or single modules.
ALLOWED = {
    "grokking": ["results.rows"],
    "results": [],
    "ridge": ["results", *FOUNDATION],
    "networks": ["results", *FOUNDATION],
    "depth": ["networks.population", "ridge", "results", *FOUNDATION],
    "logistic": ["results", "times", *FOUNDATION],
    "planar": ["logistic", "smooth", "results", "times", *FOUNDATION],
    "smooth": ["logistic", *FOUNDATION],
    "beyond": ["planar.data", "logistic", "smooth", "results", "times", *FOUNDATION],
    "flow": ["highdim", "logistic", "results", *FOUNDATION],
    "highdim": ["logistic", "results", "times", *FOUNDATION],
    "judging": ["results", "times", "seeds", *FORMULAS],
    "records": ["results"],
    "report": ["results", "judging"],
    "article": ["results", "judging", "report"],
    "figures": ["results", "judging", "report", *FORMULAS],
    "explorer": ["results", "judging", "report", "ridge.problem", *FORMULAS],
}
MOST_MODULES = 9
# What only reads: a job that draws or trains is not done again when one of these is edited. Those of the room `beyond`
# are: one job draws, trains and evaluates a whole experiment in seconds, so that a second one for the evaluation, with
# the snapshots in a file between them, would cost as much as it saved.
READERS = ["times", "logistic.phases", "logistic.evaluation", "judging", "report"]
# Last part of the names of modules that train or know a run: data is not drawn again when one of these is edited.
TRAINERS = {"decay", "path", "descent", "flows", "late", "trainer", "training", "run"}


def name_of(module: Path) -> str:
    """Return a module's name from its room on, as in `logistic.phases`."""
    return ".".join(module.relative_to(SCRIPTS).with_suffix("").parts).removeprefix("grokking.")


def room_of(module: Path) -> str:
    """Return the folder that a module is in."""
    return module.parent.name


def imported(module: Path) -> Iterator[Path]:
    """Return the modules of the project that one imports by name."""
    return (file for file in imported_files(SCRIPTS, module) if file.name != "__init__.py")


def within(name: str, places: list[str]) -> bool:
    """Tell whether a module is one of `places`, or in one of them."""
    return any(name == place or name.startswith(f"{place}.") for place in places)


def reached(script: Path) -> dict[Path, Path]:
    """Return all modules that a script imports, directly or not, each with one that imports it."""
    found, waiting = {}, [script]
    while waiting:
        importer = waiting.pop()
        new = [module for module in imported(importer) if module not in found]
        found |= dict.fromkeys(new, importer)
        waiting += new
    return found


def way_to(module: Path, found: dict[Path, Path]) -> str:
    """Return the modules on the way from a script to one that it reaches, the script last."""
    way = [module]
    while way[-1] in found and found[way[-1]] not in way:
        way.append(found[way[-1]])
    return " <- ".join(map(name_of, way))


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_no_arrow_between_rooms_runs_backwards(module):
    room = room_of(module)
    beyond = [name_of(file) for file in imported(module) if room_of(file) != room]
    assert [name for name in beyond if not within(name, ALLOWED[room])] == []


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_no_module_imports_itself_by_a_detour(module):
    found = reached(module)
    assert module not in found, way_to(module, found)


def evaluates(script: Path) -> bool:
    """Tell whether a job of this script is meant to evaluate what it trains."""
    return any(room_of(module) == "beyond" for module in imported(script))


@pytest.mark.parametrize(
    "script",
    [*SCRIPTS.glob("draw_*.py"), *(script for script in SCRIPTS.glob("train_*.py") if not evaluates(script))],
    ids=name_of,
)
def test_what_draws_or_trains_is_not_done_again_when_reading_changes(script):
    found = reached(script)
    assert [way_to(module, found) for module in found if within(name_of(module), READERS)] == []


@pytest.mark.parametrize("script", [*SCRIPTS.glob("draw_*.py")], ids=name_of)
def test_data_is_not_drawn_again_when_training_changes(script):
    found = reached(script)
    assert [way_to(module, found) for module in found if module.stem in TRAINERS] == []


def test_a_room_has_at_most_nine_modules():
    rooms = [room_of(module) for module in MODULES if room_of(module) not in ("grokking", "figures")]
    assert {room: rooms.count(room) for room in rooms if rooms.count(room) > MOST_MODULES} == {}


def test_no_job_depends_on_the_public_face():
    assert [name_of(module) for module in MODULES + ENTRY_POINTS if FACE in imported(module)] == []


def test_packages_export_nothing():
    """Whoever imports a room would import, and rerun with, all that its `__init__` does."""
    assert [path for path in SCRIPTS.rglob("__init__.py") if len(ast.parse(path.read_text()).body) > 1] == []


@pytest.mark.parametrize("script", ENTRY_POINTS, ids=name_of)
def test_an_entry_point_is_a_docstring_two_imports_and_a_call(script):
    docstring, process, imports, call = ast.parse(script.read_text()).body
    assert isinstance(docstring.value, ast.Constant)
    assert (
        ast.unparse(process) == "import grokking.results.process as process"
    )  # first: it sets how the others are imported
    assert isinstance(imports, ast.ImportFrom)
    assert isinstance(call.value, ast.Call)

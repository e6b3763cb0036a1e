import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from grokking.results.files import DamagedFileError
from grokking.results.jobs import StageError, read_as, seeds_of, stage


@dataclass(frozen=True)
class Run:
    run: str
    eta: float
    n: int
    bias: bool
    eps: tuple[float, ...]
    horizon: int | None = None


@dataclass(frozen=True)
class Experiment:
    name: str
    runs: tuple[Run, ...]


GOOD = {"run": "a", "eta": 1, "n": 3, "bias": True, "eps": [0.0, 0.1]}


@stage
def double(run: Run, seed: int, parts: list[Path], out: Path) -> None:
    """Write what it was given."""
    if run.n < -1:
        raise StageError(f"{run.run}, seed 0: n is far too small")
    if run.n < 0:
        raise StageError("n is negative")
    if run.n == 0:
        raise DamagedFileError("x is damaged")
    out.write_text(f"{run.run} {run.n * 2} {seed} {[part.name for part in parts]}")


def arguments(folder, run=GOOD):
    files = ["--parts", "p/1", "p/2", "--out", str(folder / "out"), "--provenance", str(folder / "provenance")]
    recipe = folder.with_name(f"{folder.name}.json")
    recipe.write_text(json.dumps({"parameters": {"run": run, "seed": 7}}))
    return ["--recipe", str(recipe), *files]


def test_a_stage_runs_from_the_command_line_and_leaves_its_provenance(tmp_path):
    double.main("doc", arguments(tmp_path))
    assert (tmp_path / "out").read_text() == "a 6 7 ['1', '2']"
    found = json.loads((tmp_path / "provenance").read_text())
    assert (found["run"], found["seed"]) == ("a", 7)


def test_a_stage_is_a_function_that_takes_paths_as_text(tmp_path):
    double(read_as(Run, GOOD), 1, parts=["p/1"], out=str(tmp_path / "out"))
    assert (tmp_path / "out").read_text() == "a 6 1 ['1']"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"horizn": 5}, "a: horizn: unknown key; expected horizon"),
        ({"eta": "x"}, "a: eta: 'x' is not allowed; expected a value of type float"),
        ({"n": 1.5}, "a: n: 1.5 is not allowed; expected a value of type int"),
        ({"n": True}, "a: n: True is not allowed; expected a value of type int"),
        ({"bias": 1}, "a: bias: 1 is not allowed; expected a value of type bool"),
        ({"eps": 0.1}, "a: eps: 0.1 is not allowed; expected a list"),
        ({"eps": ["x"]}, "a: eps: 'x' is not allowed; expected a value of type float"),
        ({"n": -1}, "a: n is negative"),
        ({"n": -2}, "a, seed 0: n is far too small"),
        ({"n": 0}, "a: x is damaged"),
    ],
)
def test_what_is_wrong_with_a_run_is_one_line_and_leaves_nothing(tmp_path, change, line):
    with pytest.raises(SystemExit) as failed:
        double.main("doc", arguments(tmp_path, GOOD | change))
    assert str(failed.value.code) == line
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("{", "is no recipe (JSONDecodeError("),
        ("[]", "is no recipe (TypeError("),
        ("{}", "is no recipe (KeyError('parameters')); expected JSON with `parameters`"),
        ('{"parameters": {"run": {}}}', ": parameters.seed: missing; expected a value of type int"),
        ('{"parameters": {"run": {}, "seed": 1, "sed": 2}}', ": parameters.sed: unknown key; expected run, seed"),
        ('{"parameters": {"run": 5, "seed": 1}}', "run: 5 is not allowed; expected a mapping"),
        (json.dumps({"parameters": {"run": GOOD, "seed": "1"}}), "a: seed: '1' is not allowed; expected a value of"),
    ],
)
def test_a_recipe_that_is_not_one_of_the_stage_is_one_line(tmp_path, content, line):
    given = arguments(tmp_path)
    Path(given[1]).write_text(content)
    with pytest.raises(SystemExit) as failed:
        double.main("doc", given)
    assert line in str(failed.value.code)
    assert "\n" not in str(failed.value.code)


def test_a_recipe_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(SystemExit, match=r"^/nowhere is no recipe \(FileNotFoundError"):
        double.main("doc", ["--recipe", "/nowhere", *arguments(tmp_path)[2:]])


def test_a_missing_key_is_named():
    with pytest.raises(StageError, match=r"^n: missing; expected a value of type int$"):
        read_as(Run, {key: value for key, value in GOOD.items() if key != "n"})


def test_a_key_with_a_default_may_be_left_out_or_null():
    assert read_as(Run, GOOD).horizon is None
    assert read_as(Run, GOOD | {"horizon": None}).horizon is None
    assert read_as(Run, GOOD | {"horizon": 5}).horizon == 5


def test_lists_become_tuples():
    assert read_as(Run, GOOD).eps == (0.0, 0.1)


def test_every_seed_is_reported_when_it_is_done(caplog):
    caplog.set_level("INFO")
    assert list(seeds_of("a", 2, "trained")) == [0, 1]
    assert [record.message for record in caplog.records] == ["a: seed 1 of 2 trained", "a: seed 2 of 2 trained"]


def test_several_runs_are_read_one_by_one():
    found = read_as(Experiment, {"name": "e", "runs": [GOOD, GOOD | {"n": 4}]})
    assert found.runs == (read_as(Run, GOOD), read_as(Run, GOOD | {"n": 4}))
    with pytest.raises(StageError, match=r"^n: 1\.5 is not allowed; expected a value of type int$"):
        read_as(Experiment, {"name": "e", "runs": [GOOD | {"n": 1.5}]})

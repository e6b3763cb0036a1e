"""Recipes are written where they differ, and results count as made where the records say so."""

import json
import os
from pathlib import Path

import pytest
from recipes import Recipes, write_if_other

DATA = {"makes": "data/a.npz", "parameters": {"n": 3, "law": [1.0, 0.1]}, "code": {}, "reads": {}, "digests": {}}
CURVES = {"makes": "runs/r/curves.parquet", "parameters": {}, "code": {}, "reads": {}, "digests": {}}


@pytest.fixture
def results(tmp_path) -> Path:
    """Results of two jobs, the second from the first's."""
    record(tmp_path, DATA, {}, {"data/a.npz": "1"})
    record(tmp_path, CURVES, {"data/a.npz": "1"}, {"runs/r/curves.parquet": "2"})
    return tmp_path


def record(results, recipe, inputs, outputs):
    file = results / f"recipes/{recipe['makes']}.made.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"recipe": recipe, "inputs": inputs, "outputs": outputs}))


def test_a_recipe_is_written_once(tmp_path):
    file = Recipes(tmp_path).write(DATA)
    assert json.loads(file.read_text()) == DATA
    os.utime(file, (1, 1))
    Recipes(tmp_path).write(dict(reversed(DATA.items())))
    assert file.stat().st_mtime == 1
    Recipes(tmp_path).write(DATA | {"parameters": {}})
    assert file.stat().st_mtime > 1
    assert [path.name for path in file.parent.iterdir()] == ["a.npz.json"]


def test_writing_over_another_process_leaves_one_whole_text(tmp_path):
    file = tmp_path / "a"
    write_if_other(file, "one")
    (tmp_path / ".1-a").write_text("another's, not ready yet")
    write_if_other(file, "two")
    assert file.read_text() == "two"


def test_what_is_recorded_with_this_recipe_counts_as_made(results):
    recipes = Recipes(results)
    assert recipes.made(DATA | {"parameters": {"n": 3, "law": (1.0, 0.1)}})
    assert recipes.made(CURVES)


@pytest.mark.parametrize("part", ["parameters", "code", "reads", "digests"])
def test_another_recipe_does_not(results, part):
    assert not Recipes(results).made(DATA | {part: {"new": "1"}})


def test_without_a_whole_record_nothing_counts_as_made(results):
    assert not Recipes(results).made(DATA | {"makes": "data/b.npz"})
    (results / "recipes/data/a.npz.made.json").write_text('{"recipe": ')
    assert not Recipes(results).made(DATA)


def test_what_was_made_from_something_else_than_is_recorded_now_does_not_count(results):
    """Another folder's jobs wrote here, or part of the files are of another copy."""
    record(results, DATA, {}, {"data/a.npz": "8"})
    recipes = Recipes(results)
    assert recipes.made(DATA)
    assert not recipes.made(CURVES)


def test_a_record_that_is_left_over_from_a_job_of_another_name_changes_nothing(results):
    record(results, DATA | {"makes": "data/old.npz"}, {}, {"data/a.npz": "0", "data/old.npz": "0"})
    assert Recipes(results).made(CURVES)

"""Copied results: what is as it was recorded is kept, everything else is named and done again."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from grokking.results.jobs import StageError
from records.adoption import SHOWN, adopt

FILES = {"data": "drawn", "curves": "trained", "times": "trained too", "table": "collected", "other": "alone"}
JOBS = {"data": ([], ["data"]), "curves": (["data"], ["curves", "times"]), "table": (["times", "runs.json"], ["table"])}
JOBS["other"] = ([], ["other"])


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def results(tmp_path) -> Path:
    """Results of three jobs, one made from the other, and of one that has to do with none; their times are mixed up."""
    (tmp_path / "recipes").mkdir()
    (tmp_path / "runs.json").write_text("[]")
    for number, (name, text) in enumerate(FILES.items()):
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (10**9 - number, 10**9 - number))
    digests = {name: sha(text) for name, text in FILES.items()} | {"runs.json": sha("[]")}
    for job, (read, written) in JOBS.items():
        listed = {name: digests[name] for name in read if name == "runs.json"}
        recipe = {"makes": job, "parameters": {"seed": 0}, "code": {"a.py": "1"}, "reads": {}, "digests": listed}
        record = {"recipe": recipe, "inputs": {name: digests[name] for name in read if name not in listed}}
        record |= {"outputs": {name: digests[name] for name in written}}
        (tmp_path / f"recipes/{job}.json").write_text(json.dumps(recipe))
        (tmp_path / f"recipes/{job}.made.json").write_text(json.dumps(record))
    return tmp_path


def adopted(results: Path) -> set[str]:
    """Adopt the results; return the files whose time is now."""
    adopt(results)
    return {name for name in FILES if (results / name).exists() and (results / name).stat().st_mtime > 10**9}


def told(capsys) -> list[str]:
    return [line.strip() for line in capsys.readouterr().out.splitlines()]


def change_recipe(results: Path, job: str, **changes: object) -> None:
    file = results / f"recipes/{job}.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_whole_results_get_one_time(results, capsys):
    assert adopted(results) == set(FILES)
    assert len({(results / name).stat().st_mtime_ns for name in FILES}) == 1
    assert told(capsys) == [f"{results}: the results of 4 jobs are adopted."]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"parameters": {"seed": 1}}, "other parameters (seed)"),
        ({"code": {"a.py": "2"}}, "other code (a.py)"),
        ({"code": {"a.py": "1", "b.py": "1"}}, "other code (b.py)"),
        ({"reads": {"parts": ["x"]}}, "other files to read (parts)"),
        ({"digests": {"claims.yaml": "1"}}, "other files of the project (claims.yaml)"),
    ],
)
def test_another_recipe_and_what_was_made_from_its_results_are_done_again(results, capsys, change, word):
    change_recipe(results, "curves", **change)
    assert adopted(results) == {"data", "other"}
    assert told(capsys)[1:] == [
        "2 jobs are done again where the configuration asks for them:",
        f"curves: {word}",
        "table: made from times, which is done again",
    ]
    assert (results / "recipes/curves.made.json").exists(), "the change may be taken back"


def test_a_damaged_file_costs_its_record(results, capsys):
    (results / "times").write_text("trained to")
    assert adopted(results) - {"times"} == {"data", "other"}
    assert told(capsys)[2:] == ["curves: times is not as it was made", "table: made from another times"]
    assert not (results / "recipes/curves.made.json").exists()
    assert not (results / "recipes/table.made.json").exists()


def test_results_without_records_are_done_again(results, capsys):
    (results / "recipes/data.made.json").unlink()
    (results / "recipes/other.made.json").write_text("{ half")
    assert adopted(results) == set()
    assert "data: no record says how it was made" in (lines := told(capsys))
    assert "other: no record says how it was made" in lines
    assert "curves: made from data, which is done again" in lines


def test_what_was_not_copied_is_no_reason(results, capsys):
    (results / "data").unlink()
    (results / "times").unlink()
    assert adopted(results) == {"curves", "table", "other"}
    assert told(capsys) == [f"{results}: the results of 4 jobs are adopted."]


def test_a_part_of_other_results_is_not_taken_for_what_these_were_made_from(results, capsys):
    """The data and its record are those of another root seed, whole as they are."""
    file = results / "recipes/data.made.json"
    file.write_text(file.read_text().replace(sha("drawn"), sha("drawn otherwise")))
    (results / "data").write_text("drawn otherwise")
    assert adopted(results) == {"data", "other"}
    assert "curves: made from another data" in told(capsys)


def test_other_rows_of_runs_are_the_recipe_s_to_tell(results):
    (results / "runs.json").write_text("[1]")
    change_recipe(results, "table", digests={"runs.json": sha("[1]")})
    assert adopted(results) == set(FILES) - {"table"}


def test_a_folder_that_was_moved_is_adopted_where_it_is(results, tmp_path_factory):
    moved = tmp_path_factory.mktemp("moved") / "here"
    shutil.copytree(results, moved)
    assert adopted(moved) == set(FILES)


def test_of_many_jobs_some_are_named_and_all_counted(results, capsys):
    for number in range(SHOWN + 5):
        change_recipe(results, "other", makes=f"new{number:02}")
        shutil.copy(results / "recipes/other.json", results / f"recipes/new{number:02}.json")
    adopt(results)
    lines = told(capsys)
    assert len(lines) == SHOWN + 3
    assert lines[1].startswith(f"{SHOWN + 5} jobs")
    assert lines[-1] == "... and 5 more"


def test_results_without_recipes_are_one_line(tmp_path):
    with pytest.raises(StageError, match=r"recipes is missing; expected a folder that `snakemake --dry-run` writes$"):
        adopt(tmp_path)

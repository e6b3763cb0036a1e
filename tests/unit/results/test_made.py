"""Records of how results were made: there after a job that ended well, and at no other time."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from grokking.results import jobs, made
from grokking.results.jobs import StageError, stage


@dataclass(frozen=True)
class Run:
    run: str
    word: str


@stage
def join(run: Run, parts: list[Path], checkpoint: Path, out: Path) -> None:
    """Write what it was given; the word says what else happens."""
    if run.word == "fails":
        raise StageError("fails")
    if run.word == "changes":
        parts[0].write_text("changed")
    checkpoint.unlink(missing_ok=True)
    out.write_text(run.word + "".join(part.read_text() for part in parts))


CODE = Path(jobs.__file__).relative_to(made.PROJECT).as_posix()


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def results(tmp_path, monkeypatch) -> Path:
    """A folder of results with two parts, as a job sees it."""
    monkeypatch.chdir(tmp_path)
    folder = Path("results/quick")
    (folder / "parts").mkdir(parents=True)
    for name in "ab":
        (folder / "parts" / name).write_text(name)
    return folder


def called(results: Path, word: str = "word", **changes: object) -> Path:
    """Run the job; return the place of its record."""
    recipe = {"makes": "joined/out", "parameters": {"run": {"run": "r", "word": word}}, "digests": {}}
    recipe |= {"code": {CODE: made.digest(Path(jobs.__file__))}, "reads": {"parts": ["parts/a", "parts/b"]}} | changes
    file = results / "recipes/joined/out.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(recipe))
    (results / "joined").mkdir(exist_ok=True)
    out = results / "joined/out"
    out.unlink(missing_ok=True)
    files = ["--checkpoint", f"{results}/joined/state", "--out", str(out), "--provenance", f"{results}/joined/p.json"]
    join.main("doc", ["--recipe", str(file), *files])
    return results / "recipes/joined/out.made.json"


def test_a_record_has_the_recipe_and_the_digests_of_what_was_read_and_written(results):
    found = json.loads(called(results).read_text())
    assert found["recipe"] == json.loads((results / "recipes/joined/out.json").read_text())
    assert found["inputs"] == {"parts/a": sha("a"), "parts/b": sha("b")}
    provenance = (results / "joined/p.json").read_text()
    assert found["outputs"] == {"joined/out": sha("wordab"), "joined/p.json": sha(provenance)}


def test_the_same_results_in_another_folder_have_the_same_record(results, tmp_path):
    def lasting(record):
        return {part: {key: one for key, one in record[part].items() if key != "joined/p.json"} for part in record}

    first = json.loads(called(results).read_text())
    os.rename(results, tmp_path / "moved")
    (tmp_path / "moved/joined/p.json").unlink()
    assert lasting(json.loads(called(tmp_path / "moved").read_text())) == lasting(first)


@pytest.mark.parametrize("changed", [None, "workflow/schemas/tables.yaml", "parts/a"])
def test_what_the_recipe_has_the_digest_of_is_compared_with_it(results, caplog, changed):
    """Files of the project, and lists of runs: another start of the workflow may have changed them meanwhile."""
    schema = made.PROJECT / "workflow/schemas/tables.yaml"
    digests = {"workflow/schemas/tables.yaml": made.digest(schema), "parts/a": sha("a")}
    digests |= {changed: sha("as it was")} if changed else {}
    (results / "recipes").mkdir()
    recipe = {"makes": "x", "code": {}, "digests": digests}
    with made.recorded(results / "recipes/x.json", recipe, results, [schema, results / "parts/a", results / "parts/b"]):
        pass
    record = results / "recipes/x.made.json"
    assert record.exists() == (changed is None)
    assert changed is None or f"{changed} changed" in caplog.text
    if changed is None:
        assert json.loads(record.read_text())["inputs"] == {"parts/b": sha("b")}


def test_a_checkpoint_that_a_job_went_on_from_is_neither_read_nor_written(results):
    (results / "joined").mkdir()
    (results / "joined/state").write_text("half")
    assert set(json.loads(called(results).read_text())["inputs"]) == {"parts/a", "parts/b"}


def test_a_job_that_fails_leaves_no_record_and_not_the_earlier_one(results):
    assert called(results).exists()
    (results / "joined/p.json").unlink()
    with pytest.raises(SystemExit, match=r"^r: fails$"):
        called(results, "fails")
    assert not (results / "recipes/joined/out.made.json").exists()


@pytest.mark.parametrize("changed", ["input", "code", "output that was there before"])
def test_what_changed_during_a_job_leaves_no_record(results, changed, caplog):
    if changed.startswith("output"):
        (results / "joined").mkdir()
        (results / "joined/p.json").write_text("{}")
    record = called(
        results,
        word="changes" if changed == "input" else "word",
        **({"code": {CODE: sha("as it was")}} if changed == "code" else {}),
    )
    assert (results / "joined/out").exists()
    assert not record.exists()
    named = {"input": "parts/a", "code": CODE}.get(changed, "joined/p.json")
    assert f"{named} changed during the job, which will be done again" in caplog.text


def test_a_recipe_of_ones_own_leaves_no_record(results):
    assert made.results_of(Path("mine.json"), {"parameters": {}}) is None
    assert made.results_of(Path("mine.json"), {"makes": "a/b/c/d"}) is None
    assert made.results_of(results / "recipes/other/out.json", {"makes": "joined/out"}) is None
    assert made.results_of(Path("recipes/joined/out.json"), {"makes": "joined/out"}) == Path(".")
    assert made.results_of(results / "recipes/joined/out.json", {"makes": "joined/out"}) == results


def test_files_that_are_given_nowhere_are_named(results):
    with pytest.raises(SystemExit, match=r"^r: --parts is missing; expected files, there or in a recipe's `reads`$"):
        called(results, reads={})

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from grokking.results.files import write_parquet
from grokking.results.jobs import StageError
from records.collection import collect, first_repeated, table_errors

COLUMNS = {
    "run": {"type": "string", "key": "primary", "description": "name"},
    "eps": {"type": "double", "key": "primary", "description": "level"},
    "step": {"type": "int64", "unit": "steps", "description": "the time"},
    "censored": {"type": "bool", "description": "null step"},
}


def test_parts_become_the_table_that_each_is_said_to_be_of(tmp_path):
    (tmp_path / "schema.yaml").write_text(yaml.safe_dump({"t": COLUMNS, "u": COLUMNS, "v": COLUMNS}))
    (tmp_path / "job.json").write_text('{"run": "b", "step": 7, "censored": false}')
    (tmp_path / "runs.json").write_text('[{"run": "a", "censored": true}, {"run": "c", "censored": true}]')
    write_parquet(pa.table({"run": ["d"], "censored": [True]}), tmp_path / "job.parquet")
    parts = [tmp_path / name for name in ("job.json", "job.parquet", "runs.json")]
    out = [tmp_path / f"{name}.parquet" for name in ("u", "t", "v")]
    collect(parts, ["t", "u", "t"], tmp_path / "schema.yaml", ["u", "t", "v"], out)
    rows = pq.read_table(tmp_path / "t.parquet").select(["run", "step", "censored"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [("b", 7, False), ("a", None, True), ("c", None, True)]
    assert pq.read_table(tmp_path / "u.parquet")["run"].to_pylist() == ["d"]
    assert pq.read_table(tmp_path / "v.parquet").to_pylist() == []


def times(*rows: tuple) -> pa.Table:
    """Rows (run, eps, step, censored)."""
    types = dict(zip(COLUMNS, (pa.string(), pa.float64(), pa.int64(), pa.bool_()), strict=True))
    return pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows], schema=pa.schema(types))


def test_rows_with_other_keys_are_no_errors():
    table = times(("a", 0.1, 3, False), ("a", None, None, True), ("b", 0.1, 3, False), ("b", None, 0, False))
    assert list(table_errors(table, COLUMNS)) == []
    assert list(table_errors(times(), COLUMNS)) == []


def test_a_key_that_two_rows_have_is_named():
    table = times(("b", 0.1, 3, False), ("a", None, None, True), ("c", 0.1, 3, False), ("a", None, 4, False))
    assert list(table_errors(table, COLUMNS)) == ["run a, eps None: two rows; expected one"]


@pytest.mark.parametrize(("step", "censored"), [(None, False), (3, True), (3, None), (None, None)])
def test_a_time_that_is_null_and_not_censored_or_the_reverse_is_named(step, censored):
    table = times(("a", 0.1, 3, False), ("b", 0.2, step, censored))
    (line,) = table_errors(table, COLUMNS)
    assert line == f"run b, eps 0.2: step {step}, censored {censored}; expected a step, or none that is censored"


def test_a_table_without_a_key_may_repeat_rows():
    assert list(table_errors(pa.table({"run": ["a", "a"]}), {"run": {"type": "string"}})) == []


def test_keys_are_told_apart_across_chunks():
    table = pa.concat_tables([times(("a", 0.1, 1, False)), times(("b", 0.1, 1, False)), times(("a", 0.1, 2, False))])
    assert first_repeated(table, ["run", "eps"]) == 0
    assert first_repeated(table, ["run", "eps", "step"]) is None


def test_an_error_leaves_no_table(tmp_path):
    (tmp_path / "schema.yaml").write_text(yaml.safe_dump({"t": COLUMNS, "u": COLUMNS}, sort_keys=False))
    write_parquet(times(("a", 0.1, 1, True)), tmp_path / "part.parquet")
    out = [tmp_path / "u.parquet", tmp_path / "t.parquet"]
    with pytest.raises(StageError, match=r"^t: run a, eps 0.1: step 1, censored True; "):
        collect([tmp_path / "part.parquet"], ["t"], tmp_path / "schema.yaml", ["u", "t"], out)
    assert [path for path in out if path.exists()] == []

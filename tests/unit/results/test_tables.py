from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from grokking.results.files import complete_or_absent, write_parquet
from grokking.results.tables import conform

COLUMNS = {
    "run": {"type": "string", "description": "name"},
    "step": {"type": "int64", "unit": "steps", "description": "the time"},
    "censored": {"type": "bool", "description": "null step"},
}


def test_parts_are_joined_in_order_cast_and_completed():
    parts = [pa.table({"run": ["a"], "step": pa.array([3], pa.int32())}), pa.table({"run": ["b"], "censored": [True]})]
    table = conform(parts, COLUMNS)
    assert table.to_pylist() == [
        {"run": "a", "step": 3, "censored": None},
        {"run": "b", "step": None, "censored": True},
    ]


def test_units_and_descriptions_survive_the_file(tmp_path):
    write_parquet(conform([pa.table({"run": ["a"]})], COLUMNS), tmp_path / "t.parquet")
    field = pq.read_schema(tmp_path / "t.parquet").field("step")
    assert field.metadata == {b"unit": b"steps", b"description": b"the time"}


def test_undeclared_columns_and_wrong_types_are_refused():
    with pytest.raises(ValueError, match="'stpe'"):
        conform([pa.table({"stpe": [1]})], COLUMNS)
    with pytest.raises(pa.ArrowInvalid):
        conform([pa.table({"step": ["soon"]})], COLUMNS)


def test_every_declared_column_says_what_it_is():
    tables = yaml.safe_load(Path("workflow/schemas/tables.yaml").read_text())
    for name, columns in tables.items():
        assert conform([], columns).column_names == list(columns), name
        assert all(column["description"] for column in columns.values())
        assert any("key" in column for column in columns.values()) == (name != "provenance"), name


def test_a_file_is_complete_or_absent(tmp_path):
    path = tmp_path / "out.txt"

    def fail_while_writing(text):
        with complete_or_absent(path) as temporary:
            temporary.write_text(text)
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        fail_while_writing("half")
    assert list(tmp_path.iterdir()) == []
    with complete_or_absent(path) as temporary:
        temporary.write_text("whole")
    with pytest.raises(RuntimeError):
        fail_while_writing("half")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("out.txt", "whole")]

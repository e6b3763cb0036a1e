"""The result tables: bringing rows of many jobs into one table of the declared types, with units in its metadata."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import yaml

from grokking.results.files import read_parquet

TYPES = {"string": pa.string(), "int64": pa.int64(), "double": pa.float64(), "bool": pa.bool_()}


def collected(tables: Iterable[str], parts: Iterable[Path], of: Iterable[str], schema: Path) -> dict[str, pa.Table]:
    """Return tables by name, each from the parts that are `of` it, with the columns that `schema` declares.

    A part is Parquet, or JSON with a row or a list of rows; a table without parts is empty.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where PyYAML was built with it
    declared, labelled = yaml.load(schema.read_text(), loader), list(zip(parts, of, strict=True))
    return {
        table: conform([_rows(part) for part, name in labelled if name == table], declared[table]) for table in tables
    }


def arrow_schema(columns: Mapping[str, Mapping]) -> pa.Schema:
    """Return the schema of one table of workflow/schemas/tables.yaml: types, and all else as field metadata."""
    return pa.schema(
        [
            pa.field(name, TYPES[column["type"]], metadata={k: v for k, v in column.items() if k != "type"})
            for name, column in columns.items()
        ]
    )


def conform(parts: Iterable[pa.Table], columns: Mapping[str, Mapping]) -> pa.Table:
    """Return all parts as one table with exactly the declared columns; a column that a part lacks is null there.

    Raises ValueError for a column that is not declared, and pyarrow.ArrowInvalid for a value of another type.
    """
    schema = arrow_schema(columns)
    return pa.concat_tables([_conform_one(part, schema) for part in parts]) if parts else schema.empty_table()


def _conform_one(part: pa.Table, schema: pa.Schema) -> pa.Table:
    unknown = sorted(set(part.column_names) - set(schema.names))
    if unknown:
        raise ValueError(f"column {unknown[0]!r}: expected one of {', '.join(schema.names)}")
    present = set(part.column_names)
    columns = [
        part[field.name].cast(field.type) if field.name in present else pa.nulls(len(part), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _rows(part: Path) -> pa.Table:
    if part.suffix != ".json":
        return read_parquet(part)
    rows = json.loads(part.read_text())
    return pa.Table.from_pylist(rows if isinstance(rows, list) else [rows])

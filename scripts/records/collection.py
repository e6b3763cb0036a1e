"""The rows of many jobs as tables whose values have been checked.

No two rows of a table have the same key, which are the columns that workflow/schemas/tables.yaml marks with `key`, and
a time is null if and only if it is censored.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml
from grokking.results.files import write_parquet
from grokking.results.jobs import StageError, stage
from grokking.results.tables import collected


@stage
def collect(parts: list[Path], of: list[str], schema: Path, tables: list[str], out: list[Path]) -> None:
    """Write several tables of `schema` (YAML), one a file of `out`, each from its parts in the order given.

    `of` says of which table each part is, `tables` which one each output is. Raises StageError, naming tables and rows,
    where a value is not as it must be.
    """
    declared = yaml.safe_load(schema.read_text(encoding="utf-8"))
    found = collected(tables, parts, of, schema)
    lines = [f"{name}: {line}" for name, table in found.items() for line in table_errors(table, declared[name])]
    if lines:
        raise StageError("\n".join(lines))
    for path, table in zip(out, found.values(), strict=True):
        write_parquet(table, path)


def table_errors(table: pa.Table, columns: Mapping[str, Mapping]) -> Iterator[str]:
    """Yield what is wrong with a table of these declared columns: a line a kind, with the first row of that kind."""
    key = [name for name, column in columns.items() if "key" in column]
    if key and (row := first_repeated(table, key)) is not None:
        yield f"{_shown(table, key, row)}: two rows; expected one"
    if "censored" in columns:
        wrong = pc.fill_null(pc.not_equal(table["censored"], table["step"].is_null()), True).to_numpy()
        if wrong.any():
            row = int(np.argmax(wrong))
            values = ", ".join(f"{name} {table[name][row].as_py()}" for name in ("step", "censored"))
            yield f"{_shown(table, key, row)}: {values}; expected a step, or none that is censored"


def first_repeated(table: pa.Table, key: Sequence[str]) -> int | None:
    """Return a row whose values in the columns `key` another row has too, None where all rows differ; null is a value.

    Rows are numbered by their values, and the numbers sorted: a search for groups takes twice as long.
    """
    ordered = _numbers(table, key)
    ordered.sort()  # in place, and made anew for an error alone: the longest table takes most of a gigabyte
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    return int(np.argmax(_numbers(table, key) == repeated[0])) if len(repeated) else None


def _numbers(table: pa.Table, key: Sequence[str]) -> np.ndarray:
    """Return a whole number a row (rows,), the same for rows with the same values in the columns `key` alone."""
    numbers = np.zeros(len(table), dtype=np.int64)
    for name in key:
        chunks = table[name].dictionary_encode(null_encoding="encode").chunks  # which all have the same dictionary
        numbers *= max((len(chunk.dictionary) for chunk in chunks), default=0)
        numbers += np.concatenate([chunk.indices for chunk in chunks]) if chunks else 0
    return numbers


def _shown(table: pa.Table, key: Sequence[str], row: int) -> str:
    return ", ".join(f"{name} {table[name][row].as_py()}" for name in key)

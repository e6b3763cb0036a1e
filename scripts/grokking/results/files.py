"""Files that are complete or absent, and that say so when they are damaged."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


class DamagedFileError(Exception):
    """A file that an earlier job wrote cannot be read any more; the message names it and says what to do."""


@contextmanager
def complete_or_absent(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` that takes its place when the block ends without an error."""
    path = Path(path)
    temporary = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_parquet(table: pa.Table, path: str | Path) -> None:
    """Write a table with checksums; the same table gives the same bytes."""
    with complete_or_absent(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)


def read_parquet(path: str | Path) -> pa.Table:
    """Read a table that `write_parquet` wrote. Raises DamagedFileError where its checksums do not hold."""
    with _named_if_damaged(path):
        return pq.read_table(path, page_checksum_verification=True)


def write_arrays(arrays: dict[str, np.ndarray], path: str | Path) -> None:
    """Write named arrays; the format has checksums of its own."""
    with complete_or_absent(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, **arrays)


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """Read the arrays that `write_arrays` wrote. Raises DamagedFileError where their checksums do not hold."""
    with _named_if_damaged(path), np.load(path) as file:
        return dict(file)


@contextmanager
def _named_if_damaged(path: str | Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, pa.ArrowException) as error:
        raise DamagedFileError(f"{path} cannot be read ({error}): delete it and run the same command again") from error

"""What a figure's files say about where they come from."""

import hashlib
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from grokking.results.provenance import code_digest

LIBRARIES = ("numpy", "pandas", "matplotlib")


def provenance(tables: Mapping[str, Iterable[Path]]) -> str:
    """Return the SHA-256 of each table and of the project's modules in use, and the versions of libraries in use.

    It is a line each; a table's digest is what `cat PARTS | sha256sum` prints for its parts. There is no time stamp:
    the same tables give the same text.
    """
    lines = [f"{table} sha256:{_digest(parts)}" for table, parts in tables.items()]
    lines.append(f"code sha256:{code_digest()}")
    used = [sys.modules[library] for library in LIBRARIES if library in sys.modules]
    return "\n".join(lines + [f"{library.__name__} {library.__version__}" for library in used])


def _digest(parts: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes())
    return digest.hexdigest()

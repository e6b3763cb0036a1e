"""What a figure's files say about where they come from."""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from grokking.results.provenance import code_digest

LIBRARIES = ("numpy", "pandas", "matplotlib", "seaborn")


def provenance(tables: Sequence[str | Path]) -> str:
    """Return the SHA-256 of each table and of the project's modules in use, and the libraries' versions, one a line.

    A table's is what `sha256sum` prints for it. There is no time stamp: the same tables give the same text.
    """
    lines = [f"{Path(table).name} sha256:{hashlib.sha256(Path(table).read_bytes()).hexdigest()}" for table in tables]
    lines.append(f"code sha256:{code_digest()}")
    return "\n".join(lines + [f"{library} {version(library)}" for library in LIBRARIES])

"""The tables of a run as they are published beside the pages, small enough for a repository, and their description.

The description is a Data Package (https://datapackage.org): each file with its columns, units and equations, its size
and its digest, so that a reader needs neither this project nor its schema.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml
from grokking.results.files import complete_or_absent, read_parquet, write_parquet
from grokking.results.jobs import stage

TYPES = {"string": "string", "int64": "integer", "double": "number", "bool": "boolean"}
"""Types of columns: Arrow's, as workflow/schemas/tables.yaml has them, and the Data Package's."""
PER_DECADE = 8
THINNED = {"curves": f"thinned: seed 0 alone, at step 0 and the first steps at or after each 10^(k/{PER_DECADE})"}
"""Tables of which not all rows are published, and which are."""


@stage
def publish(tables: list[Path], schema: Path, citation: Path, out: Path) -> None:
    """Write these tables into the folder `out`, thinned where they are large, and datapackage.json beside them.

    Tables that lie there and are not among them stay, and are described too.
    """
    out.mkdir(parents=True, exist_ok=True)
    for path in tables:
        table = read_parquet(path)
        write_parquet(thinned(table) if path.stem in THINNED else table, out / path.name)
    description = described(
        out,
        yaml.safe_load(schema.read_text(encoding="utf-8")),
        yaml.safe_load(citation.read_text(encoding="utf-8")),
        THINNED,
    )
    with complete_or_absent(out / "datapackage.json") as temporary:
        temporary.write_text(json.dumps(description, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def thinned(curves: pa.Table) -> pa.Table:
    """Return the rows of a table `curves` that its entry of THINNED says, in their order."""
    first = curves.filter(pc.equal(curves["seed"], 0))
    rows = first.select(["run", "quantity", "split", "step"]).to_pandas()
    # Steps that are rounded powers of ten lie on the grid, on its right side.
    rows["place"] = np.floor(PER_DECADE * np.log10(rows["step"].clip(lower=0.5)) + 1e-9)
    ordered = rows.sort_values("step", kind="stable")
    kept = ordered.index[~ordered.duplicated(["run", "quantity", "split", "place"])]
    return first.take(np.sort(kept))


def described(folder: Path, declared: Mapping, cited: Mapping, notes: Mapping[str, str]) -> dict:
    """Return the Data Package of the tables in a folder, whose columns are `declared` by table; `notes` are on tables.

    Title, version, licence and contributors are those of the citation. A table that is not declared is not described.
    """
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "grokking-linear-models",
        "title": cited["title"],
        "description": "One fact a row. Steps are counted in updates of gradient descent, 0 is the initialisation.",
        "version": cited["version"],
        "licenses": [{"name": cited["license"]}],
        "contributors": [{"title": author["name"], "roles": ["creator"]} for author in cited["authors"]],
        "sources": [{"title": paper["title"], "path": paper["url"]} for paper in cited["references"]],
        "resources": [
            _resource(path, declared[path.stem], notes.get(path.stem))
            for path in sorted(folder.glob("*.parquet"))
            if path.stem in declared
        ],
    }


def _resource(path: Path, columns: Mapping[str, Mapping], note: str | None) -> dict:
    content = path.read_bytes()
    key = [name for name, column in columns.items() if "key" in column]
    return {
        "name": path.stem.replace("_", "-"),
        "type": "table",
        "path": path.name,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        **({"description": note} if note else {}),
        "schema": {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fields": [_field(name, column) for name, column in columns.items()],
            **({"uniqueKeys": [key]} if key else {}),
        },
    }


def _field(name: str, column: Mapping) -> dict:
    said = {key: value for key, value in column.items() if key not in ("type", "key")}
    return {"name": name, "type": TYPES[column["type"]], **said}

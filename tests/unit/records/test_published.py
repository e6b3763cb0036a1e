import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from checkout import ROOT
from grokking.results.files import write_parquet
from grokking.results.tables import arrow_schema
from records.published import publish, thinned

SCHEMA, CITATION = ROOT / "workflow/schemas/tables.yaml", ROOT / "CITATION.cff"
DECLARED = yaml.safe_load(SCHEMA.read_text())
COMMITTED = ROOT / "docs/tables"


def curves(steps: list[int], **changed) -> pa.Table:
    row = {"run": "a", "seed": 0, "quantity": "loss", "split": "train"} | changed
    rows = [row | {"step": step, "value": float(step)} for step in steps]
    return pa.Table.from_pylist(rows, schema=arrow_schema(DECLARED["curves"]))


def test_curves_keep_the_first_value_at_or_after_each_step_of_the_grid():
    """10^(1/8) = 1.33, 10^(2/8) = 1.78, 10^(3/8) = 2.37, ...: there is no whole step between the first two."""
    kept = thinned(curves(list(range(101))))["step"].to_pylist()
    assert kept == [0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 18, 24, 32, 43, 57, 75, 100]


def test_curves_are_thinned_one_by_one_and_other_seeds_left_out():
    parts = [curves([100, 101, 150]), curves([101, 102], split="population"), curves([1], seed=1)]
    kept = thinned(pa.concat_tables(parts)).select(["split", "step"]).to_pylist()
    assert [tuple(row.values()) for row in kept] == [("train", 100), ("train", 150), ("population", 101)]


def test_what_is_published_is_described_with_units_keys_and_digests(tmp_path):
    (tmp_path / "tables").mkdir()
    write_parquet(curves([1, 10, 11]), tmp_path / "tables/curves.parquet")
    write_parquet(arrow_schema(DECLARED["theory"]).empty_table(), tmp_path / "theory.parquet")
    publish([tmp_path / "theory.parquet"], SCHEMA, CITATION, tmp_path / "out")
    publish([tmp_path / "tables/curves.parquet"], SCHEMA, CITATION, tmp_path / "out")
    described = {one["name"]: one for one in json.loads((tmp_path / "out/datapackage.json").read_text())["resources"]}
    assert list(described) == ["curves", "theory"]
    assert "thinned" in described["curves"]["description"]
    assert "description" not in described["theory"]
    step = next(field for field in described["curves"]["schema"]["fields"] if field["name"] == "step")
    assert step == {"name": "step", "type": "integer", "unit": "steps", "description": "updates done"}
    assert described["curves"]["schema"]["uniqueKeys"] == [["run", "seed", "step", "quantity", "split"]]
    content = (tmp_path / "out/curves.parquet").read_bytes()
    assert described["curves"]["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert pq.read_table(tmp_path / "out/curves.parquet")["step"].to_pylist() == [1, 10]


@pytest.fixture(scope="module")
def committed() -> dict:
    return json.loads((COMMITTED / "datapackage.json").read_text())


def test_the_description_in_docs_is_of_the_files_beside_it(committed):
    paths = [COMMITTED / one["path"] for one in committed["resources"]]
    assert paths == sorted(COMMITTED.glob("*.parquet"))
    for path, one in zip(paths, committed["resources"], strict=True):
        assert one["hash"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        assert [field["name"] for field in one["schema"]["fields"]] == pq.read_schema(path).names


def test_the_tables_in_docs_are_small(committed):
    assert sum(Path(COMMITTED, one["path"]).stat().st_size for one in committed["resources"]) < 5_000_000

import json

import pytest
import yaml
from checkout import ROOT
from grokking.results.files import write_parquet
from grokking.results.tables import arrow_schema
from records.crate import write_crate

FITS = yaml.safe_load((ROOT / "workflow/schemas/tables.yaml").read_text())["fits"]


@pytest.fixture(scope="module")
def crate(tmp_path_factory) -> dict:
    """Entities of a crate of small results by name; `folder` is where it lies."""
    results, out = tmp_path_factory.mktemp("results"), tmp_path_factory.mktemp("crate")
    for name in ("figures", "pages", "tables", "logs"):
        (results / name).mkdir()
    for name in ("claims.md", "claims.html", "figures/a.png", "figures/a.pdf", "pages/ridge.md", "logs/a.log"):
        (results / name).write_text(name)
    write_parquet(arrow_schema(FITS).empty_table(), results / "tables/fits.parquet")
    (out / "left.txt").touch()
    write_crate(ROOT, results, out)
    graph = json.loads((out / "ro-crate-metadata.json").read_text())["@graph"]
    return {"folder": out} | {entity["@id"]: entity for entity in graph}


def test_every_file_is_described_and_there(crate):
    named = {name for name, entity in crate.items() if name != "folder" and "File" in entity["@type"]}
    assert {
        "Snakefile",
        "LICENSE",
        "results/claims.md",
        "results/figures/a.png",
        "results/tables/fits.parquet",
    } <= named
    assert [name for name in named if not (crate["folder"] / name).is_file()] == []
    assert not (crate["folder"] / "results/logs").exists()
    assert not (crate["folder"] / "left.txt").exists()
    assert list(crate["folder"].rglob("__pycache__")) == []


def test_the_workflow_is_the_main_entity(crate):
    main = crate[crate["./"]["mainEntity"]["@id"]]
    assert "ComputationalWorkflow" in main["@type"]
    assert crate[main["programmingLanguage"]["@id"]]["name"] == "Snakemake"
    assert (crate["folder"] / "workflow/rules/common.smk").is_file()
    assert (crate["folder"] / "scripts/grokking/ridge/path.py").is_file()


def test_papers_authors_and_terms_are_those_of_the_citation(crate):
    root = crate["./"]
    assert crate[root["license"]["@id"]]["name"] == "MIT"
    papers = [crate[one["@id"]] for one in root["citation"]]
    assert {one["@id"] for one in papers} == {"https://arxiv.org/abs/2602.08302", "https://arxiv.org/abs/2601.19791"}
    assert [crate[author["@id"]]["name"] for author in papers[1]["author"]] == [
        "Mingyue Xu",
        "Gal Vardi",
        "Itay Safran",
    ]
    assert [crate[author["@id"]]["@type"] for author in root["author"]] == ["Organization"]


def test_columns_are_described_in_the_crate(crate):
    described = json.loads((crate["folder"] / "results/tables/datapackage.json").read_text())
    assert [one["path"] for one in described["resources"]] == ["fits.parquet"]

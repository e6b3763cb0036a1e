"""The picture of the rules in docs/methods.md against the workflow, and the length of the README."""

from checkout import ROOT, checkout
from report.pages import with_block
from report.rule_graph import picture


def test_the_picture_of_the_rules_is_that_of_the_workflow(tmp_path):
    """`make docs` was run after the last change of the rules."""
    graph = checkout(tmp_path).snakemake("--rulegraph", "mermaid-js")
    page = (ROOT / "docs/methods.md").read_text()
    assert page == with_block(page, "rules", picture(graph))


def test_the_readme_stays_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 130

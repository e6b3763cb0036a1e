"""The picture of the rules in the README against the workflow."""

from checkout import ROOT, checkout
from report.pages import with_block
from report.rule_graph import picture


def test_the_readme_shows_the_rules_as_they_are(tmp_path):
    """`make docs` was run after the last change of the rules."""
    graph = checkout(tmp_path).snakemake("--rulegraph", "mermaid-js")
    readme = (ROOT / "README.md").read_text()
    assert readme == with_block(readme, "rules", picture(graph))

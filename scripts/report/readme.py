"""The parts of the README that are generated."""

from pathlib import Path

from grokking.results.files import complete_or_absent, read_parquet
from grokking.results.jobs import stage
from judging.claims import headlines

from report.pages import chosen_claims, summary, with_block
from report.rule_graph import picture


@stage
def update_readme(claims: Path, declared: list[Path], rules: Path, readme: Path) -> None:
    """Replace the three generated blocks of a README."""
    judged = read_parquet(claims).to_pandas()
    text = with_block(readme.read_text(), "verdicts", summary(judged))
    text = with_block(text, "headlines", chosen_claims(judged, headlines(declared), "docs/figures"))
    text = with_block(text, "rules", picture(rules.read_text()))
    with complete_or_absent(readme) as temporary:
        temporary.write_text(text)

"""The parts of the README and of docs/methods.md that are generated."""

from collections.abc import Mapping
from pathlib import Path

from grokking.results.files import complete_or_absent, read_parquet
from grokking.results.jobs import stage
from judging.claims import headlines

from report.pages import chosen_claims, summary, with_block
from report.rule_graph import picture


@stage
def update_readme(claims: Path, declared: list[Path], rules: Path, readme: Path, methods: Path) -> None:
    """Replace the two generated blocks of a README, and the picture of the rules in the page on methods."""
    judged = read_parquet(claims).to_pandas()
    chosen = chosen_claims(judged, headlines(declared), "docs/figures")
    _replace(readme, {"verdicts": summary(judged), "headlines": chosen})
    _replace(methods, {"rules": picture(rules.read_text())})


def _replace(file: Path, blocks: Mapping[str, str]) -> None:
    text = file.read_text()
    for name, content in blocks.items():
        text = with_block(text, name, content)
    with complete_or_absent(file) as temporary:
        temporary.write_text(text)

"""Typesetting the article."""

import json
from pathlib import Path

import typst
import yaml
from grokking.results.files import complete_or_absent, read_parquet
from grokking.results.jobs import stage
from judging.claims import headlines

from article.content import content


@stage
def write_article(
    template: Path,
    claims: Path,
    checks: Path,
    runs: Path,
    recorded: Path,
    citation: Path,
    declared: list[Path],
    told: list[Path],
    captions: list[Path],
    figures: list[Path],
    out: Path,
) -> None:
    """Typeset the article (PDF) from its template; texts, captions and figures are named by their files.

    `recorded` is the table `provenance`.
    """
    tables = {"claims": claims, "checks": checks, "runs": runs, "provenance": recorded}
    shown = content(
        {name: read_parquet(path).to_pandas() for name, path in tables.items()},
        yaml.safe_load(citation.read_text(encoding="utf-8")),
        headlines(declared),
        {path.stem: path.read_text(encoding="utf-8") for path in told},
        {path.stem: path.read_text(encoding="utf-8") for path in captions},
        {path.stem: str(path.resolve()) for path in figures},
    )
    with complete_or_absent(out) as temporary:
        temporary.write_bytes(typeset(template, shown))


def typeset(template: Path, shown: dict, form: str = "pdf") -> bytes:
    """Return a document typeset from a template and its content, in the same bytes each time.

    Fonts are those that come with the typesetter, whatever the machine has; `form` is pdf or html.
    """
    given = {"content": json.dumps(shown)}
    return typst.compile(template, root="/", ignore_system_fonts=True, sys_inputs=given, format=form)

"""The pages in docs/, one a paper, and the first page of Snakemake's report, written from the tables."""

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from grokking.results.files import complete_or_absent, read_parquet
from grokking.results.jobs import stage

from report.cells import report_table, scale_of
from report.statements import claims_tables, counts, statements, summary
from report.stories import caption, filled, story

# Marks of reStructuredText that captions may use, and what they are in Markdown.
MARKS = {
    r"``(.+?)``": r"`\1`",
    r":math:`(.+?)`": r"$`\1`$",
    r"`([^`<]+?)\s*<([^>]+)>`_": r"[\1](\2)",
}


@stage
def write_page(
    paper: str, template: Path, told: Path, claims: Path, checks: Path, runs: Path, captions: list[Path], out: Path
) -> None:
    """Write one paper's page: its template filled in."""
    tables = (read_parquet(path).to_pandas() for path in (claims, checks, runs))
    texts = {path.stem: path.read_text(encoding="utf-8") for path in captions}
    written = page(paper, template.read_text(encoding="utf-8"), told.read_text(encoding="utf-8"), *tables, texts)
    with complete_or_absent(out) as temporary:
        temporary.write_text(written, encoding="utf-8")


@stage
def write_captions(templates: list[Path], claims: Path, checks: Path, out: list[Path]) -> None:
    """Write captions (reStructuredText): each template, named as its figure, filled in from the tables."""
    judged = [read_parquet(path).to_pandas() for path in (claims, checks)]
    for template, path in zip(templates, out, strict=True):
        written = caption(template.read_text(encoding="utf-8"), template.stem, *judged)
        with complete_or_absent(path) as temporary:
            temporary.write_text(written, encoding="utf-8")


@stage
def write_overview(template: Path, told: list[Path], claims: Path, checks: Path, runs: Path, out: Path) -> None:
    """Write the report's first page (reStructuredText): its template with each story, by its file's name, filled in."""
    tables = (read_parquet(path).to_pandas() for path in (claims, checks, runs))
    texts = {path.stem: path.read_text(encoding="utf-8") for path in told}
    written = overview(template.read_text(encoding="utf-8"), texts, *tables)
    with complete_or_absent(out) as temporary:
        temporary.write_text(written, encoding="utf-8")


def overview(
    template: str, told: Mapping[str, str], claims: pd.DataFrame, checks: pd.DataFrame, runs: pd.DataFrame
) -> str:
    """Return the report's first page (reStructuredText): its template with each story, by name, filled in."""
    judged = pd.concat([claims, checks])
    stories = {name: story(text, judged) for name, text in told.items()}
    numbers = {"scale": scale_of(runs, claims, checks), "verdicts": report_table(*counts(claims))}
    return filled(template, judged, **stories, **numbers)


def markdown(caption: str) -> str:
    """Return a text of the report (reStructuredText: literals, formulas, links, emphasis) as Markdown."""
    for mark, replacement in MARKS.items():
        caption = re.sub(mark, replacement, caption, flags=re.DOTALL)
    return caption.strip()


def page(
    paper: str,
    template: str,
    told: str,
    claims: pd.DataFrame,
    checks: pd.DataFrame,
    runs: pd.DataFrame,
    captions: Mapping[str, str],
) -> str:
    """Return one paper's page: its template with scale, story, differences, figures, claims and own checks filled in.

    `told` is the story with its placeholders; `captions` maps the paper's figures to their captions, in the order in
    which they are shown.
    """
    judged = pd.concat([claims, checks])
    claims, checks, runs = (table[table["paper"] == paper] for table in (claims, checks, runs))
    return filled(
        template,
        judged,
        scale=scale_of(runs, claims, checks),
        story=markdown(story(told, judged)),
        deviations=_deviations(runs),
        summary=summary(claims),
        claims=claims_tables(statements(claims), "figures"),
        checks=claims_tables(statements(checks), "figures"),
        figures="\n".join(_figure(name, caption) for name, caption in captions.items()),
    )


def with_block(text: str, name: str, content: str) -> str:
    """Return the text with what is between <!-- NAME --> and <!-- end of NAME --> replaced.

    Raises ValueError where there is not exactly one such block.
    """
    block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    changed, count = block.subn(lambda found: f"{found.group(1)}{content}\n{found.group(2)}", text)
    if count != 1:
        raise ValueError(f"{count} blocks of {name}: expected one, between <!-- {name} --> and <!-- end of {name} -->")
    return changed


def _deviations(runs: pd.DataFrame) -> str:
    """Return numbered differences, each with the figures that it concerns."""
    figures = runs[runs["deviations"] != "none"].groupby("deviations", sort=False)["figure"].unique()
    lines = [f"{i}. Figure {', '.join(names)}: {text}." for i, (text, names) in enumerate(figures.items(), start=1)]
    return "\n".join(lines) or "None."


def _figure(name: str, caption: str) -> str:
    return f"### {name}\n\n![{name}](figures/{name}.png)\n\n{markdown(caption)}\n"

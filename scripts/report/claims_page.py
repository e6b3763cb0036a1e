"""The tables of claims and of our own checks as pages to read."""

import html
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from grokking.results.files import complete_or_absent, read_parquet
from grokking.results.jobs import stage

from report.cells import BREAK, published, result
from report.statements import READINGS, Statement, rows, statements, summary

HEADER = """# Claims and verdicts

Each criterion was written before the run, unless it says otherwise. Intervals are 95 %, over seeds; a count has none.
"""
OWN = "Checks of this reproduction, in no paper"
HTML = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Claims and verdicts</title>
<style>
  body {{ font: 13px sans-serif; margin: 1em }}
  table {{ border-collapse: collapse; margin-bottom: 2em }}
  th, td {{ border-bottom: 1px solid #ccc; padding: 3px 6px; text-align: left; vertical-align: top }}
  th {{ position: sticky; top: 0; background: #fff }}
</style>
{sections}
</html>
"""


@stage
def write_claims(claims: Path, checks: Path, text: Path, page: Path) -> None:
    """Write the tables `claims` and `checks` as Markdown and as HTML."""
    judged = [read_parquet(path).to_pandas() for path in (claims, checks)]
    for path, written in ((text, claims_page), (page, claims_html)):
        with complete_or_absent(path) as temporary:
            temporary.write_text(written(*judged))


def claims_html(claims: pd.DataFrame, checks: pd.DataFrame) -> str:
    """Return the tables `claims` and `checks` as one HTML page that needs nothing else."""
    sections = [
        f"<h2>{html.escape(title)}</h2>\n" + "\n".join(_table(*one) for one in rows(statements(group), None))
        for title, group in _groups(claims, checks)
    ]
    return HTML.format(sections="\n".join(sections))


def _groups(claims: pd.DataFrame, checks: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    papers = [(paper.capitalize(), group) for paper, group in claims.groupby("paper", sort=False)]
    return [*papers, (OWN, checks)]


def _table(heads: list[str], cells: list[list[str]]) -> str:
    lines = [_line("th", heads), *(_line("td", row) for row in cells)]
    return "<table>\n" + "\n".join(lines) + "\n</table>"


def _line(tag: str, cells: list[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{_cell(text)}</{tag}>" for text in cells) + "</tr>"


def _cell(text: str) -> str:
    """Return a cell of a Markdown table, which may have lines and words in bold, as HTML."""
    lines = (html.escape(line, quote=False) for line in text.split(BREAK))
    return "<br>".join(re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", line) for line in lines)


def claims_page(claims: pd.DataFrame, checks: pd.DataFrame) -> str:
    """Return the tables `claims` and `checks` as Markdown: a summary, then each with criterion and deviations."""
    sections = [HEADER, summary(claims), ""]
    for title, group in _groups(claims, checks):
        sections += [f"## {title}\n", *(_entry(one) for one in statements(group))]
    return "\n".join(sections)


def _entry(one: Statement) -> str:
    first = next(iter(one.claims.values()))
    lines = [
        *(f"- {_found(reduction, claim)}" for reduction, claim in one.claims.items()),
        f"- criterion: {one.said(lambda claim: claim['criterion'])}",
        f"- paper: {one.said(published)}",
        f"- deviations: {one.said(lambda claim: claim['deviations'])}",
        f"- evidence: figures/{first['evidence']}.pdf",
    ]
    head = [f"### {first['statement']}", "", f"`{one.name}`, {first['place']}", ""]
    return "\n".join([*head, *(line.replace(BREAK, "; ") for line in lines), ""])


def _found(reduction: str | None, claim: Mapping) -> str:
    """Return what was found under one reading, and at which scale."""
    reading = f"{READINGS[reduction]}: " if reduction else ""
    return f"{reading}{result(claim)} ({_scale(claim)})"


def _scale(claim: Mapping) -> str:
    return "no runs" if pd.isna(claim["scale"]) else f"{claim['scale']} scale"

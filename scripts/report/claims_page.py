"""The table of claims as pages to read."""

from pathlib import Path

import pandas as pd
from grokking.results.files import complete_or_absent, read_parquet
from grokking.results.jobs import stage

from report.pages import because, interval, number

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
  table {{ border-collapse: collapse }}
  th, td {{ border-bottom: 1px solid #ccc; padding: 3px 6px; text-align: left; vertical-align: top }}
</style>
{claims}
<h2>{own}</h2>
{checks}
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
    return HTML.format(claims=_rows(claims), own=OWN, checks=_rows(checks))


def _rows(claims: pd.DataFrame) -> str:
    records = claims.to_dict("records")
    shown = claims[["paper", "place", "statement", "criterion"]].assign(
        ours=[interval(claim) for claim in records],
        published=claims["paper_value"].map(number),
        verdict=[claim["verdict"] + because(claim) for claim in records],
        figure=claims["evidence"],
    )
    with pd.option_context("display.max_colwidth", None):
        return shown.to_html(index=False, border=0)


def claims_page(claims: pd.DataFrame, checks: pd.DataFrame) -> str:
    """Return the tables `claims` and `checks` as Markdown: a summary, then each with criterion and deviations."""
    counts = claims["verdict"].value_counts()
    summary = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    sections = [HEADER, f"{len(claims)} claims: {summary}.\n"]
    for paper, group in claims.groupby("paper", sort=False):
        sections += [f"## {paper.capitalize()}\n", *(_entry(claim) for _, claim in group.iterrows())]
    sections += [f"## {OWN}\n", *(_entry(claim) for _, claim in checks.iterrows())]
    return "\n".join(sections)


def _entry(claim: pd.Series) -> str:
    lines = [
        f"### {claim['statement']}",
        "",
        f"**{claim['verdict'].capitalize()}**{because(claim)} ({_scale(claim)}), `{claim['id']}`, {claim['place']}",
        "",
        f"- criterion: {claim['criterion']}",
        f"- measured: {interval(claim)}",
    ]
    if pd.notna(claim["paper_value"]):
        lines.append(f"- paper: {number(claim['paper_value'])}")
    if claim["deviations"] != "none":
        lines.append(f"- deviations: {claim['deviations']}")
    return "\n".join([*lines, f"- evidence: figures/{claim['evidence']}.pdf", ""])


def _scale(claim: pd.Series) -> str:
    return "no runs" if pd.isna(claim["scale"]) else f"{claim['scale']} scale"

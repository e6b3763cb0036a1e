"""The table of claims as pages to read."""

import pandas as pd

from report.pages import interval, number

HEADER = """# Claims and verdicts

Each criterion was written before the run, unless it says otherwise. Intervals are 95 %, over seeds; a count has none.
"""

HTML = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Claims and verdicts</title>
<style>
  body {{ font: 13px sans-serif; margin: 1em }}
  table {{ border-collapse: collapse }}
  th, td {{ border-bottom: 1px solid #ccc; padding: 3px 6px; text-align: left; vertical-align: top }}
</style>
{table}
</html>
"""


def claims_html(claims: pd.DataFrame) -> str:
    """Return the table `claims` as one HTML page that needs nothing else."""
    shown = claims[["paper", "place", "statement", "criterion"]].assign(
        ours=[interval(claim) for claim in claims.to_dict("records")],
        published=claims["paper_value"].map(number),
        verdict=claims["verdict"],
        figure=claims["evidence"],
    )
    with pd.option_context("display.max_colwidth", None):
        return HTML.format(table=shown.to_html(index=False, border=0))


def claims_page(claims: pd.DataFrame) -> str:
    """Return the table `claims` as Markdown: a summary, then every claim with criterion and deviations."""
    counts = claims["verdict"].value_counts()
    summary = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    sections = [HEADER, f"{len(claims)} claims: {summary}.\n"]
    for paper, group in claims.groupby("paper", sort=False):
        sections.append(f"## {paper.capitalize()}\n")
        sections += [_entry(claim) for _, claim in group.iterrows()]
    return "\n".join(sections)


def _entry(claim: pd.Series) -> str:
    lines = [
        f"### {claim['statement']}",
        "",
        f"**{claim['verdict'].capitalize()}** ({claim['scale']} scale), `{claim['id']}`, {claim['place']}",
        "",
        f"- criterion: {claim['criterion']}",
        f"- measured: {interval(claim)}",
    ]
    if pd.notna(claim["paper_value"]):
        lines.append(f"- paper: {number(claim['paper_value'])}")
    if claim["deviations"] != "none":
        lines.append(f"- deviations: {claim['deviations']}")
    return "\n".join([*lines, f"- evidence: figures/{claim['evidence']}.pdf", ""])

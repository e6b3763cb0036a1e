"""The table of claims as a page to read."""

import pandas as pd

from grokking.pages import interval, number

HEADER = """# Claims and verdicts

Each criterion was written before the run. Intervals are 95 %, over seeds; a count has none.
"""


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

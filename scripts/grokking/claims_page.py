"""The table of claims as a page to read."""

import pandas as pd

HEADER = """# Claims and verdicts

Each criterion was written before the run, unless it says otherwise. Intervals are 95 %, over seeds; a count has none.
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
        f"- measured: {_number(claim)}",
    ]
    if pd.notna(claim["paper_value"]):
        lines.append(f"- paper: {claim['paper_value']:.4g}")
    if claim["deviations"] != "none":
        lines.append(f"- deviations: {claim['deviations']}")
    return "\n".join([*lines, f"- evidence: figures/{claim['evidence']}.pdf", ""])


def _number(claim: pd.Series) -> str:
    if pd.isna(claim["measured"]):
        return "no number"
    if pd.isna(claim["ci_low"]):
        return f"{claim['measured']:.4g}"
    return f"{claim['measured']:.4g} ({claim['ci_low']:.4g} to {claim['ci_high']:.4g})"

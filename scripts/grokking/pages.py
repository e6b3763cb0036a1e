"""The pages in docs/, one a paper, and the summary in the README, written from the tables."""

from collections.abc import Mapping
from string import Template

import pandas as pd

PAPERS = {"ridge": "To Grok Grokking (ridge)", "logistic": "Grokking in Linear Models (logistic)"}
VERDICTS = ["reproduced", "partly reproduced", "not reproduced", "not testable"]


def number(value: float) -> str:
    """Return a measured number to read, "-" for none."""
    return "-" if pd.isna(value) else f"{value:.6g}"


def interval(claim: Mapping) -> str:
    """Return a claim's measured number with its interval where it has one."""
    if pd.isna(claim["measured"]) or pd.isna(claim["ci_low"]):
        return number(claim["measured"])
    return f"{number(claim['measured'])} ({number(claim['ci_low'])} to {number(claim['ci_high'])})"


def page(paper: str, template: str, claims: pd.DataFrame, runs: pd.DataFrame, captions: Mapping[str, str]) -> str:
    """Return one paper's page: its template with differences, claims and figures filled in.

    `captions` maps the paper's figures to their captions, in the order in which they are shown.
    """
    own = claims[claims["paper"] == paper]
    return Template(template).substitute(
        deviations=_deviations(runs[runs["paper"] == paper]),
        summary=summary(own),
        claims=_claims(own),
        figures="\n".join(_figure(name, caption) for name, caption in captions.items()),
    )


def summary(claims: pd.DataFrame) -> str:
    """Return the number of claims by verdict, one row a paper."""
    rows = ["| paper | claims | " + " | ".join(VERDICTS) + " |", "|---" * (len(VERDICTS) + 2) + "|"]
    for paper, group in claims.groupby("paper", sort=False):
        counts = " | ".join(str((group["verdict"] == verdict).sum()) for verdict in VERDICTS)
        rows.append(f"| {PAPERS[paper]} | {len(group)} | {counts} |")
    return "\n".join(rows)


def _deviations(runs: pd.DataFrame) -> str:
    """Return numbered differences, each with the figures that it concerns."""
    figures = runs[runs["deviations"] != "none"].groupby("deviations", sort=False)["figure"].unique()
    lines = [f"{i}. Figure {', '.join(names)}: {text}." for i, (text, names) in enumerate(figures.items(), start=1)]
    return "\n".join(lines) or "None."


def _claims(claims: pd.DataFrame) -> str:
    rows = ["| claim | where | criterion | ours | published | verdict | figure |", "|---|---|---|---|---|---|---|"]
    for claim in claims.to_dict("records"):
        cells = [claim["statement"], claim["place"], claim["criterion"], interval(claim), number(claim["paper_value"])]
        evidence = f"[{claim['evidence']}](figures/{claim['evidence']}.png)"
        rows.append("| " + " | ".join([*cells, f"**{claim['verdict']}**", evidence]) + " |")
    return "\n".join(rows)


def _figure(name: str, caption: str) -> str:
    return f"### {name}\n\n![{name}](figures/{name}.png)\n\n{caption.strip()}\n"

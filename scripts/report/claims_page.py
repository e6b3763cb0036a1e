"""The tables of claims and of our own checks as pages to read: in Markdown, and to search and filter in a browser."""

import html
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
from grokking.results.files import complete_or_absent, read_parquet
from grokking.results.jobs import stage
from itables import options, to_html_datatable
from itables.javascript import generate_init_offline_itables_html

from report.cells import BREAK, behind, interval, published, quantile, result, scale_of
from report.statements import READINGS, Statement, counts, statements, summary

HEADER = """# Claims and verdicts

{scale}

Each criterion was written before the run, unless it says otherwise. Intervals are 95 %, over seeds; a count has none.
"""
OWN = "Checks of this reproduction, in no paper"
HTML = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Claims and verdicts</title>
<style>
  body {{ font: 13px sans-serif; margin: 1em }}
  td {{ vertical-align: top }}
  .dataframe th, .dataframe td {{ padding: 2px 10px 2px 0; text-align: left }}
  div.dtsp-searchPane div.dt-scroll-body {{ height: 10em !important }}
  small {{ color: #555 }}
  .alone a {{ color: inherit; text-decoration: none; pointer-events: none }}
</style>
<script>
// Within Snakemake's report the page is an address of its own, "data:...", without a folder that a link could lead to.
if (location.protocol == "data:") document.documentElement.className = "alone";
</script>
<h1>Claims and verdicts</h1>
<p>{scale}</p>
{counts}
<p>A row a claim and reading of the loss. Choose in the boxes, or search for words; verdicts are those of the criteria,
which were written before the run unless they say otherwise. Intervals are 95 %, over seeds. Figures are linked beside
this page in the folder of results; within the report they are listed by section on the left.</p>
{bundle}
{table}
</html>
"""
FILTERS = ["verdict", "said by", "reading", "scale"]
"""Columns with a box to choose values in."""


@stage
def write_claims(claims: Path, checks: Path, runs: Path, text: Path, page: Path) -> None:
    """Write the tables `claims` and `checks` as Markdown and as HTML."""
    tables = [read_parquet(path).to_pandas() for path in (claims, checks, runs)]
    for path, written in ((text, claims_page), (page, claims_html)):
        with complete_or_absent(path) as temporary:
            temporary.write_text(written(*tables), encoding="utf-8")


def claims_html(claims: pd.DataFrame, checks: pd.DataFrame, runs: pd.DataFrame) -> str:
    """Return the tables `claims` and `checks` as one HTML page that needs nothing else: a row a claim and reading."""
    papers = [(claim["paper"].capitalize(), claim) for claim in claims.to_dict("records")]
    own = [(f"{check['paper'].capitalize()}, our check", check) for check in checks.to_dict("records")]
    shown = pd.DataFrame([_cells(said_by, claim) for said_by, claim in papers + own])
    heads, rows = counts(claims)
    searched = to_html_datatable(
        shown,
        connected=False,
        allow_html=True,  # escaped in _cells
        table_id="claims",
        maxBytes=0,
        showIndex=False,
        pageLength=25,
        classes="display compact",
        style="width:100%",
        layout={"top1": "searchPanes"},
        searchPanes={"columns": [shown.columns.get_loc(name) for name in FILTERS], "layout": "columns-4"},
    )
    return HTML.format(
        scale=_bold(scale_of(runs, claims, checks)),
        counts=pd.DataFrame(rows, columns=heads).to_html(index=False, border=0),
        bundle=generate_init_offline_itables_html(options.dt_bundle),
        table=searched,
    )


def _cells(said_by: str, claim: Mapping) -> dict[str, str]:
    name = claim["evidence"]
    statement, place, criterion, deviations = (
        html.escape(claim[key]) for key in ("statement", "place", "criterion", "deviations")
    )
    ours = [interval(claim), *quantile(claim)] if pd.isna(claim["reason"]) else [html.escape(claim["reason"])]
    return {
        "verdict": claim["verdict"],
        "claim": f"{statement}{BREAK}<small>{place}; {claim['id']}</small>",
        "figure": f'<a href="figures/{name}.png" target="_blank" rel="noopener">{name.replace("_", " ")}</a>',
        "reading": READINGS.get(claim["reduction"], "-"),
        "ours": BREAK.join(ours),
        "paper": published(claim),
        "scale": "no runs" if pd.isna(claim["scale"]) else claim["scale"],
        "criterion": criterion,
        "deviations": deviations,
        "said by": said_by,
    }


def _bold(text: str) -> str:
    """Return a text with words in bold, every second part between double stars, as HTML."""
    parts = enumerate(html.escape(text, quote=False).split("**"))
    return "".join(f"<b>{part}</b>" if place % 2 else part for place, part in parts)


def claims_page(claims: pd.DataFrame, checks: pd.DataFrame, runs: pd.DataFrame) -> str:
    """Return the tables `claims` and `checks` as Markdown: a summary, then each with criterion and deviations."""
    papers = [(paper.capitalize(), group) for paper, group in claims.groupby("paper", sort=False)]
    sections = [HEADER.format(scale=scale_of(runs, claims, checks)), summary(claims), ""]
    for title, group in [*papers, (OWN, checks)]:
        sections += [f"## {title}\n", *_entries(statements(group))]
    return "\n".join(sections)


def _entries(stated: Iterable[Statement]) -> Iterable[str]:
    for one in stated:
        first = next(iter(one.claims.values()))
        lines = [
            *(f"- {_found(reduction, claim)}" for reduction, claim in one.claims.items()),
            f"- criterion: {one.said(lambda claim: claim['criterion'])}",
            f"- paper: {one.said(published)}",
            f"- runs: {one.said(behind)}",
            f"- evidence: [figures/{first['evidence']}.png](figures/{first['evidence']}.png)",
        ]
        head = [f"### {first['statement']}", "", f"`{one.name}`, {first['place']}", ""]
        yield "\n".join([*head, *(line.replace(BREAK, "; ") for line in lines), ""])


def _found(reduction: str | None, claim: Mapping) -> str:
    """Return what was found under one reading."""
    return (f"{READINGS[reduction]}: " if reduction else "") + result(claim)

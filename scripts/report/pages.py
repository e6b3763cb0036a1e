"""The pages in docs/, one a paper, and the summary in the README, written from the tables."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template

import numpy as np
import pandas as pd
from grokking.results.files import complete_or_absent, read_parquet
from grokking.results.jobs import stage

PAPERS = {"ridge": "To Grok Grokking (ridge)", "logistic": "Grokking in Linear Models (logistic)"}
VERDICTS = ["reproduced", "partly reproduced", "not reproduced", "not testable"]


# Marks of reStructuredText that captions may use, and what they are in Markdown.
MARKS = {
    r"``(.+?)``": r"`\1`",
    r":math:`(.+?)`": r"$`\1`$",
    r"`([^`<]+?)\s*<([^>]+)>`_": r"[\1](\2)",
}


@stage
def write_page(
    paper: str, template: Path, claims: Path, checks: Path, runs: Path, captions: list[Path], out: Path
) -> None:
    """Write one paper's page: its template filled in."""
    tables = (read_parquet(path).to_pandas() for path in (claims, checks, runs))
    texts = {path.stem: path.read_text() for path in captions}
    with complete_or_absent(out) as temporary:
        temporary.write_text(page(paper, template.read_text(), *tables, texts))


def number(value: float) -> str:
    """Return a measured number to read: "-" for none, "not reached" for a median over times that were not."""
    if pd.isna(value):
        return "-"
    return "not reached" if np.isposinf(value) else f"{value:.6g}"


def interval(claim: Mapping) -> str:
    """Return a claim's measured number with its interval where it has one."""
    middle, low, high = claim["measured"], claim["ci_low"], claim["ci_high"]
    if pd.isna(middle) or pd.isna(low) or np.isposinf(low):
        return number(middle)
    return f"{number(middle)} ({number(low)} to {number(high)})"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; bars inside its cells are escaped."""
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def markdown(caption: str) -> str:
    """Return a caption of the report (reStructuredText: literals, formulas, links, emphasis) as Markdown."""
    for mark, replacement in MARKS.items():
        caption = re.sub(mark, replacement, caption, flags=re.DOTALL)
    return caption.strip()


def page(
    paper: str,
    template: str,
    claims: pd.DataFrame,
    checks: pd.DataFrame,
    runs: pd.DataFrame,
    captions: Mapping[str, str],
) -> str:
    """Return one paper's page: its template with differences, claims, our own checks and figures filled in.

    `captions` maps the paper's figures to their captions, in the order in which they are shown.
    """
    claims, checks, runs = (table[table["paper"] == paper] for table in (claims, checks, runs))
    return Template(template).substitute(
        deviations=_deviations(runs),
        summary=summary(claims),
        claims=_claims(claims),
        checks=_claims(checks),
        figures="\n".join(_figure(name, caption) for name, caption in captions.items()),
    )


def summary(claims: pd.DataFrame) -> str:
    """Return the number of claims by verdict, one row a paper."""
    rows = [
        [PAPERS[paper], str(len(group)), *(str((group["verdict"] == verdict).sum()) for verdict in VERDICTS)]
        for paper, group in claims.groupby("paper", sort=False)
    ]
    return table(["paper", "claims", *VERDICTS], rows)


def chosen_claims(claims: pd.DataFrame, ids: Sequence[str], figures: str) -> str:
    """Return the claims with these ids as a table; `figures` is the folder that figures are linked in.

    Raises KeyError where one of them was not judged.
    """
    rows = [
        [claim["statement"], claim["criterion"], *_numbers(claim), _evidence(claim, figures)]
        for claim in claims.set_index("id").loc[list(ids)].to_dict("records")
    ]
    return table(["claim", "criterion", "ours", "published", "verdict", "figure"], rows)


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


def _claims(claims: pd.DataFrame) -> str:
    rows = [
        [claim["statement"], claim["place"], claim["criterion"], *_numbers(claim), _evidence(claim, "figures")]
        for claim in claims.to_dict("records")
    ]
    return table(["claim", "where", "criterion", "ours", "published", "verdict", "figure"], rows)


def _numbers(claim: Mapping) -> list[str]:
    return [interval(claim), number(claim["paper_value"]), f"**{claim['verdict']}**{because(claim)}"]


def because(claim: Mapping) -> str:
    """Return why a claim is not testable, nothing where it is."""
    return "" if pd.isna(claim["reason"]) else f", because {claim['reason']}"


def _evidence(claim: Mapping, figures: str) -> str:
    return f"[{claim['evidence']}]({figures}/{claim['evidence']}.png)"


def _figure(name: str, caption: str) -> str:
    return f"### {name}\n\n![{name}](figures/{name}.png)\n\n{markdown(caption)}\n"

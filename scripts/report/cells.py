"""What stands in tables to read: numbers, verdicts, links, and the tables as Markdown."""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

BREAK = "<br>"
"""Between the lines of a cell."""


def number(value: float) -> str:
    """Return a number to three significant digits, "-" for none, "not reached" for a time that was not."""
    if pd.isna(value):
        return "-"
    if np.isposinf(value):
        return "not reached"
    return re.sub(r"e([+-])0?", lambda found: "e" + found.group(1).strip("+"), f"{float(f'{value:.3g}'):g}")


def interval(claim: Mapping) -> str:
    """Return a claim's measured number with its interval, where it has one that three digits tell from the number."""
    middle, low, high = claim["measured"], claim["ci_low"], claim["ci_high"]
    if pd.isna(middle) or pd.isna(low) or np.isposinf(low) or number(low) == number(high):
        return number(middle)
    return f"{number(middle)} ({number(low)} to {number(high)})"


def because(claim: Mapping) -> str:
    """Return why a claim is not testable, nothing where it is."""
    return "" if pd.isna(claim["reason"]) else f", because {claim['reason']}"


def result(claim: Mapping) -> str:
    """Return a claim's verdict, its number, and the place of the paper's number among our seeds, a line each."""
    lines = [f"**{claim['verdict']}**{because(claim)}"]
    if pd.notna(claim["measured"]):
        lines.append(interval(claim))
    return BREAK.join([*lines, *quantile(claim)])


def quantile(claim: Mapping) -> list[str]:
    """Return the place of the paper's number among our seeds, nothing where it has none."""
    return [] if pd.isna(claim["paper_quantile"]) else [f"the paper's at quantile {claim['paper_quantile']:.2g}"]


def published(claim: Mapping) -> str:
    """Return the paper's number, and whether it was read off a plot."""
    return number(claim["paper_value"]) + (f"{BREAK}read off a plot" if claim["source"] == "plot" else "")


def behind(claim: Mapping) -> str:
    """Return the scale of the runs behind a claim, in bold where it is not the papers', and their deviations."""
    if pd.isna(claim["scale"]):
        return "no runs"
    scale = f"{claim['scale']} scale" if claim["scale"] == "paper" else f"**{claim['scale']} scale**"
    return scale if claim["deviations"] == "none" else f"{scale}; {claim['deviations']}"


def scale_of(runs: pd.DataFrame, claims: pd.DataFrame, checks: pd.DataFrame) -> str:
    """Return how many of the runs are smaller than the papers', and what rests on them or, if all are, makes others.

    Bold words are the only marks, so that it is Markdown as well as reStructuredText.
    """
    small, everything = (runs["scale"] == "reduced").sum(), len(runs)
    if small == 0:
        return f"All {everything} runs are at the papers' scale."
    text = f"**Reduced: {small} of {everything} runs are not at the papers' scale**"
    if small == everything:
        return f"{text}, and no verdict here is one on the papers. **make reproduce** makes those that are."
    on_claims, on_checks = ((table["scale"] == "reduced").sum() for table in (claims, checks))
    return (
        f"{text}. Of {len(claims) + len(checks)} verdicts {on_claims + on_checks} rest on them and say so, "
        f"{on_claims} of them on what the papers claim."
    )


def figure_link(name: str, folder: str) -> str:
    """Return a link to a figure in a folder; its name may be broken into lines."""
    return f"[{name.replace('_', ' ')}]({folder}/{name}.png)"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; bars inside its cells are escaped."""
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def report_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in reStructuredText; no cell may hold a quotation mark."""
    lines = [", ".join(f'"{cell}"' for cell in line) for line in (heads, *rows)]
    return ".. csv-table::\n   :header-rows: 1\n   :widths: auto\n\n   " + "\n   ".join(lines)

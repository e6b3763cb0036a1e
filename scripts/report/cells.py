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
    if pd.notna(claim["paper_quantile"]):
        lines.append(f"the paper's at quantile {claim['paper_quantile']:.2g}")
    return BREAK.join(lines)


def published(claim: Mapping) -> str:
    """Return the paper's number, and whether it was read off a plot."""
    return number(claim["paper_value"]) + (f"{BREAK}read off a plot" if claim["source"] == "plot" else "")


def figure_link(name: str, folder: str | None) -> str:
    """Return a link to a figure in a folder, its name alone where there is none; a name may be broken into lines."""
    shown = name.replace("_", " ")
    return shown if folder is None else f"[{shown}]({folder}/{name}.png)"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; bars inside its cells are escaped."""
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

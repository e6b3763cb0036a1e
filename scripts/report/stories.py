"""Texts with placeholders, filled in from the tables of claims."""

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from report.cells import because, interval, number
from report.placeholders import Page, chosen, placeholders, split
from report.statements import READINGS, VERDICTS, claims_tables, statements

NUMBERS = {  # form: the column whose number it gives, and how
    "ours": ("measured", lambda claim: number(claim["measured"])),
    "interval": ("measured", interval),
    "percent": ("measured", lambda claim: f"{number(100 * claim['measured'])} %"),
    "paper": ("paper_value", lambda claim: number(claim["paper_value"])),
    "quantile": ("paper_quantile", lambda claim: number(claim["paper_quantile"])),
    "verdict": ("verdict", lambda claim: claim["verdict"]),
}
NONE, NONE_IN_PAPER = "(not measured in these runs)", "(no number in the paper)"
"""What stands in a text in place of a number that there is not."""
PRESUMED = {  # form: what a text says of a claim by it, and the verdicts with which that is true
    "holds": ("says that it holds", ("reproduced", "partly reproduced")),
    "fails": ("says that it fails", ("not reproduced",)),
    **dict.fromkeys(("ours", "interval", "percent"), ("gives its number", tuple(VERDICTS[:-1]))),
}
FOUND = "*Found:*"
"""In a caption: what follows is a list, an item a finding."""


def filled(text: str, judged: pd.DataFrame, folder: str = "figures", **plain: str) -> str:
    """Return a text with its placeholders filled in from claims, and its plain names from `plain`.

    `folder` is the one that figures are linked in. Raises KeyError for a name that is not known.
    """
    return Page(text).substitute(_Content(judged, folder, plain))


def story(text: str, judged: pd.DataFrame) -> str:
    """Return a story, filled in, a line each paragraph or item; one not of all runs at the papers' scale says so."""
    scales = judged.loc[judged["id"].isin(_named(text, judged)), "scale"]
    told = filled("\n\n".join(map(_unwrapped, text.strip().split("\n\n"))), judged).strip()
    if (scales == "reduced").any():
        return f"*From runs at a reduced scale, which need not show it:*\n\n{told}"
    return f"*From a part of the experiments, which need not show it:*\n\n{told}" if scales.isna().any() else told


def _unwrapped(block: str) -> str:
    return "\n- ".join(" ".join(item.split()) for item in block.split("\n- "))


def _named(text: str, judged: pd.DataFrame) -> list[str]:
    """Return the names of the claims that a text names."""
    return [name for _, names in placeholders(text) for name in chosen(names, list(judged["id"]))]


def contradictions(text: str, judged: pd.DataFrame) -> Iterator[str]:
    """Yield one line for each claim whose verdict is another one than the text presumes."""
    for form, claim in _contradicting(text, judged):
        yield f"claim {claim['id']}: {claim['verdict']}; the text {PRESUMED[form][0]}"


def _contradicting(text: str, judged: pd.DataFrame) -> Iterator[tuple[str, Mapping]]:
    """Yield form and claim wherever the verdict is another one than the text presumes by that form."""
    claims = {claim["id"]: claim for claim in judged.to_dict("records")}
    for form, names in placeholders(text):
        for name in chosen(names, list(claims)):
            if form in PRESUMED and claims[name]["verdict"] not in PRESUMED[form][1]:
                yield form, claims[name]


def caption(template: str, figure: str, claims: pd.DataFrame, checks: pd.DataFrame) -> str:
    """Return a figure's caption (reStructuredText), filled in, with the counts of verdicts whose evidence it is.

    A finding whose claims have other verdicts than its words presume gives way to these verdicts. Where all of it is
    from runs at a reduced scale, the caption says so before the findings, where some of it is, after the counts.
    """
    judged = pd.concat([claims, checks])
    described, findings = template.split(FOUND)
    found = [_finding(item, judged) for item in findings.strip().removeprefix("- ").split("\n- ")]
    counts = [
        _counts("Claims of the paper", claims[claims["evidence"] == figure]),
        _counts("Our own checks", checks[checks["evidence"] == figure]),
    ]
    behind = (judged["evidence"] == figure) | judged["id"].isin(_named(findings, judged))
    scales = judged.loc[behind, "scale"].dropna()
    small = (scales == "reduced").sum()
    if 0 < small == len(scales):
        described += "*Scale:* reduced. Larger runs need not show the same.\n\n"
    elif small:
        counts.append(f"{small} of {len(scales)} verdicts are on runs at a reduced scale.")
    parts = [filled(described, judged) + FOUND, "\n".join(found), " ".join(filter(None, counts))]
    return "\n\n".join(parts).strip() + "\n"


def _finding(item: str, judged: pd.DataFrame) -> str:
    """Return a finding as an item of a list, in its place what was found where verdicts contradict it."""
    instead = {claim["id"]: _verdict(claim) for _, claim in _contradicting(item, judged)}
    return "\n".join(f"- {text}" for text in instead.values() or [" ".join(filled(item, judged).split())])


def _verdict(claim: Mapping) -> str:
    """Return a claim's statement, place, reading, verdict and number in a line of reStructuredText."""
    reading = f"; {READINGS[claim['reduction']]}" if claim["reduction"] in READINGS else ""
    stated = re.sub(r"([\\*`|_])", r"\\\1", f"{claim['statement'].removesuffix('.')} ({claim['place']}{reading})")
    measured = "" if pd.isna(claim["measured"]) else f", {interval(claim)}"
    return f"{stated}: **{claim['verdict']}**{because(claim)}{measured}."


def _counts(name: str, claims: pd.DataFrame) -> str:
    """Return the number of claims by reading and verdict, nothing where there are none."""
    readings, counts = claims["reduction"].map(READINGS).fillna(""), []
    for reading in (*READINGS.values(), ""):
        verdicts = claims.loc[readings == reading, "verdict"]
        each = ", ".join(f"{(verdicts == one).sum()} {one}" for one in VERDICTS if (verdicts == one).any())
        counts += [f"{reading} {each}".strip()] if each else []
    return f"*{name}:* {'; '.join(counts)}." if counts else ""


class _Content:
    """What stands for each name between the braces of a text, and for the plain ones."""

    def __init__(self, judged: pd.DataFrame, folder: str, plain: Mapping[str, str]):
        self._judged, self._folder, self._plain = judged, folder, plain

    def __getitem__(self, key: str) -> str:
        form, names = split(key)
        if not names:
            return self._plain[key]
        ids = chosen(names, list(self._judged["id"]))
        if not ids:
            raise KeyError(key)
        claims = self._judged.set_index("id", drop=False).loc[ids]
        if form in NUMBERS:
            column, text = NUMBERS[form]
            if pd.isna(claims.iloc[0][column]):
                return NONE_IN_PAPER if form == "paper" else NONE
            return text(claims.iloc[0])
        return claims_tables(statements(claims), self._folder) if form == "claims" else ""

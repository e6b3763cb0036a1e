"""Texts with placeholders, filled in from the tables of claims."""

from collections.abc import Iterator, Mapping

import pandas as pd

from report.cells import interval, number
from report.placeholders import Page, chosen, placeholders, split
from report.statements import claims_tables, statements

NUMBERS = {
    "ours": lambda claim: number(claim["measured"]),
    "interval": interval,
    "percent": lambda claim: f"{number(100 * claim['measured'])} %",
    "paper": lambda claim: number(claim["paper_value"]),
    "quantile": lambda claim: number(claim["paper_quantile"]),
    "verdict": lambda claim: claim["verdict"],
}
PRESUMED = {"holds": ("reproduced", "partly reproduced"), "fails": ("not reproduced",)}


def filled(text: str, judged: pd.DataFrame, folder: str = "figures", **plain: str) -> str:
    """Return a text with its placeholders filled in from claims, and its plain names from `plain`.

    `folder` is the one that figures are linked in. Raises KeyError for a name that is not known.
    """
    return Page(text).substitute(_Content(judged, folder, plain))


def story(text: str, judged: pd.DataFrame) -> str:
    """Return a story, filled in, a line each paragraph or item; one not of runs at the papers' scale says so."""
    named = [name for _, names in placeholders(text) for name in chosen(names, list(judged["id"]))]
    scales = judged.loc[judged["id"].isin(named), "scale"]
    told = "\n\n".join(map(_unwrapped, filled(text, judged).strip().split("\n\n")))
    return told if (scales == "paper").all() else f"*From runs at a reduced scale, which need not show it:*\n\n{told}"


def _unwrapped(block: str) -> str:
    return "\n- ".join(" ".join(item.split()) for item in block.split("\n- "))


def contradictions(text: str, judged: pd.DataFrame) -> Iterator[str]:
    """Yield one line for each claim whose verdict is another one than the text presumes."""
    verdicts = judged.set_index("id")["verdict"]
    for form, names in placeholders(text):
        for name in chosen(names, list(verdicts.index)):
            if form in PRESUMED and verdicts[name] not in PRESUMED[form]:
                yield f"claim {name}: {verdicts[name]}; the text says that it {form}"


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
            return NUMBERS[form](claims.iloc[0])
        return claims_tables(statements(claims), self._folder) if form == "claims" else ""

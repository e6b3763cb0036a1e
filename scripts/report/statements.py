"""What the papers state: each statement once, with its claim under each reading of the loss."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from report.cells import BREAK, behind, figure_link, published, result, table

PAPERS = {
    "ridge": "To Grok Grokking (ridge)",
    "logistic": "Grokking in Linear Models (logistic)",
    "beyond": "Beyond the papers",
}
VERDICTS = ["reproduced", "partly reproduced", "not reproduced", "not testable"]  # the better, the earlier
READINGS = {"mean": "mean loss", "sum": "as printed"}
"""Readings of the logistic loss by `reduction`, in the order in which they are shown."""


@dataclass(frozen=True)
class Statement:
    """A statement, and its claims (rows of the table `claims`) by `reduction`; None where there is no choice of one."""

    name: str
    claims: Mapping[str | None, Mapping]

    @property
    def verdict(self) -> str:
        """The best verdict under any reading."""
        return min((claim["verdict"] for claim in self.claims.values()), key=VERDICTS.index)

    def said(self, of: Callable[[Mapping], str]) -> str:
        """Return what its claims say: parts, between semicolons, that all share, and the rest in a line a reading."""
        texts = {reading: of(claim).split("; ") for reading, claim in self.claims.items()}
        first, *others = texts.values()
        shared = [part for part in first if all(part in parts for parts in others)]
        lines = ["; ".join(shared)] if shared else []
        rest = {reading: "; ".join(part for part in parts if part not in shared) for reading, parts in texts.items()}
        if any(rest.values()):
            lines += [f"{READINGS[reading]}: {text or '-'}" for reading, text in rest.items()]
        return BREAK.join(lines)

    def result(self, reduction: str | None) -> str:
        """Return verdict and number under one reading."""
        return result(self.claims[reduction]) if reduction in self.claims else "-"


def statements(claims: pd.DataFrame) -> list[Statement]:
    """Return the statements of a table of claims, in its order; the readings are in that of READINGS.

    Two claims are one statement where their names differ in the ending alone, `-mean` and `-sum`, their reductions.
    """
    found: dict[tuple[str, bool], dict] = {}
    for claim in claims.to_dict("records"):
        reduction = None if pd.isna(claim["reduction"]) else claim["reduction"]
        name = claim["id"].removesuffix(f"-{reduction}")
        found.setdefault((name, reduction is None), {})[reduction] = claim
    order = (*READINGS, None)
    return [Statement(name, {key: of[key] for key in order if key in of}) for (name, _), of in found.items()]


def summary(claims: pd.DataFrame) -> str:
    """Return `counts` as a Markdown table."""
    return table(*counts(claims))


def counts(claims: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows of the numbers of statements by verdict.

    There is a row a paper, and one for each reading where some have readings. A statement that is judged twice counts
    once in its paper's row, with the better verdict.
    """
    rows = [row for paper, group in claims.groupby("paper", sort=False) for row in _counts(paper, statements(group))]
    return ["paper", "claims", *VERDICTS], rows


def _counts(paper: str, stated: Iterable[Statement]) -> Iterator[list[str]]:
    read = {reading: [one.claims[key] for one in stated if key in one.claims] for key, reading in READINGS.items()}
    among = ", at least one reading" if any(read.values()) else ""
    yield _count(PAPERS[paper] + among, [one.verdict for one in stated])
    for reading, judged in read.items():
        if judged:
            yield _count(f"{PAPERS[paper]}, {reading}", [claim["verdict"] for claim in judged])


def _count(name: str, verdicts: list[str]) -> list[str]:
    return [name, str(len(verdicts)), *(str(verdicts.count(verdict)) for verdict in VERDICTS)]


def claims_tables(stated: Iterable[Statement], figures: str) -> str:
    """Return statements as Markdown: those with readings in one table, both side by side, all others in another.

    `figures` is the folder that figures are linked in. The links stand in the first column, where no long text moves
    them out of view.
    """
    tables = []
    for columns in (READINGS, {None: "ours"}):
        chosen = [one for one in stated if set(one.claims) & set(columns)]
        if chosen:
            heads = ["claim", *columns.values(), "paper", "criterion", "runs"]
            tables.append(table(heads, [_row(one, list(columns), figures) for one in chosen]))
    return "\n\n".join(tables) or "None."


def _row(one: Statement, columns: Iterable[str | None], figures: str) -> list[str]:
    statement = one.said(lambda claim: f"{claim['statement'].removesuffix('.')} ({claim['place']}).")
    return [
        BREAK.join([statement, one.said(lambda claim: figure_link(claim["evidence"], figures))]),
        *(one.result(reduction) for reduction in columns),
        one.said(published),
        one.said(lambda claim: claim["criterion"]),
        one.said(behind),
    ]

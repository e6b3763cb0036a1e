"""What the article is made of besides its own words: numbers, verdicts, texts, figures and references, as data."""

import re
from collections.abc import Iterable, Mapping

import pandas as pd
from report.cells import BREAK, interval, number
from report.statements import READINGS, VERDICTS, Statement, counts, statements
from report.stories import contradictions, story

from article.markup import blocks

MACHINE = ("python", "numpy", "blas", "cpu", "git_commit")
"""Columns of `provenance` of which the article names each value."""
LEFT_OUT = {
    "item": False,
    "pieces": [{"style": "emph", "text": "What these results contradict is left out here.", "url": ""}],
}
ON_SCREEN = ("Look at:", "Claims of the paper:", "Our own checks:")
"""Heads of the parts of a caption that advise those at a screen, or count verdicts, which the article has tables of."""


def content(
    tables: Mapping[str, pd.DataFrame],
    cited: Mapping,
    headlines: list[str],
    texts: Mapping[str, str],
    captions: Mapping[str, str],
    figures: Mapping[str, str],
) -> dict:
    """Return all that the template shows, as what JSON can hold.

    `tables` are claims, checks, runs and provenance; `cited` is what CITATION.cff says; `headlines` are claims shown
    with their criteria. `texts` have placeholders, `captions` none; `figures` are the files of those that there are.
    """
    claims, checks, runs = (tables[name] for name in ("claims", "checks", "runs"))
    judged = pd.concat([claims, checks])
    chosen = [one for one in statements(claims) if any(claim["id"] in headlines for claim in one.claims.values())]
    heads, rows = counts(claims)
    return {
        "title": cited["title"],
        "authors": [_author(one) for one in cited["authors"]],
        "version": str(cited["version"]),
        "license": cited["license"],
        "repository": cited.get("repository-code", ""),
        "references": {reference["url"].rpartition("/")[2]: _reference(reference) for reference in cited["references"]},
        "reduced": _reduced(runs, claims),
        "numbers": _numbers(runs, checks, tables["provenance"]),
        "settings": _settings(runs),
        "texts": {name: _told(text, judged) for name, text in texts.items()},
        "captions": {name: _caption(text) for name, text in captions.items()},
        "figures": dict(figures),
        "counts": {"heads": heads, "rows": rows},
        "headlines": _verdicts(chosen),
        "verdicts": {paper: _verdicts(statements(group)) for paper, group in claims.groupby("paper", sort=False)},
        "deviations": {paper: _deviations(group) for paper, group in runs.groupby("paper", sort=False)},
    }


def _told(text: str, judged: pd.DataFrame) -> list[dict]:
    """Return a text filled in, less paragraphs and items that verdicts contradict.

    There is nothing where a claim that it names was not judged, as no run of its paper is left.
    """
    parts = re.split(r"\n\s*\n|\n(?=- )", text.strip())
    true = [part for part in parts if not any(contradictions(part, judged))]
    try:
        told = blocks(story("\n\n".join(true), judged))
    except KeyError:
        return []
    return told if len(true) == len(parts) else [*told, LEFT_OUT]


def _caption(text: str) -> list[dict]:
    return [one for one in blocks(text) if one["pieces"][0]["text"] not in ON_SCREEN]


def _reduced(runs: pd.DataFrame, claims: pd.DataFrame) -> dict:
    """Return how many runs, and verdicts on the papers' claims, are not of the papers' scale, and whether all are."""
    small = runs["scale"] == "reduced"
    verdicts = int((claims["scale"] == "reduced").sum())
    return {"runs": int(small.sum()), "verdicts": verdicts, "everything": bool(small.all())}


def _numbers(runs: pd.DataFrame, checks: pd.DataFrame, provenance: pd.DataFrame) -> dict[str, str]:
    trained = runs["n_seeds"].sum()
    return {
        "experiments": str(runs["experiment"].nunique()),
        "runs": str(len(runs)),
        "trained": str(int(trained)),
        "checks": str(len(statements(checks))),
        "checks_hold": str(sum(one.verdict == VERDICTS[0] for one in statements(checks))),
        "cpu_minutes": number(provenance["cpu_s"].sum() / 60),
        **{name: ", ".join(map(str, provenance[name].dropna().unique())) or "not recorded" for name in MACHINE},
    }


def _settings(runs: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return the numerical parameters of each experiment's first run."""
    first = runs.groupby("experiment").first().select_dtypes("number")
    return {name: {key: _exact(value) for key, value in row.items()} for name, row in first.to_dict("index").items()}


def _exact(value: float) -> str:
    """Return a parameter: a count of less than a million with all its digits."""
    return str(int(value)) if float(value).is_integer() and value < 1e6 else number(value)


def _verdicts(stated: list[Statement]) -> list[dict]:
    """Return the table of statements with readings of the loss, and that of all others; an empty one is left out."""
    tables = []
    for columns in (READINGS, {None: "ours"}):
        rows = [_row(one, list(columns)) for one in stated if set(one.claims) & set(columns)]
        if rows:
            tables.append({"columns": list(columns.values()), "rows": rows})
    return tables


def _row(one: Statement, columns: Iterable[str | None]) -> dict:
    first = next(iter(one.claims.values()))
    return {
        "statement": first["statement"].removesuffix("."),
        "place": first["place"],
        "results": [_result(one.claims[column]) if column in one.claims else None for column in columns],
        "paper": number(first["paper_value"]),
        "plot": first["source"] == "plot" and pd.notna(first["paper_value"]),
        "criterion": one.said(lambda claim: claim["criterion"]).split(BREAK),
    }


def _result(claim: Mapping) -> dict:
    measured, place = claim["measured"], claim["paper_quantile"]
    return {
        "verdict": claim["verdict"],
        "number": claim["reason"] if pd.isna(measured) and pd.notna(claim["reason"]) else interval(claim),
        "quantile": "" if pd.isna(place) else f"{place:.2g}",
        "reduced": claim["scale"] == "reduced",
    }


def _deviations(runs: pd.DataFrame) -> list[dict]:
    """Return each single way in which runs depart from the paper, with the figures that it concerns."""
    single = runs.assign(text=runs["deviations"].str.split("; ")).explode("text")
    figures = single[single["text"] != "none"].groupby("text", sort=False)["figure"].unique()
    return [{"text": text, "figures": list(names)} for text, names in figures.items()]


def _author(person: Mapping) -> str:
    return person.get("name") or " ".join(person[key] for key in ("given-names", "family-names") if key in person)


def _reference(work: Mapping) -> dict:
    """Return an entry of CITATION.cff as one that the typesetter's bibliography reads (Hayagriva)."""
    names = [
        ", ".join(person[key] for key in ("family-names", "given-names") if key in person) for person in work["authors"]
    ]
    return {"type": work["type"], "title": work["title"], "author": names, "date": work["year"], "url": work["url"]}

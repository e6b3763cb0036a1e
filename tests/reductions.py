"""Tables as they would be, had the configuration less in it: what is judged and written from them must stay alive."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pandas as pd
import yaml
from article.content import content
from checkout import ROOT
from claims import OWN, PAPERS, claim_files
from grokking.results.files import read_parquet
from judging.claims import headlines, read_claims
from judging.fits import fit_all
from judging.query import Results, frame
from judging.readings import scored
from judging.verdicts import experiment_arguments, judge
from report.claims_page import claims_html, claims_page
from report.pages import overview, page
from report.stories import caption
from shown import experiments_of, figure_of

Tables = dict[str, pd.DataFrame]
Judged = tuple[pd.DataFrame, pd.DataFrame]
FILES = {"claims": claim_files(PAPERS), "checks": claim_files(OWN)}
PAGES = ("beyond", "logistic", "ridge")
UNREADABLE = re.compile(r"\bfails\b|\w+(Error|Exception|Warning)\b|Traceback|\bnan\b")
"""What no reason may hold: it is for readers of the configuration, not of the code."""


def tables_of(results: Path) -> Tables:
    """Return the tables of a run, but for the verdicts."""
    kept = (path for path in results.glob("tables/*.parquet") if path.stem not in ("claims", "checks", "brute_force"))
    return {path.stem: frame(read_parquet(path), path.stem) for path in kept}


@cache
def declared(kind: str) -> list[dict]:
    """Return the papers' `claims`, or our own `checks`."""
    return read_claims(ROOT / file for file in FILES[kind])


def of_runs(tables: Tables, runs: pd.DataFrame) -> Tables:
    """Return the rows of these runs, and those of no run."""
    gone = set(tables["runs"]["run"]) - set(runs["run"])
    names = set(tables["runs"]["experiment"]) - set(runs["experiment"])
    kept = {name: rows[~rows["run"].isin(gone)] if "run" in rows else rows for name, rows in tables.items()}
    kept |= {name: rows[~rows["experiment"].isin(names)] for name, rows in kept.items() if "experiment" in rows}
    return kept | {"runs": runs}


def without(tables: Tables, experiment: str) -> Tables:
    """Return the tables without an experiment."""
    runs = tables["runs"]
    return of_runs(tables, runs[runs["experiment"] != experiment])


def experiments(tables: Tables) -> list[str]:
    return list(tables["runs"]["experiment"].unique())


def _one_seed(tables: Tables) -> Tables:
    kept = {name: rows[rows["seed"] == 0] if "seed" in rows else rows for name, rows in tables.items()}
    return kept | {"runs": tables["runs"].assign(n_seeds=1)}


def _censored(tables: Tables) -> Tables:
    return tables | {"times": tables["times"].assign(step=pd.NA, censored=True).astype({"step": "Int64"})}


def _without_sweeps(tables: Tables) -> Tables:
    return of_runs(tables, tables["runs"][tables["runs"]["axis"].isna()])


def _last_of_each_sweep(tables: Tables) -> Tables:
    runs = tables["runs"]
    last = ~runs.duplicated(["experiment", "axis"], keep="last")
    return of_runs(tables, runs[last | runs["axis"].isna()])


def _one_experiment_a_model(tables: Tables) -> Tables:
    runs = tables["runs"]
    return of_runs(tables, runs[runs["experiment"].isin(runs.groupby("model")["experiment"].first())])


def _cut_short(tables: Tables, horizon: int = 50) -> Tables:
    times = tables["times"]
    late = (times["step"] > horizon).fillna(False)
    long = {name: tables[name][tables[name]["step"] <= horizon] for name in ("curves", "theory")}
    shown = times.assign(step=times["step"].mask(late), censored=times["censored"] | late)
    return tables | long | {"times": shown, "runs": tables["runs"].assign(horizon=horizon)}


def _where(column: str, value: object) -> Callable[[Tables], Tables]:
    return lambda tables: of_runs(tables, tables["runs"][tables["runs"][column] != value])


def _numberless(name: str) -> Callable[[Tables], Tables]:
    return lambda tables: tables | {name: tables[name].assign(value=float("nan"))}


def _empty(name: str) -> Callable[[Tables], Tables]:
    return lambda tables: tables | {name: tables[name][:0]}


REDUCTIONS: dict[str, Callable[[Tables], Tables]] = {
    "one seed": _one_seed,
    "every time censored": _censored,
    "no sweep": _without_sweeps,
    "the last value of each sweep": _last_of_each_sweep,
    "one experiment a model": _one_experiment_a_model,
    "a short horizon": _cut_short,
    "the mean loss alone": _where("reduction", "sum"),
    "the summed loss alone": _where("reduction", "mean"),
    "no run with a bias": _where("bias", True),
    "no run without a bias": _where("bias", False),
    **{f"{name} without a value": _numberless(name) for name in ("curves", "bounds", "theory")},
    **{f"no {name}": _empty(name) for name in ("runs", "curves", "times", "bounds", "theory")},
}
"""What else can be left out of a configuration, or fail to happen in its runs."""


def reduced(tables: Tables) -> Iterator[tuple[str, Tables]]:
    """Yield every reduction by its name."""
    for name, reduction in REDUCTIONS.items():
        yield name, reduction(tables)


def judged(tables: Tables, of: Callable[[Mapping], bool] = lambda claim: True) -> Judged:
    """Return the tables `claims` and `checks` of those claims that are chosen, judged paper by paper."""
    asked = {paper: Results(_where_is(tables, "paper", paper)) for paper in PAGES}
    return tuple(
        pd.concat(
            judge([claim for claim in declared(kind) if claim["paper"] == paper and of(claim)], asked[paper])
            for paper in PAGES
        )
        for kind in FILES
    )


def rests_on(claim: Mapping, experiment: str) -> bool:
    """Tell whether a claim may change without an experiment: it names it, or all runs that were checked."""
    named = experiment_arguments(claim["measure"]["name"])
    return not named or experiment in [claim["measure"].get(one) for one in named]


def unreadable(tables: Iterable[pd.DataFrame]) -> list[str]:
    """Return what is no verdict with a number, nor without one for a reason in words."""
    lines = []
    for claim in pd.concat(tables).to_dict("records"):
        reason = claim["reason"] if isinstance(claim["reason"], str) else ""
        if (claim["verdict"] == "not testable") != bool(reason) or UNREADABLE.search(reason):
            lines.append(f"{claim['id']}: {claim['verdict']}, {claim['measured']}: {reason or 'no reason'}")
    return lines


def read_from(tables: Tables) -> Tables:
    """Return the tables `fits` and `readings` that are made of these."""
    logistic, of_ridge = (Results(_where_is(tables, "paper", paper)) for paper in ("logistic", "ridge"))
    return {"fits": pd.concat(fit_all(asked, 1) for asked in (logistic, of_ridge)), "readings": scored(logistic)}


def shown_in(tables: Tables, figure: str) -> Tables:
    """Return what a figure is given: the rows of the experiments that it shows."""
    runs = tables["runs"]
    shown = experiments_of(figure_of(ROOT / f"scripts/figures/{figure}.py"), runs["experiment"].unique())
    return of_runs(tables, runs[runs["experiment"].isin(shown)])


def texts(tables: Tables, found: Judged) -> dict[str, str]:
    """Return every text that is written from the tables, by name: captions, pages, lists of claims and the overview."""
    runs, written = tables["runs"], {}
    told = {paper: (ROOT / f"workflow/report/stories/{paper}.rst").read_text() for paper in PAGES}
    for paper in PAGES:
        templates = sorted((ROOT / "workflow/report").glob(f"{paper}_*.rst"))
        captions = {path.stem: caption(path.read_text(), path.stem, *_of(found, paper)) for path in templates}
        template = (ROOT / f"workflow/pages/{paper}.md").read_text()
        written |= captions | {paper: page(paper, template, told[paper], *_of(found, paper), runs, captions)}
    written["overview"] = overview((ROOT / "workflow/report/overview.rst").read_text(), told, *found, runs)
    return written | {"claims.md": claims_page(*found, runs), "claims.html": claims_html(*found, runs)}


def amiss(written: Mapping[str, str]) -> list[str]:
    """Return the texts that are empty, or in which a placeholder is left."""
    return [name for name, text in written.items() if not text.strip() or (".html" not in name and "${" in text)]


def article(tables: Tables, found: Judged) -> dict:
    """Return the content of the article."""
    told = [*(ROOT / "workflow/article").glob("*.rst"), *(ROOT / "workflow/report/stories").glob("*.rst")]
    shown = {"claims": found[0], "checks": found[1]} | {name: tables[name] for name in ("runs", "provenance")}
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    chosen = headlines(ROOT / file for file in FILES["claims"])
    return content(shown, cited, chosen, {path.stem: path.read_text() for path in told}, {}, {})


def _where_is(tables: Tables, column: str, value: object) -> Tables:
    runs = tables["runs"]
    return of_runs(tables, runs[runs[column] == value])


def _of(found: Judged, paper: str) -> Judged:
    return tuple(table[table["paper"] == paper] for table in found)

"""Measuring claims on the tables, and the verdicts."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pyarrow as pa
from grokking.results.files import write_parquet
from grokking.results.jobs import stage

from judging import highdim, logistic, readings, ridge  # noqa: F401 (they register measures)
from judging.claims import Range, criterion, limits, possible, read_claims
from judging.query import NotInResultsError, Results, read_results
from judging.registry import MEASURES, Experiment, Measurement

log = logging.getLogger(__name__)

KEPT = ("id", "paper", "place", "statement", "evidence")
JUDGED = ("criterion", "reduction", "source", "paper_value", "paper_quantile", "measured", "ci_low", "ci_high")
JUDGED += ("verdict", "reason", "scale", "deviations")
"""Columns of the tables `claims` and `checks`: what a claim says of itself, and what is found."""


@stage
def judge_claims(
    paper: str, claims: list[Path], checks: list[Path], tables: list[Path], out: Path, out_checks: Path
) -> None:
    """Write of one paper the tables `claims`, of what it claims, and `checks`, of what we say of it."""
    results = read_results(tables)
    for files, path in ((claims, out), (checks, out_checks)):
        own = [claim for claim in read_claims(files) if claim["paper"] == paper]
        write_parquet(pa.Table.from_pandas(judge(own, results), preserve_index=False), path)


def verdict(measured: Measurement, accept: Range, partly: Range | None) -> str:
    """Return the verdict by the rule written in workflow/claims/README.md."""
    if np.isnan(measured.value):
        return "not testable"
    low, high = (measured.value if np.isnan(end) else end for end in (measured.ci_low, measured.ci_high))
    if accept[0] <= low and high <= accept[1]:
        return "reproduced"
    near = accept[0] <= measured.value <= accept[1] or (partly and partly[0] <= measured.value <= partly[1])
    return "partly reproduced" if near else "not reproduced"


def _within(measured: Measurement, range_: Range) -> Measurement:
    """Return a number with its interval cut where the number cannot be: a correlation of 0.99 is not 1.01 either."""
    if not range_[0] <= measured.value <= range_[1]:
        return measured
    low, high = (float(np.clip(end, *range_)) for end in (measured.ci_low, measured.ci_high))
    return replace(measured, ci_low=low, ci_high=high)


def paper_quantile(measured: Measurement, paper_value: float) -> float:
    """Return the paper's value v as a quantile of ours, P(x < v) + P(x = v)/2; NaN without a value or a sample."""
    if not measured.sample or np.isnan(measured.value) or np.isnan(paper_value):
        return np.nan
    sample = np.array(measured.sample)
    return float(np.mean(sample < paper_value) + np.mean(sample == paper_value) / 2)


def judge(claims: Sequence[Mapping], results: Results) -> pd.DataFrame:
    """Return the table `claims`; one that cannot be measured is not testable, and its `reason` says why."""
    return pd.DataFrame([_judge_one(claim, results) for claim in claims], columns=[*KEPT, *JUDGED])


def _judge_one(claim: Mapping, results: Results) -> dict:
    measured, reason = _measure(claim, results)
    measured = _within(measured, possible(claim))
    runs = _runs_behind(claim["measure"], results)
    deviations = [text for text in runs["deviations"].unique() if text != "none"]
    return {key: claim[key] for key in KEPT} | {
        "criterion": criterion(claim),
        "reduction": claim.get("reduction"),
        "source": claim.get("source", "text"),
        "paper_value": claim.get("paper_value", np.nan),
        "paper_quantile": paper_quantile(measured, claim.get("paper_value", np.nan)),
        "measured": measured.value,
        "ci_low": measured.ci_low,
        "ci_high": measured.ci_high,
        "verdict": verdict(measured, *limits(claim)),
        "reason": reason,
        "scale": _scale(runs),
        "deviations": "; ".join(deviations) or "none",
    }


def _measure(claim: Mapping, results: Results) -> tuple[Measurement, str | None]:
    """Return a claim's number, or none and the reason; whatever goes wrong here must not take other claims along."""
    arguments = {key: value for key, value in claim["measure"].items() if key != "name"}
    try:
        measured = MEASURES[claim["measure"]["name"]](results, **arguments)
    except NotInResultsError as error:
        return Measurement(np.nan), error.what
    except Exception as error:  # any other fault of a measure is one claim's, and is logged
        log.exception("claim %s cannot be computed", claim["id"])
        return Measurement(np.nan), f"its measure fails: {type(error).__name__}: {error}"
    return measured, "its runs give no number" if np.isnan(measured.value) else None


def _runs_behind(measured: Mapping, results: Results) -> pd.DataFrame:
    """Return the runs that a claim rests on: those of every experiment that its measure is given.

    Where it is given none, those that its statement was checked on.
    """
    runs = results.table("runs")
    names = [measured[name] for name in experiment_arguments(measured["name"]) if name in measured]
    if names:
        return runs[runs["experiment"].isin(names)]
    try:
        return results.checked_on(measured["equation"])
    except NotInResultsError:
        return runs[:0]


def _scale(runs: pd.DataFrame) -> str | None:
    if runs.empty:
        return None
    return "paper" if (runs["scale"] == "paper").all() else "reduced"


def experiment_arguments(name: str) -> list[str]:
    """Return the arguments of a measure that are names of experiments."""
    parameters = signature(MEASURES[name]).parameters.values()
    return [one.name for one in parameters if Experiment in (one.annotation, *get_args(one.annotation))]

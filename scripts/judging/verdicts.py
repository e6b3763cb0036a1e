"""Measuring the papers' claims on the tables, and the verdicts."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from judging import delta, highdim, logistic, ridge  # noqa: F401 (they register measures)
from judging.registry import MEASURES, Measurement, Tables


def verdict(measured: Measurement, accept: Sequence[float], partly: Sequence[float] | None) -> str:
    """Return the verdict by the rule written at the head of workflow/claims.yaml."""
    if np.isnan(measured.value):
        return "not testable"
    low, high = (measured.value if np.isnan(end) else end for end in (measured.ci_low, measured.ci_high))
    if accept[0] <= low and high <= accept[1]:
        return "reproduced"
    near = accept[0] <= measured.value <= accept[1] or (partly and partly[0] <= measured.value <= partly[1])
    return "partly reproduced" if near else "not reproduced"


def criterion(claim: Mapping) -> str:
    """Return a claim's criterion with the limits that its number is held to."""
    limits = f"reproduced: {_limits(claim['accept'])}"
    if "partly" in claim:
        limits += f"; partly: {_limits(claim['partly'])}"
    return f"{claim['criterion']} [{limits}]"


def _limits(ends: Sequence[float]) -> str:
    return " to ".join(f"{end:g}" for end in dict.fromkeys(ends))


def judge(claims: Sequence[Mapping], tables: Tables) -> pd.DataFrame:
    """Return the table `claims`. Raises ValueError, naming the claim, for a measure that does not exist."""
    return pd.DataFrame([_judge_one(claim, tables) for claim in claims])


def _judge_one(claim: Mapping, tables: Tables) -> dict:
    arguments = dict(claim["measure"])
    name = arguments.pop("name")
    if name not in MEASURES:
        raise ValueError(f"claim {claim['id']}: measure {name!r}: expected one of {', '.join(sorted(MEASURES))}")
    measured = MEASURES[name](tables, **arguments)
    runs = _runs_behind(arguments, tables)
    deviations = [text for text in runs["deviations"].unique() if text != "none"]
    kept = ("id", "paper", "place", "statement", "evidence")
    return {key: claim[key] for key in kept} | {
        "criterion": criterion(claim),
        "paper_value": claim.get("paper_value", np.nan),
        "measured": measured.value,
        "ci_low": measured.ci_low,
        "ci_high": measured.ci_high,
        "verdict": verdict(measured, claim["accept"], claim.get("partly")),
        "scale": "paper" if (runs["scale"] == "paper").all() else "reduced",
        "deviations": "; ".join(deviations) or "none",
    }


def _runs_behind(arguments: Mapping, tables: Tables) -> pd.DataFrame:
    """Return the runs that a claim rests on: those of its figure, or those that its statement was checked on."""
    runs = tables["runs"]
    if "figure" in arguments:
        return runs[runs["figure"] == arguments["figure"]]
    bounds = tables["bounds"]
    return runs[runs["run"].isin(bounds.loc[bounds["equation"] == arguments["equation"], "run"])]

"""The rule that scores both readings of the loss, on tables made by hand."""

import numpy as np
import pandas as pd
import pytest
from judging.query import Results
from judging.readings import scored
from judging.registry import MEASURES

STEPS = [20, 100, 1_000_000, 10_000_000]
BALANCED, STEEP = {"s_pos": 350, "s_neg": 350}, {"s_pos": 400, "s_neg": 300}


def curve(run, values, seeds=4):
    """Rows of curves at STEPS, the same for every seed but for the factors 0.99, 1, 1.01 and 1.02."""
    factors = [0.99, 1, 1.01, 1.02, *[100] * 20][:seeds]
    return [
        {"run": run, "seed": s, "step": t, "quantity": name, "split": split, "value": (factors[s] if vary else 1) * v}
        for (name, split, vary), series in values.items()
        for s in range(seeds)
        for t, v in zip(STEPS, series, strict=True)
    ]


def planted(run, *, bias=(0.0, 0.01, 0.26, 0.28), distance=(0.01, 0.07, 0.002, 0.001), train=0.85, low=0.5, seeds=4):
    return curve(
        run,
        {
            ("bias", "train", True): bias,
            ("bias_distance", "train", True): distance,
            ("accuracy", "train", False): [0.8, 0.8, 0.8, train],
            ("accuracy", "concentrated", False): [0.1, 0.9, low, 0.9],
        },
        seeds,
    )


def results(curves=(), times=(), seeds=4):
    base = {"axis": None, "bias": True, "n_pos": 1000, "n_neg": 1000}
    runs = [
        {"run": "balanced", "experiment": "logistic-full-mean"} | base | BALANCED,
        {"run": "steep", "experiment": "logistic-full-mean"} | base | STEEP,
        {"run": "pos", "experiment": "logistic-classes-mean"} | base | STEEP | {"n_pos": 1500, "n_neg": 500},
        {"run": "other", "experiment": "logistic-classes-mean"} | base | STEEP,
        {"run": "plain", "experiment": "logistic-plain-mean"} | base | {"s_pos": 0, "s_neg": 0},
    ]
    peaks = {"steep": 2500, "pos": 500, "other": 7, "balanced": 7}
    times = [*times, *((run, s, "t_peak", np.nan, step) for run, step in peaks.items() for s in range(seeds))]
    return Results(
        {
            "runs": pd.DataFrame(runs),
            "curves": pd.DataFrame(curves),
            "times": pd.DataFrame(times, columns=["run", "seed", "quantity", "eps", "step"]).astype({"step": "Int64"}),
        }
    )


def plain(**steps):
    """Rows of `times` of the run without planted points, steps by seed."""
    names = {"T_tr": ("T_tr", 0.0), "T_tr1": ("T_tr", 0.001), "T_std": ("T_te_standard", 0.0)}
    names |= {"T_c": ("T_te_concentrated", 0.0), "T_c1": ("T_te_concentrated", 0.001)}
    return [("plain", s, *names[name], step) for name, values in steps.items() for s, step in enumerate(values)]


def figures(given, reading="mean over the square"):
    rows = scored(given)
    return rows[(rows["block"] == "F") & (rows["reading"] == reading)].set_index("statement")


BALANCED_PEAK = (0, 0.002, 0.001, 0.001)


def test_the_papers_own_numbers_have_all_points():
    found = figures(results(planted("steep") + planted("balanced", distance=BALANCED_PEAK)))
    assert found["score"].sum() == found["most"].sum() == 8
    settles = found.loc["b settles at, S(400, 300)"]
    assert (settles["paper_value"], settles["source"], settles["quantile"]) == (0.26, "plot", 0.375)
    assert settles["median"] == pytest.approx(0.26 * 1.005)


@pytest.mark.parametrize(
    ("statement", "changed", "score"),
    [
        ("b settles at", {"bias": (0, 0, 0.31, 0)}, 0.5),
        ("b settles at", {"bias": (0, 0, 0.41, 0)}, 0),
        ("|b| at step 100", {"bias": (0, -0.1, 0, 0)}, 0.5),
        ("|b| at step 100", {"bias": (0, -0.2, 0, 0)}, 0),
        ("peak of |b|/||w||, S(400", {"distance": (0, 0.05, 0, 0)}, 0.5),
        ("peak of |b|/||w||, S(400", {"distance": (0.2, 0.05, 0, 0)}, 0),
        ("train accuracy", {"train": 0.95}, 0.5),
        ("lowest", {"low": 0.55}, 0.5),
        ("lowest", {"low": 0.65}, 0),
    ],
)
def test_points_are_lost_by_steps(statement, changed, score):
    found = figures(results(planted("steep", **changed) + planted("balanced", distance=BALANCED_PEAK)))
    assert found[found.index.str.startswith(statement)]["score"].item() == score


def test_only_the_first_ten_seeds_count():
    given = results(planted("steep", seeds=16) + planted("balanced", seeds=16), seeds=16)
    assert figures(given).loc["b settles at, S(400, 300)", "high"] == pytest.approx(26)
    many = curve("steep", {("bias", "train", True): (0, 0, 0.26, 0)}, seeds=10)
    many += [row | {"seed": 20, "value": 1e9} for row in many[:4]]
    assert figures(results(many)).loc["b settles at, S(400, 300)", "high"] == pytest.approx(26)


def test_the_peak_of_balanced_support_vectors_scores_by_its_place():
    given = results(planted("steep") + planted("balanced", distance=(0, 0.002 / 1.018, 0, 0)))
    assert figures(given).loc["peak of |b|/||w||, S(350, 350)", "score"] == 0.5
    given = results(planted("steep") + planted("balanced", distance=(0, 0.001, 0, 0)))
    assert figures(given).loc["peak of |b|/||w||, S(350, 350)", "score"] == 0


def test_what_was_not_run_is_not_counted():
    found = figures(results(planted("steep") + planted("balanced")), "sum equispaced")
    assert found["most"].sum() == 0
    assert found["score"].isna().all()


def test_table_1_is_scored_by_place_and_its_rows_by_the_share_of_runs():
    steps = {"T_tr": [400, 500, 600, None], "T_c": [7e6, 8e6, 1, 1], "T_std": [1, 1, 1, 1]}
    steps |= {"T_tr1": [10, 11, 11, 11], "T_c1": [2e6, 3e6, 5e6, 5e6]}
    given = results(curve("plain", {("bias_distance", "train", False): (9, 1, 2, 1)}), plain(**steps))
    found = scored(given)
    found = found[(found["block"] == "T") & (found["reading"] == "mean")].set_index("statement")
    scores = {
        "T_tr(0), row of the standard test": 1,  # 5e5 is at 3/4
        "T_tr(0), row of the concentrated test": 0.5,  # 400 at 1/8
        "T_te(0), standard test": 0,
        "T_tr(0.001), at most 10": 1,  # a quarter of the seeds
        "fall of |b|/||w|| begins": 0,
        "row of the concentrated test": 1,
        "row of the standard test": 0,
        "row of the concentrated test, eps = 0.001": 1,
        "both rows of the concentrated test in one run": 1,
    }
    assert found.loc[list(scores), "score"].to_dict() == scores
    assert found.loc["row of the concentrated test", "median"] == 0.5
    assert found.loc["fall of |b|/||w|| begins", "median"] == 1e6
    assert found["most"].sum() == 11


def test_a_lead_is_taken_over_what_both_are_scored_on():
    rows = [("F", "x", "mean over the square", 1.0), ("F", "y", "mean over the square", 0.5)]
    rows += [("F", "z", "mean over the square", 1.0), ("F", "x", "sum over the square", 0.0)]
    rows += [("F", "y", "sum over the square", 1.0), ("F", "z", "sum over the square", np.nan)]
    table = pd.DataFrame(rows, columns=["block", "statement", "reading", "score"])
    given = Results({"readings": table})
    assert MEASURES["lead"](given, "logistic-full-mean", "logistic-full-sum").value == 0.5

"""Measures of the claims in high dimension on tables made by hand."""

import numpy as np
import pandas as pd
import pytest
from judging.highdim import balanced_sizes
from judging.query import Results
from judging.registry import MEASURES

PLAIN = "highdim-plain"


def run(name, experiment=PLAIN, **changes):
    base = {"d": 1024, "axis": None, "n_pos": 5, "n_neg": 5, "s_pos": 0, "s_neg": 0, "bias": True}
    return {"run": name, "experiment": experiment} | base | changes


def tables(times=(), bounds=(), curves=(), runs=None):
    given = {
        "runs": pd.DataFrame(runs or [run("r")]),
        "times": pd.DataFrame(times, columns=["run", "seed", "quantity", "eps", "step"]).astype({"step": "Int64"}),
        "bounds": pd.DataFrame(bounds, columns=["run", "seed", "quantity", "value"]),
        "curves": pd.DataFrame(curves, columns=["run", "seed", "step", "quantity", "split", "value"]),
    }
    return Results(given)


def late(first, last, rise):
    """Tables of one seed with T_tr = 10, the given crossings on concentrated data and the rise after T_tr."""
    steps = {"T_tr": 10, "T_tr_last": 10, "T_te_concentrated": first, "T_te_concentrated_last": last}
    times = [("r", 0, name, 0.0, step) for name, step in steps.items()]
    return tables(times, [("r", 0, "late_rise", np.nan if rise is None else rise)])


@pytest.mark.parametrize(
    ("first", "last", "rise", "expected"),
    [
        (1000, 1000, 0.05, 1),
        (None, None, 0.2, 1),  # not reached within the run: later than all
        (999, 1000, 0.2, 0),
        (1000, 999, 0.2, 0),
        (1000, 1000, 0.04, 0),
        (1000, 1000, None, 0),
    ],
)
def test_grokking_needs_both_delays_and_a_rise(first, last, rise, expected):
    found = MEASURES["share_improving_late"](late(first, last, rise), experiment=PLAIN, factor=100, rise=0.05)
    assert found.value == expected


def test_the_share_reached_counts_seeds_of_the_first_run_at_one_level():
    times = [("r", 0, "T", 0.0, 7), ("r", 1, "T", 0.0, None), ("r", 1, "T", 0.1, 3), ("other", 0, "T", 0.0, 7)]
    both = tables(times, runs=[run("r"), run("other")])
    assert MEASURES["share_reached_at"](both, experiment=PLAIN, quantity="T", eps=0.0).value == 0.5


def curve(values, seed=0):
    return [("r", seed, 10**k, "accuracy", "concentrated", value) for k, value in enumerate(values)]


def test_a_creeping_accuracy_depends_on_the_horizon_and_a_settled_one_does_not():
    def dependence(rows):
        return MEASURES["horizon_dependence"](
            tables(curves=rows), experiment=PLAIN, split="concentrated", part=0.1
        ).value

    assert dependence(curve([0.5, 0.6, 0.7, 0.8])) == 10
    assert dependence(curve([0.5, 0.8, 0.8, 0.8])) == 1
    assert dependence(curve([0.5, 0.8, 0.8, 0.8]) + curve([0.5, 0.6, 0.7, 0.8], 1) + curve([1, 1, 1, 1], 2)) == 1


def test_a_ratio_compares_first_runs():
    both = tables(
        bounds=[("r", 0, "peak", 1.0), ("r", 1, "peak", 3.0), ("plane", 0, "peak", 8.0), ("plane", 1, "peak", 12.0)],
        runs=[run("r"), run("plane", "logistic-plain")],
    )
    found = MEASURES["summary_ratio"](both, experiment=PLAIN, other="logistic-plain", quantity="peak")
    assert found.value == pytest.approx(0.2)


def test_the_greatest_omission_is_over_all_runs_of_the_experiment():
    rows = [("r", 0, "omitted_gradient", 1e-20), ("s", 0, "omitted_gradient", 1e-13), ("t", 0, "omitted_gradient", 1.0)]
    found = MEASURES["greatest_omission"](
        tables(bounds=rows, runs=[run("r"), run("s"), run("t", "x")]), experiment=PLAIN
    )
    assert found.value == 1e-13


def test_sizes_are_those_of_their_experiment_in_the_dimension_of_the_plain_run():
    """A run at d = 64 has no place among those at d = 1024, nor has any other balanced run."""
    runs = [run("plain", n_pos=50, n_neg=50), run("free", bias=False), run("small", "highdim-sizes")]
    runs += [run("flat", "highdim-sizes", d=64), run("another", "mine", n_pos=7, n_neg=7), run("low", "mine", d=64)]
    found = balanced_sizes(tables(runs=runs))
    assert list(found["run"]) == ["small", "plain"]
    np.testing.assert_array_equal(found["size"], [10, 100])

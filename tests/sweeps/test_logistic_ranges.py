"""Numbers of the sections planar and highdim, several at a time, anywhere in their ranges: every run ends.

The unit test of the same name has them one at a time.
"""

import tempfile
from math import log10
from pathlib import Path

import pytest
from grokking.flow.prediction import PredictedRun, theory_table
from hypothesis import given, settings
from hypothesis import strategies as st
from logistic_stages import configured, ends
from test_logistic_ranges import EQUISPACED, WEIGHTED, ranges, sides

FULL = {"planting": "full", "support": [[7, 3]]}
BASES = [
    *[("planar", "mean", data) for data in ({}, FULL, EQUISPACED, WEIGHTED)],
    *[("planar", "sum", data) for data in ({}, FULL, EQUISPACED)],
    *[("highdim", reduction, data) for reduction in ("mean", "sum") for data in ({}, {"s_pos": 3, "s_neg": 1})],
]
LARGEST = {"n_pos": 60, "n_neg": 60, "n_test": 60, "n_seeds": 2, "d": 48, "n_snapshots": 200, "max_chaotic": 10**4}
LONGEST = {("planar", "mean"): 10**18, ("highdim", "mean"): 10**9}
"""Beyond 1e5 steps on the summed loss the test takes minutes where they have to be executed."""
EXAMPLES = 250


def values(section, reduction, key, described):
    """Return a strategy for the values of a key: the ends of its range, and some in between on a logarithmic scale."""
    low, high = sides(described)
    high = {"horizon": LONGEST.get((section, reduction), 10**5), "gamma": 14.0, **LARGEST}.get(key, high)
    if (section, key) == ("highdim", "gamma"):
        high = sides(described)[1]
    if key == "b_0":
        return st.floats(low, high)
    between = st.floats(log10(low or 1), log10(high)).map(lambda power: min(max(10**power, low), high))
    if described["type"] == "integer":
        whole = described.get("multipleOf", 1)
        between = between.map(lambda value: max(whole, int(value) // whole * whole))
    return st.sampled_from([low, high]) | between


@st.composite
def problems(draw):
    """Return section, the changes of the data and those of the experiment."""
    section, reduction, planted = draw(st.sampled_from(BASES))
    changes = {"data": dict(planted), "experiment": {"reduction": reduction}}
    found = [one for one in ranges(section) if (reduction, one[1]) != ("sum", "b_0")]
    for kind, key, described in draw(
        st.lists(st.sampled_from(found), min_size=2, max_size=4, unique_by=lambda one: one[1])
    ):
        changes[kind][key] = draw(values(section, reduction, key, described))
    return section, changes["data"], changes["experiment"]


@settings(max_examples=EXAMPLES, derandomize=True, database=None)
@given(problems())
def test_a_run_with_numbers_of_their_ranges_ends(problem):
    section, data, experiment = problem
    with tempfile.TemporaryDirectory() as folder:
        ends(section, configured(section, data, experiment), Path(folder))


@pytest.mark.parametrize(
    ("section", "reduction", "data"),
    [("planar", "sum", EQUISPACED), ("highdim", "sum", {}), ("highdim", "mean", {})],
)
def test_the_longest_run_ends(section, reduction, data, tmp_path):
    ends(section, configured(section, data, {"reduction": reduction, "horizon": 10**18}), tmp_path)


def test_what_is_predicted_of_the_longest_run_ends_with_the_theory():
    law = {"d": 100, "n_pos": 101, "n_neg": 101, "gamma": 1e-5, "alpha": 0.6, "n_snapshots": 60}
    table = theory_table(PredictedRun(run="x", **law, bias=True, eta=0.05, horizon=10**18))
    assert 10 <= max(table["step"].to_pylist()) < 10**18

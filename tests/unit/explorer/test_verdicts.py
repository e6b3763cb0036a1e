"""Claims by verdict, the figures that show them and the list of them."""

import pandas as pd
import pytest
from explored import texts
from explorer import verdicts
from judged import CHECKS, CLAIM, CLAIMS


@pytest.fixture(scope="module")
def chart():
    return verdicts.panel(CLAIMS, CHECKS).chart


def shown(chart, selected: list[dict[str, str]]) -> list[str]:
    """Return all texts where these cells are selected."""
    changed = chart.copy()
    spec = changed.to_dict()
    (cell,) = [one for one in spec["params"] if one["name"] == "cell"]
    cell["value"] = selected

    class Changed:
        def to_dict(self):
            return spec

    return texts(Changed())


def test_a_row_a_claim_under_one_reading():
    rows = verdicts.rows_of(CLAIMS, CHECKS)
    assert len(rows) == len(CLAIMS) + len(CHECKS)
    groups = {"ridge", "logistic, mean loss", "logistic, as printed", "ridge, our checks"}
    assert set(rows["group"]) == groups
    assert rows["ours"].iloc[0] == "-0.5 (-0.6 to -0.4)"


def test_the_shortest_list_of_what_failed_comes_first(chart):
    found = texts(chart)
    assert "b peaks." in found
    assert "b rests." not in found


def test_a_verdict_chosen_shows_its_claims_and_figures(chart):
    found = shown(chart, [{"group": "logistic, mean loss", "verdict": "partly reproduced"}])
    assert "b rests." in found
    assert "b peaks." not in found
    assert "1 ↗ open" in found
    assert len(shown(chart, [])) > len(found)


def test_tables_without_a_failure_are_shown_too():
    good = pd.DataFrame([CLAIM | {"verdict": "reproduced"}])
    assert CLAIM["statement"] in texts(verdicts.panel(good, good.iloc[:0]).chart)

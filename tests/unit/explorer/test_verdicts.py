"""Claims by verdict, the figures that show them and the list of them."""

import re

import pandas as pd
import pytest
from explored import svg, texts
from explorer import verdicts
from judged import CHECKS, CLAIM, CLAIMS
from judging.query import NotInResultsError


@pytest.fixture(scope="module")
def chart():
    return verdicts.panel(CLAIMS, CHECKS).chart


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
    found = texts(chart, cell=[{"group": "logistic, mean loss", "verdict": "partly reproduced"}])
    assert "b rests." in found
    assert "b peaks." not in found
    assert "1 ↗ open" in found
    assert len(texts(chart, cell=[])) > len(found)


def test_a_page_without_a_folder_links_no_figure(chart):
    shown = {"cell": [{"group": "logistic, mean loss", "verdict": "partly reproduced"}]}
    for linked, expected in ((True, {"figures/f.png"}), (False, set())):
        assert set(re.findall(r'href="[^"]*(figures/[^"]*)"', svg(chart, **shown, linked=linked))) == expected
    assert not any("open" in text for text in texts(chart, **shown, linked=False))


def test_tables_without_a_failure_are_shown_too():
    good = pd.DataFrame([CLAIM | {"verdict": "reproduced"}])
    assert CLAIM["statement"] in texts(verdicts.panel(good, good.iloc[:0]).chart)
    with pytest.raises(NotInResultsError):
        verdicts.panel(good.iloc[:0], good.iloc[:0])

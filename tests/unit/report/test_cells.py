import re

import numpy as np
import pandas as pd
import pytest
from docutils.core import publish_parts
from judged import CLAIM
from report.cells import behind, interval, number, published, report_table, result, scale_of, table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-1.00005, "-1"),
        (0.26499, "0.265"),
        (7063.53, "7060"),
        (73_701, "73700"),
        (5e6, "5e6"),
        (1.2345e-7, "1.23e-7"),
        (np.nan, "-"),
        (None, "-"),
        (np.inf, "not reached"),
    ],
)
def test_numbers_have_three_digits(value, text):
    assert number(value) == text


def test_an_interval_is_shown_where_it_is_one():
    assert interval(CLAIM) == "-0.5 (-0.6 to -0.4)"
    assert interval(CLAIM | {"ci_low": None, "ci_high": None}) == "-0.5"
    assert interval(CLAIM | {"measured": 1.0, "ci_low": 0.99998, "ci_high": 1.00001}) == "1"


def test_a_median_over_times_that_were_not_reached_is_not_a_number():
    assert interval(CLAIM | {"measured": np.inf, "ci_low": np.inf, "ci_high": np.inf}) == "not reached"
    assert interval(CLAIM | {"measured": 5.0, "ci_low": 1.0, "ci_high": np.inf}) == "5 (1 to not reached)"


def test_a_result_says_the_place_of_the_papers_number():
    assert result(CLAIM | {"paper_quantile": 0.4375}) == (
        "**not reproduced**<br>-0.5 (-0.6 to -0.4)<br>the paper's at quantile 0.44"
    )


def test_what_is_not_testable_says_why():
    claim = CLAIM | {
        "measured": np.nan,
        "verdict": "not testable",
        "reason": "experiment 'e' is not in the configuration",
    }
    assert result(claim) == "**not testable**, because experiment 'e' is not in the configuration"


def test_a_number_read_off_a_plot_is_marked():
    assert published(CLAIM) == "-1"
    assert published(CLAIM | {"source": "plot"}) == "-1<br>read off a plot"


def test_the_runs_behind_a_verdict_have_scale_and_deviations():
    assert behind(CLAIM) == "paper scale"
    assert behind(CLAIM | {"scale": "reduced", "deviations": "3 seeds"}) == "**reduced scale**; 3 seeds"
    assert behind(CLAIM | {"scale": None}) == "no runs"


@pytest.mark.parametrize(
    ("scales", "start", "end"),
    [
        (["paper", "paper"], "All 2 runs are at", "scale."),
        (
            ["paper", "reduced"],
            "**Reduced: 1 of 2 runs are not at the papers' scale**",
            "1 of them on what the papers claim.",
        ),
        (
            ["reduced", "reduced"],
            "**Reduced: 2 of 2 runs are not at the papers' scale**",
            "**make reproduce** makes those that are.",
        ),
    ],
)
def test_runs_that_are_small_are_counted(scales, start, end):
    table = pd.DataFrame({"scale": scales})
    text = scale_of(table, table, table)
    assert text.startswith(start)
    assert text.endswith(end)


def test_a_table_of_the_report_has_its_rows():
    body = publish_parts(report_table(["a", "b"], [["x, y", "1"]]), writer="html")["body"]
    assert re.findall(r"<t[dh].*?>(.*?)</t[dh]>", body) == ["a", "b", "x, y", "1"]


def test_bars_in_cells_are_escaped():
    assert table(["a", "b"], [["|b|/||w||", "1"]]).splitlines()[-1] == r"| \|b\|/\|\|w\|\| | 1 |"

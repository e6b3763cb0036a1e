import numpy as np
import pytest
from judged import CLAIM
from report.cells import interval, number, published, result, table


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
    claim = CLAIM | {"measured": np.nan, "verdict": "not testable", "reason": "there is no experiment 'e'"}
    assert result(claim) == "**not testable**, because there is no experiment 'e'"


def test_a_number_read_off_a_plot_is_marked():
    assert published(CLAIM) == "-1"
    assert published(CLAIM | {"source": "plot"}) == "-1<br>read off a plot"


def test_bars_in_cells_are_escaped():
    assert table(["a", "b"], [["|b|/||w||", "1"]]).splitlines()[-1] == r"| \|b\|/\|\|w\|\| | 1 |"

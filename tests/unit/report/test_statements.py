import re

import pandas as pd
from judged import CHECKS, CLAIM, CLAIMS
from report.claims_page import claims_html, claims_page
from report.statements import claims_tables, statements, summary


def stated():
    return {one.name: one for one in statements(CLAIMS)}


def test_two_claims_that_differ_in_their_reading_are_one_statement():
    assert {name: list(one.claims) for name, one in stated().items()} == {
        "c1": [None],
        "d": ["mean", "sum"],  # in this order, whatever that of the table
        "single": ["mean"],
        "c2": [None],
    }


def test_a_name_that_ends_like_a_reading_without_being_one_stays_alone():
    claims = CLAIMS.assign(id=["c1", "d-sum", "d-mean", "d", "c2"], reduction=[None, None, None, None, None])
    assert [one.name for one in statements(claims)] == ["c1", "d-sum", "d-mean", "d", "c2"]


def test_a_statement_has_the_better_verdict():
    assert {name: one.verdict for name, one in stated().items()} == {
        "c1": "not reproduced",
        "d": "reproduced",
        "single": "partly reproduced",
        "c2": "reproduced",
    }


def test_the_summary_counts_statements_by_paper_and_by_reading():
    assert [row.split(" | ")[1:] for row in summary(CLAIMS).replace(" |\n", "\n").splitlines()[2:]] == [
        ["2", "1", "0", "1", "0"],
        ["2", "1", "1", "0", "0"],
        ["2", "1", "1", "0", "0"],
        ["1", "0", "0", "1", "0 |"],
    ]
    names = [row.split(" | ")[0] for row in summary(CLAIMS).splitlines()[3:]]
    assert [name.rpartition(", ")[2] for name in names] == ["at least one reading", "mean loss", "as printed"]


def test_both_readings_stand_side_by_side():
    readings, others = claims_tables(statements(CLAIMS), "figures").split("\n\n")
    assert readings.splitlines()[0] == "| claim | figure | mean loss | as printed | paper | criterion |"
    assert [row.split(" | ", 2)[0] for row in readings.splitlines()[2:]] == [
        "| b peaks (figure 2).",
        "| b rests (figure 2).",
    ]
    assert [row.split(" | ", 2)[2] for row in readings.splitlines()[2:]] == [
        "**reproduced**<br>2 | **not reproduced**<br>20 | -1 | slope near -1 |",
        "**partly reproduced**<br>-0.5 | - | -1 | slope near -1 |",
    ]
    assert others.splitlines()[0] == "| claim | figure | ours | paper | criterion |"
    assert len(others.splitlines()) == 4


def test_what_two_readings_say_differently_is_said_twice():
    claims = CLAIMS.assign(criterion=["a", "it is 0; a run", "b", "it is 0; late; a run", "c"])
    assert "| it is 0<br>mean loss: late; a run<br>as printed: a run |" in claims_tables(statements(claims), "figures")
    claims = CLAIMS.assign(criterion=["a", "it is 1", "b", "it is 0", "c"])
    assert "| mean loss: it is 0<br>as printed: it is 1 |" in claims_tables(statements(claims), "figures")
    claims = CLAIMS.assign(criterion=["a", "it is 0", "b", "it is 0; late", "c"])
    assert "| it is 0<br>mean loss: late<br>as printed: - |" in claims_tables(statements(claims), "figures")


def test_of_no_statements_there_is_no_table():
    assert claims_tables([], "figures") == "None."


def test_the_pages_of_all_claims_show_both_readings():
    text = claims_page(CLAIMS, CHECKS)
    assert text.count("### b peaks.") == 1
    assert "- mean loss: **reproduced**; 2 (paper scale)\n- as printed: **not reproduced**; 20 (paper scale)\n" in text
    page = claims_html(CLAIMS.assign(statement="|b| < 1."), CHECKS)
    assert "<td>|b| &lt; 1 (figure 2).</td><td>f</td><td><b>reproduced</b><br>2</td>" in page
    assert page.index("<h2>Ridge") < page.index("<h2>Logistic") < page.index("<h2>Checks") < page.index("We say")
    for table in re.findall(r"<table>.*?</table>", page, flags=re.DOTALL):
        assert len({line.count("</t") for line in table.splitlines()[1:-1]}) == 1


def test_a_claim_without_runs_says_so():
    untested = CLAIM | {"verdict": "not testable", "measured": None, "scale": None, "reason": "there is none"}
    text = claims_page(CLAIMS, pd.DataFrame([untested]))
    assert "- **not testable**, because there is none (no runs)" in text

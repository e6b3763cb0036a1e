import json
import re

import pandas as pd
from judged import CHECKS, CLAIM, CLAIMS, RUNS
from report.claims_page import claims_html, claims_page
from report.statements import claims_tables, counts, statements


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


def test_statements_are_counted_by_paper_and_by_reading():
    heads, rows = counts(CLAIMS)
    assert heads[1:3] == ["claims", "reproduced"]
    assert [row[1:] for row in rows] == [
        ["2", "1", "0", "1", "0"],
        ["2", "1", "1", "0", "0"],
        ["2", "1", "1", "0", "0"],
        ["1", "0", "0", "1", "0"],
    ]
    assert [row[0].rpartition(", ")[2] for row in rows[1:]] == ["at least one reading", "mean loss", "as printed"]


def test_both_readings_stand_side_by_side():
    readings, others = claims_tables(statements(CLAIMS), "figures").split("\n\n")
    assert readings.splitlines()[0] == "| claim | mean loss | as printed | paper | criterion | runs |"
    assert [row.split(" | ", 1)[0] for row in readings.splitlines()[2:]] == [
        "| b peaks (figure 2).<br>[f](figures/f.png)",
        "| b rests (figure 2).<br>[f](figures/f.png)",
    ]
    assert [row.split(" | ", 1)[1] for row in readings.splitlines()[2:]] == [
        "**reproduced**<br>2 | **not reproduced**<br>20 | -1 | slope near -1 | paper scale |",
        "**partly reproduced**<br>-0.5 | - | -1 | slope near -1 | paper scale |",
    ]
    assert others.splitlines()[0] == "| claim | ours | paper | criterion | runs |"
    assert len(others.splitlines()) == 4


def test_what_two_readings_say_differently_is_said_twice():
    claims = CLAIMS.assign(criterion=["a", "it is 0; a run", "b", "it is 0; late; a run", "c"])
    assert "| it is 0; a run<br>mean loss: late<br>as printed: - |" in claims_tables(statements(claims), "figures")
    claims = CLAIMS.assign(criterion=["a", "it is 1", "b", "it is 0", "c"])
    assert "| mean loss: it is 0<br>as printed: it is 1 |" in claims_tables(statements(claims), "figures")
    claims = CLAIMS.assign(criterion=["a", "it is 0", "b", "it is 0; late", "c"])
    assert "| it is 0<br>mean loss: late<br>as printed: - |" in claims_tables(statements(claims), "figures")


def test_of_no_statements_there_is_no_table():
    assert claims_tables([], "figures") == "None."


def test_the_page_of_all_claims_shows_both_readings_with_the_runs_behind_them():
    small = CLAIMS.assign(scale=["paper", "reduced", *CLAIMS["scale"][2:]])
    text = claims_page(small, CHECKS, RUNS)
    assert "**Reduced: 1 of 4 runs" in text.split("##")[0]
    assert text.count("### b peaks.") == 1
    assert "- mean loss: **reproduced**; 2\n- as printed: **not reproduced**; 20\n" in text
    assert "- runs: mean loss: paper scale; as printed: **reduced scale**\n" in text


def test_a_claim_without_runs_says_so():
    untested = CLAIM | {"verdict": "not testable", "measured": None, "scale": None, "reason": "there is none"}
    text = claims_page(CLAIMS, pd.DataFrame([untested]), RUNS)
    assert "- **not testable**, because there is none\n" in text
    assert "- runs: no runs\n" in text


def rows_of(page):
    """Return the rows of the page's table as it stands in the file, which the browser fills in."""
    return json.loads(json.loads(re.search(r'"data_json": (".*"),$', page, flags=re.MULTILINE)[1]))


def test_the_page_for_a_browser_has_a_row_a_claim_and_reading():
    checks = CHECKS.assign(statement="|b| < 1.", scale="reduced", deviations="3 seeds", reason="there is none")
    page = claims_html(CLAIMS, checks, RUNS)
    rows = rows_of(page)
    assert len(rows) == len(CLAIMS) + len(checks)
    verdict, claim, figure, reading, ours, *_ = rows[1]
    assert (verdict, reading, ours) == ("not reproduced", "as printed", "20")
    assert re.fullmatch("b peaks.*figure 2.*d-sum.*", claim)
    assert figure == '<a href="figures/f.png" target="_blank" rel="noopener">f</a>'
    assert rows[-1][1].startswith("|b| &lt; 1.")
    assert rows[-1][4:] == ["there is none", "-1", "reduced", "slope near -1", "3 seeds", "Ridge, our check"]
    assert "<b>Reduced: 1 of 4 runs" in page
    assert not re.search(r'<(script|link|img)[^>]*(src|href)="', page)


def test_links_are_plain_text_where_the_page_has_no_folder():
    page = claims_html(CLAIMS, CHECKS, RUNS)
    (name,) = re.findall(r'location\.protocol == "data:"\) document\.documentElement\.className = "(\w+)"', page)
    assert re.search(rf"\.{name} a {{[^}}]*pointer-events: none", page)

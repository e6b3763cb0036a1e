"""What an article is made of."""

import pandas as pd
import pytest
from articles import CITATION, SMALL, article
from judged import CLAIMS


def test_a_number_of_a_table_is_the_one_that_is_shown():
    texts = {"abstract": "It is ${ours: c1}."}
    assert article(texts=texts)["texts"]["abstract"][0]["pieces"][0]["text"] == "It is -0.5."
    changed = article(CLAIMS.assign(measured=[0.25, *CLAIMS["measured"][1:]]), texts=texts)
    assert changed["texts"]["abstract"][0]["pieces"][0]["text"] == "It is 0.25."
    assert changed["headlines"][0]["rows"][0]["results"][0]["number"] == "0.25 (-0.6 to -0.4)"


def test_both_readings_of_a_statement_are_one_row():
    (logistic,) = article()["verdicts"]["logistic"]
    assert logistic["columns"] == ["mean loss", "as printed"]
    first, second = logistic["rows"]
    assert [one["number"] for one in first["results"]] == ["2", "20"]
    assert second["results"][1] is None
    (ridge,) = article()["verdicts"]["ridge"]
    assert [row["results"][0]["verdict"] for row in ridge["rows"]] == ["not reproduced", "reproduced"]


def test_counts_are_those_of_the_verdicts():
    assert article()["counts"]["rows"][0][1:] == ["2", "1", "0", "1", "0"]


def test_what_is_not_testable_says_why_and_small_runs_are_told():
    claims = CLAIMS.assign(measured=float("nan"), reason="experiment 'e' is not in the configuration", scale="reduced")
    result = article(claims)["verdicts"]["ridge"][0]["rows"][0]["results"][0]
    assert result["number"] == "experiment 'e' is not in the configuration"
    assert result["reduced"]


@pytest.mark.parametrize(("small", "everything"), [(0, False), (2, False), (4, True)])
def test_the_runs_that_are_not_of_the_papers_scale_are_counted(small, everything):
    runs = SMALL.assign(scale=["reduced"] * small + ["paper"] * (4 - small))
    assert article(runs=runs)["reduced"] == {"runs": small, "verdicts": 0, "everything": everything}


def test_what_verdicts_contradict_is_left_out():
    told = article(texts={"ridge": "So:\n\n- one.${holds: c1}\n- two.${fails: c1}\n\nEnd."})["texts"]["ridge"]
    parts = ["".join(piece["text"] for piece in one["pieces"]) for one in told]
    assert parts == ["So:", "two.", "End.", "What these results contradict is left out here."]
    assert [one["item"] for one in told] == [False, True, False, False]


def test_a_text_about_claims_that_were_not_judged_is_left_out():
    assert article(texts={"ridge": "It is ${ours: c9}."})["texts"]["ridge"] == []


def test_a_caption_has_neither_advice_nor_counts():
    caption = "Shown.\n\n*Paper:* so.\n\n*Look at:* a.\n\n*Found:*\n\n- b.\n\n*Claims of the paper:* 1 reproduced.\n"
    found = article(captions={"f": caption})["captions"]["f"]
    assert ["".join(piece["text"] for piece in one["pieces"]) for one in found] == [
        "Shown.",
        "Paper: so.",
        "Found:",
        "b.",
    ]


def test_each_single_deviation_has_its_figures():
    runs = SMALL.assign(deviations=["none", "seeds not given; smaller", "seeds not given", "none"])
    assert article(runs=runs)["deviations"]["ridge"] == [
        {"text": "seeds not given", "figures": ["2", "3"]},
        {"text": "smaller", "figures": ["2"]},
    ]


def test_parameters_have_all_their_digits_and_runs_are_counted():
    found = article()
    assert found["settings"]["logistic-plain-mean"]["d"] == "1024"
    assert {key: found["numbers"][key] for key in ("runs", "experiments", "trained", "cpu_minutes")} == {
        "runs": "4",
        "experiments": "3",
        "trained": "20",
        "cpu_minutes": "2",
    }
    assert found["numbers"]["blas"] == "b 1, b 2"
    assert found["numbers"]["git_commit"] == "abc"


def test_the_papers_are_cited_as_the_citation_file_does():
    found = article()
    assert [found["references"][key]["title"] for key in ("2602.08302", "2601.19791")] == [
        work["title"] for work in CITATION["references"]
    ]
    assert found["references"]["2601.19791"]["author"][0].startswith("Xu")


def test_a_person_has_a_name_however_it_is_written(monkeypatch):
    people = [{"name": "The contributors"}, {"given-names": "A.", "family-names": "Bee"}, {"family-names": "Cee"}]
    monkeypatch.setitem(CITATION, "authors", people)
    assert article()["authors"] == ["The contributors", "A. Bee", "Cee"]


def test_no_run_and_no_claim_is_an_article_too():
    found = article(CLAIMS.iloc[:0], runs=SMALL.iloc[:0])
    assert found["verdicts"] == {}
    assert found["headlines"] == []
    assert pd.Series(found["numbers"])["runs"] == "0"

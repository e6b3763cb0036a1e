"""Typesetting an article."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import typst
import yaml
from article.typeset import typeset, write_article
from articles import PROVENANCE, SMALL, article
from hypothesis import example, given, settings
from hypothesis import strategies as st
from judged import CHECKS, CLAIM, CLAIMS

TEMPLATE = Path("workflow/article/article.typ")
PNG = Path("docs/figures/ridge_figure1.png").resolve()


def read(shown: dict) -> str:
    """Return an article's text, as a web page has it."""
    parts = []
    parser = HTMLParser()
    parser.handle_data = parts.append
    parser.feed(typeset(TEMPLATE, shown, "html").decode())
    return " ".join("".join(parts).split())


def test_the_same_content_gives_the_same_pdf():
    first = typeset(TEMPLATE, article(figures={"ridge_figure1": str(PNG)}))
    assert first.startswith(b"%PDF")
    assert first == typeset(TEMPLATE, article(figures={"ridge_figure1": str(PNG)}))
    assert b"CreationDate" not in first


def test_an_article_has_both_papers_verdicts_and_numbers():
    text = read(article(texts={"ridge": "It is ${ours: c1}."}))
    assert "It is -0.5." in text
    assert "t2 grows (figure 2)" in text
    assert "-0.5 (-0.6 to -0.4)" in text
    assert "Provable Grokking in Ridge Regression" in text
    assert "in 2 minutes of processor time" in text


def test_a_changed_number_changes_the_article():
    changed = CLAIMS.assign(measured=[0.125, *CLAIMS["measured"][1:]])
    assert "0.125 (-0.6 to -0.4)" not in read(article())
    assert "0.125 (-0.6 to -0.4)" in read(article(changed))


@pytest.mark.parametrize(("small", "banners"), [(0, 0), (1, 0), (4, 1)])
def test_results_that_are_all_reduced_have_a_banner(small, banners):
    shown = article(runs=SMALL.assign(scale=["reduced"] * small + ["paper"] * (4 - small)))
    found = json.loads(typst.query(TEMPLATE, "<reduced>", root="/", sys_inputs={"content": json.dumps(shown)}))
    assert len(found) == banners
    assert ("Of all runs 1 are smaller" in read(shown)) == (small == 1)


def test_what_is_missing_is_said_to_be():
    text = read(article(CLAIMS.iloc[:0], runs=SMALL.iloc[:0]))
    assert "The figure ridge_figure1 is missing" in text
    assert "No claim of this paper was judged in these results." in text
    assert "The experiments that this part is about were left out of these results." in text


VISIBLE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)


@settings(max_examples=20)
@given(statement=VISIBLE, told=VISIBLE)
@example(statement='||w||_1*2 #let $x$ <y> @z `r` \\ // /* "q" [b] {c} ~ = - + \'', told="#panic() $1 <a> @b [c] \\")
def test_any_text_is_set_as_it_is(statement, told):
    """Quotation marks are those of the language, in web pages and on paper."""
    claims = CLAIMS.assign(statement=statement, place="p")
    told = told.replace("*", "").replace("`", "")
    shown = article(claims, texts={"ridge": told.replace("$", "$$")})
    text = typeset(TEMPLATE, shown, "html").decode()
    parts = []
    parser = HTMLParser()
    parser.handle_data = parts.append
    parser.feed(text)
    assert statement.removesuffix(".") in "".join(parts)
    assert told in "".join(parts)


def test_the_stage_names_what_it_is_given_by_its_files(tmp_path):
    tables = {"claims": CLAIMS, "checks": CHECKS, "runs": SMALL, "provenance": PROVENANCE}
    for name, table in tables.items():
        table.to_parquet(tmp_path / f"{name}.parquet")
    (tmp_path / "declared.yaml").write_text(yaml.safe_dump({"headlines": [CLAIM["id"]], "claims": []}))
    (tmp_path / "ridge.rst").write_text("It is ${ours: c1}.")
    (tmp_path / "ridge_figure1.rst").write_text("Shown.")
    given = {"recorded": tmp_path / "provenance.parquet", "citation": "CITATION.cff", "figures": PNG}
    given |= {name: tmp_path / f"{name}.parquet" for name in ("claims", "checks", "runs")}
    given |= {"declared": tmp_path / "declared.yaml", "told": tmp_path / "ridge.rst"}
    given |= {"captions": tmp_path / "ridge_figure1.rst", "template": TEMPLATE, "out": tmp_path / "article.pdf"}
    write_article.main(None, [str(word) for name, value in given.items() for word in (f"--{name}", value)])
    expected = article(
        texts={"ridge": "It is ${ours: c1}."},
        captions={"ridge_figure1": "Shown."},
        figures={"ridge_figure1": str(PNG)},
    )
    assert (tmp_path / "article.pdf").read_bytes() == typeset(TEMPLATE, expected)


def test_every_committed_claim_is_in_the_article():
    table = pd.read_parquet("docs/tables/claims.parquet")
    text = read(article(table))
    assert [one for one in table["statement"] if " ".join(one.split()[:4]).removesuffix(".") not in text] == []

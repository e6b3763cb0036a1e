"""Stories and captions as pieces of text."""

from pathlib import Path

import pytest
from article.markup import blocks, pieces
from hypothesis import given
from hypothesis import strategies as st
from report.placeholders import Page

TEXTS = sorted(Path().glob("workflow/report/*_*.rst")) + sorted(Path().glob("workflow/*/**/*.rst"))


def styled(text):
    return [(piece["style"], piece["text"]) for piece in pieces(text)]


def test_each_mark_is_a_style():
    assert styled("**What holds.** The *mean* of ``|b|/||w||``:\nsee `the\npaper <https://example.org/a_b>`_.") == [
        ("strong", "What holds."),
        ("text", " The "),
        ("emph", "mean"),
        ("text", " of "),
        ("code", "|b|/||w||"),
        ("text", ": see "),
        ("link", "the paper"),
        ("text", "."),
    ]
    assert pieces("`a <https://example.org/a_b>`_")[0]["url"] == "https://example.org/a_b"


@pytest.mark.parametrize("text", ["E f*^2 = 1 and g*^2 = 2", "2 * 3 * 4", "a*b*c", "x**2 + y**2", "``*a*`` is *not"])
def test_stars_of_formulas_are_no_marks(text):
    assert {style for style, _ in styled(text)} <= {"text", "code"}


def test_what_is_escaped_is_no_mark():
    assert "".join(text for _, text in styled(r"\|b\|/\|\|w\|\| of \*all\* t\_1")) == "|b|/||w|| of *all* t_1"


def test_a_formula_before_an_emphasis_does_not_open_one():
    assert styled("E f*^2; *Paper:* so")[0] == ("text", "E f*^2; ")


@given(st.text(st.characters(exclude_characters="*`\\")))
def test_a_text_without_marks_stays_what_it_is(text):
    assert "".join(piece["text"] for piece in pieces(text)) == " ".join(text.split())


def test_paragraphs_and_items_are_told_apart():
    found = blocks("So:\n\n- one,\n  wrapped\n- two\n\nEnd.\n")
    assert [(one["item"], one["pieces"][0]["text"]) for one in found] == [
        (False, "So:"),
        (True, "one, wrapped"),
        (True, "two"),
        (False, "End."),
    ]
    assert blocks(" \n") == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_no_mark_is_left_in_a_text_of_the_project(path):
    for one in blocks(Page.pattern.sub("x", path.read_text())):
        plain = "".join(piece["text"] for piece in one["pieces"] if piece["style"] != "code")
        assert not [mark for mark in ("``", "**", "`_", ":math:") if mark in plain]

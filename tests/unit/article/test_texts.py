"""The article's own words: what they say is in tables, and no number of a result is typed by hand."""

import re
from pathlib import Path

import pandas as pd
import pytest
from docutils.core import publish_parts
from report.placeholders import Page, placeholders
from report.stories import contradictions

TEXTS = sorted(Path("workflow/article").glob("*.rst"))
TEMPLATE = Path("workflow/article/article.typ").read_text()
NAMED = r"(figures?|tables?|Theorem|section)\s+[\d.]+(\s+and [\d.]+)?|``[^`]*``|\b1/lambda\b"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_no_number_of_a_text_is_typed_by_hand(path):
    left = re.sub(NAMED, "", Page.pattern.sub("", path.read_text()))
    assert re.findall(r"(?<![A-Za-z_])\d\S*", left) == []


def test_no_number_of_a_result_is_typed_in_the_template():
    """Digits stand in formulas, in code (settings, names of figures and labels), and in the names of theorems."""
    code = r"\$[^$]*\$|\"[^\"]*\"|@\w+|width: \d+%|clearance: \d+mm|columns: 1|[>=] 0|update\(0\)"
    named = r"Theorem 4\.\d|\(4\.2\)|\(4\.4 to 4\.6\)|figure 2|95 %|0 or 1"
    prose = re.sub(f"{code}|{named}", "", TEMPLATE)
    assert re.findall(r".*\d.*", prose) == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_text_is_sound_and_names_the_claims_that_it_rests_on(path):
    text = path.read_text()
    page = publish_parts(Page.pattern.sub("x", text), writer="html", settings_overrides={"report_level": 1})["body"]
    assert "system-message" not in page
    assert {"holds", "fails"} & {form for form, _ in placeholders(text)}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_the_committed_tables_do_not_contradict_a_text(path):
    judged = pd.concat([pd.read_parquet(f"docs/tables/{name}.parquet") for name in ("claims", "checks")])
    assert list(contradictions(path.read_text(), judged)) == []


def test_the_template_tells_every_text_and_shows_figures_that_there_are():
    told, shown = (re.findall(rf'{name}\("(\w+)"', TEMPLATE) for name in (r"\b(?:told|texts\.at)", "shown"))
    assert sorted(told) == sorted({path.stem for path in TEXTS} | {"logistic", "ridge", "beyond", "limits"})
    assert [name for name in shown if not Path(f"scripts/figures/{name}.py").exists()] == []


def test_settings_are_those_of_experiments():
    runs = pd.read_parquet("docs/tables/runs.parquet").groupby("experiment").first()
    for name, experiment in re.findall(r'#let ([\w-]+)\(key\) = setting\("([\w-]+)"', TEMPLATE):
        keys = re.findall(rf'#{name}\("(\w+)"\)', TEMPLATE)
        assert keys
        assert runs.loc[experiment, keys].notna().all()

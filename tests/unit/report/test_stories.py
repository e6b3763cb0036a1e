import re
from pathlib import Path

import pandas as pd
import pytest
from docutils.core import publish_parts
from judged import CHECKS, CLAIM, CLAIMS, RUNS
from report.pages import write_overview
from report.placeholders import Page, placeholder_errors, placeholders
from report.stories import contradictions, filled, story

JUDGED = pd.concat([CLAIMS, CHECKS])
STORIES = sorted(Path("workflow/report/stories").glob("*.rst"))
NAMED = r"(figures?|tables?|Theorem|section) [\d.]+( and [\d.]+)?|``[^`]*``|\b1/(lambda|log t)\b"


@pytest.mark.parametrize(
    ("placeholder", "text"),
    [
        ("ours: c1", "-0.5"),
        ("interval: c1", "-0.5 (-0.6 to -0.4)"),
        ("percent: d-mean", "200 %"),
        ("paper: c1", "-1"),
        ("quantile: c1", "(not measured in these runs)"),
        ("verdict: own", "not reproduced"),
        ("holds: c1 c2", ""),
        ("fails: c*", ""),
    ],
)
def test_each_form_gives_its_part_of_a_claim(placeholder, text):
    assert filled(f"<${{{placeholder}}}>", JUDGED) == f"<{text}>"


def test_a_table_holds_the_claims_named_in_the_order_of_the_names():
    found = filled("${claims: c2\n c* d-*}", JUDGED, "docs/figures")
    assert [row.split(" | ")[0] for row in found.splitlines() if "figure 2" in row] == [
        "| b peaks (figure 2).<br>[f](docs/figures/f.png)",
        *2 * ["| t2 grows (figure 2).<br>[ridge figure2](docs/figures/ridge_figure2.png)"],
    ]
    assert found.index("**reproduced**<br>-0.5") < found.index("**not reproduced**<br>-0.5")


def test_plain_names_and_dollar_signs_stay_what_they_are():
    assert filled("$summary costs $$1", JUDGED, summary="All") == "All costs $1"
    for text in ("$summry", "${ours: c9}"):
        with pytest.raises(KeyError):
            filled(text, JUDGED, summary="All")


def test_a_story_says_that_its_runs_are_small():
    assert (
        story("- It is\n  ${ours: c1}.\n- So\n  be it.\n\nAll\nright.\n", JUDGED)
        == "- It is -0.5.\n- So be it.\n\nAll right."
    )
    small = JUDGED.assign(scale=["reduced", *JUDGED["scale"][1:]])
    assert story("It is ${ours: c1}.", small).startswith("*From runs at a reduced scale")
    assert story("It is ${ours: c1} and ${ours: c2}.", small).startswith("*From runs at a reduced scale")
    assert story("It is ${ours: c2}.", small) == "It is -0.5."


@pytest.mark.parametrize("form", ["ours", "interval", "percent"])
def test_a_number_that_is_missing_is_said_to_be(form):
    none = JUDGED.assign(measured=float("nan"))
    assert story(f"It comes to\n${{{form}: c1}}.", none) == "It comes to (not measured in these runs)."


def test_a_number_that_the_paper_lacks_is_said_to_be_lacking():
    assert filled("${paper: c1}", JUDGED.assign(paper_value=float("nan"))) == "(no number in the paper)"


def test_a_story_says_that_experiments_are_missing():
    gone = JUDGED.assign(scale=[None, *JUDGED["scale"][1:]])
    assert story("It is ${ours: c1}.", gone).startswith("*From a part of the experiments, which need not show it:*")


def test_a_text_is_contradicted_by_other_verdicts_than_it_presumes():
    assert list(contradictions("${holds: c2 single d-mean} ${fails: c1 d-sum}", JUDGED)) == []
    assert list(contradictions("${holds: c*} ${fails: single}", JUDGED)) == [
        "claim c1: not reproduced; the text says that it holds",
        "claim single: partly reproduced; the text says that it fails",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("${ours: c9}", "${ours: c9} is not allowed; expected a claim; did you mean 'c2'?"),
        ("${claims: c1 e-*}", "${claims: e-*} is not allowed; expected a claim; did you mean"),
        ("${our: c1}", "${our: ...} is not allowed; did you mean 'ours'?"),
        ("${ours: c1 c2}", "${ours: c1 c2} is not allowed; expected one claim"),
        ("${ours: c*}", "${ours: c*} is not allowed; expected one claim"),
        ("for $5", "'$5' is not allowed; expected $name, ${form: claim ...}, or $$ for a dollar sign"),
        ("${summary}", "'${summary}' is not allowed; expected $name"),
    ],
)
def test_a_placeholder_that_names_no_claim_is_one_line(text, line):
    (found,) = placeholder_errors(f"$claims ${{ours: c1}} {text}", list(JUDGED["id"]))
    assert found.startswith(line)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_no_number_of_a_story_is_typed_by_hand(path):
    left = re.sub(NAMED, "", Page.pattern.sub("", path.read_text()))
    assert re.findall(r"(?<![A-Za-z_])\d\S*", left) == []
    assert len(re.findall(r"(?<!\*)\.(?=\s|$)", re.sub(r"\*\*.*?\*\*", "", left))) <= 5


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_is_sound_as_part_of_the_report(path):
    text = Page.pattern.sub("x", path.read_text())
    assert "system-message" not in publish_parts(text, writer="html", settings_overrides={"report_level": 1})["body"]


@pytest.mark.parametrize("path", [*STORIES, *Path("workflow/pages").glob("*.md")], ids=str)
def test_the_committed_tables_do_not_contradict_a_text(path):
    judged = pd.concat([pd.read_parquet(f"docs/tables/{name}.parquet") for name in ("claims", "checks")])
    assert list(contradictions(path.read_text(), judged)) == []


def test_every_story_says_what_it_presumes():
    for path in STORIES:
        assert {"holds", "fails"} & {form for form, _ in placeholders(path.read_text())}


def test_the_overview_holds_stories_scale_and_counts(tmp_path):
    tables = []
    for name, table in (("claims", CLAIMS), ("checks", pd.DataFrame([CLAIM | {"id": "own"}])), ("runs", RUNS)):
        tables.append(tmp_path / f"{name}.parquet")
        table.to_parquet(tables[-1])
    (tmp_path / "ridge.rst").write_text("It is ${ours: c1}.\n")
    (tmp_path / "template.rst").write_text('Ridge: $ridge In {{ snakemake.config["results"] }}.\n$scale\n$verdicts')
    out = tmp_path / "overview.rst"
    write_overview(tmp_path / "template.rst", [tmp_path / "ridge.rst"], *tables, out)
    told, scale, *verdicts = out.read_text().splitlines()
    assert told == 'Ridge: It is -0.5. In {{ snakemake.config["results"] }}.'
    assert scale.startswith("**Reduced: 1 of 4 runs")
    assert '"To Grok Grokking (ridge)", "2", "1", "0", "1", "0"' in verdicts[-4]

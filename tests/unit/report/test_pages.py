import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from docutils.core import publish_parts
from judging.claims import criterion, headlines, read_claims
from report.pages import chosen_claims, interval, markdown, page, summary, table, with_block

CLAIM = {
    "id": "c1",
    "paper": "ridge",
    "place": "figure 2",
    "statement": "t2 grows.",
    "criterion": "slope near -1",
    "evidence": "ridge_figure2",
    "paper_value": -1.0,
    "measured": -0.5,
    "ci_low": -0.6,
    "ci_high": -0.4,
    "verdict": "not reproduced",
    "reason": None,
}
CLAIMS = pd.DataFrame([CLAIM, CLAIM | {"id": "c2", "ci_low": None, "ci_high": None, "verdict": "reproduced"}])
RUNS = pd.DataFrame(
    [
        {"paper": "ridge", "figure": "1", "deviations": "none"},
        {"paper": "ridge", "figure": "2", "deviations": "seeds not given"},
        {"paper": "ridge", "figure": "3", "deviations": "seeds not given"},
        {"paper": "logistic", "figure": "9", "deviations": "another paper's"},
    ]
)
FILES = {
    table: [Path(f"workflow/claims/{name}.yaml") for name in names]
    for table, names in {"claims": ("ridge", "logistic", "highdim"), "checks": ("own",)}.items()
}
CAPTIONS = sorted(set(Path("workflow/report").glob("*.rst")) - {Path("workflow/report/overview.rst")})
TEMPLATE = "$deviations\n$summary\n$claims\nOurs:\n$checks\n$figures"


def test_a_page_shows_numbers_verdicts_differences_and_figures():
    checks = pd.DataFrame([CLAIM | {"id": "own", "statement": "We say."}])
    text = page("ridge", TEMPLATE, CLAIMS, checks, RUNS, {"ridge_figure2": "What it shows.\n"})
    assert "1. Figure 2, 3: seeds not given." in text
    assert "another paper's" not in text
    assert "-0.5 (-0.6 to -0.4) | -1 | **not reproduced** | [ridge_figure2](figures/ridge_figure2.png)" in text
    assert "| -0.5 | -1 | **reproduced**" in text
    assert text.index("t2 grows.") < text.index("Ours:") < text.index("We say.")
    assert "| 2 | 1 | 0 | 1 | 0 |" in text  # our own is not counted
    assert "![ridge_figure2](figures/ridge_figure2.png)\n\nWhat it shows." in text


def test_the_summary_counts_verdicts_of_each_paper():
    assert summary(CLAIMS).splitlines()[-1] == "| To Grok Grokking (ridge) | 2 | 1 | 0 | 1 | 0 |"


def test_a_block_goes_between_its_markers_only():
    text = "before\n<!-- verdicts -->\nold\n<!-- end of verdicts -->\nafter"
    assert with_block(text, "verdicts", "new") == "before\n<!-- verdicts -->\nnew\n<!-- end of verdicts -->\nafter"
    with pytest.raises(ValueError, match="0 blocks of headlines"):
        with_block(text, "headlines", "new")


def test_bars_in_cells_are_escaped():
    assert table(["a", "b"], [["|b|/||w||", "1"]]).splitlines()[-1] == r"| \|b\|/\|\|w\|\| | 1 |"


def test_headlines_are_the_chosen_claims_in_the_order_given():
    rows = chosen_claims(CLAIMS, ["c2", "c1"], "docs/figures").splitlines()[2:]
    assert ["**reproduced**" in row for row in rows] == [True, False]
    assert "| -0.5 (-0.6 to -0.4) | -1 | **not reproduced** |" in rows[1]
    assert rows[1].endswith("| [ridge_figure2](docs/figures/ridge_figure2.png) |")
    with pytest.raises(KeyError):
        chosen_claims(CLAIMS, ["c3"], "docs/figures")


def test_what_is_not_testable_says_why():
    claim = CLAIM | {"measured": np.nan, "verdict": "not testable", "reason": "there is no experiment 'e'"}
    assert "| - | -1 | **not testable**, because there is no experiment 'e' |" in chosen_claims(
        pd.DataFrame([claim]), ["c1"], "figures"
    )


def test_captions_become_markdown():
    caption = "The *distance* ``|b|/||w||``, :math:`\\delta^2`,\nsee `the\npaper <https://example.org/a_b>`_.\n"
    assert markdown(caption) == "The *distance* `|b|/||w||`, $`\\delta^2`$,\nsee [the\npaper](https://example.org/a_b)."


@pytest.mark.parametrize("caption", CAPTIONS, ids=lambda path: path.stem)
def test_captions_are_sound_before_and_after(caption):
    text = caption.read_text()
    assert "system-message" not in publish_parts(text, writer="html", settings_overrides={"report_level": 1})["body"]
    assert "*Paper:* " in text
    assert "*Found:* " in text
    assert not re.search(r"``|:\w+:`|`_|\|", re.sub(r"`[^`]*`", "", markdown(text)))


def test_a_median_over_times_that_were_not_reached_is_not_a_number():
    assert interval(CLAIM | {"measured": np.inf, "ci_low": np.inf, "ci_high": np.inf}) == "not reached"
    assert interval(CLAIM | {"measured": 5.0, "ci_low": 1.0, "ci_high": np.inf}) == "5 (1 to not reached)"


@pytest.mark.parametrize("template", sorted(Path("workflow/pages").glob("*.md")), ids=lambda path: path.stem)
def test_committed_pages_are_those_of_the_committed_tables(template):
    """`make docs` was run after the last change of tables, captions or templates."""
    paper = template.stem
    tables = [pd.read_parquet(f"docs/tables/{name}.parquet") for name in ("claims", "checks", "runs")]
    text = Path(f"docs/{paper}.md").read_text()
    shown = [line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")]
    captions = {name: Path(f"workflow/report/{name}.rst").read_text() for name in shown}
    assert text == page(paper, template.read_text(), *tables, captions)
    assert all(Path(f"docs/figures/{name}.png").exists() for name in shown)


@pytest.mark.parametrize("file", ["README.md", "docs/ridge.md", "docs/logistic.md"])
def test_every_row_of_a_committed_table_has_as_many_cells_as_its_head(file):
    blocks = re.findall(r"(?:^\|.*\n)+", Path(file).read_text(), flags=re.MULTILINE)
    assert blocks
    for block in blocks:
        head, *rows = (re.split(r"(?<!\\)\|", line) for line in block.splitlines())
        assert [row for row in rows if len(row) != len(head)] == []


def test_the_committed_readme_has_the_verdicts_of_the_committed_tables():
    readme, claims = Path("README.md").read_text(), pd.read_parquet("docs/tables/claims.parquet")
    assert readme == with_block(readme, "verdicts", summary(claims))
    assert readme == with_block(readme, "headlines", chosen_claims(claims, headlines(FILES["claims"]), "docs/figures"))


@pytest.mark.parametrize("table", FILES)
def test_committed_claims_are_those_that_the_project_makes(table):
    declared = {claim["id"]: criterion(claim) for claim in read_claims(FILES[table])}
    claims = pd.read_parquet(f"docs/tables/{table}.parquet")
    assert dict(zip(claims["id"], claims["criterion"], strict=True)) == declared

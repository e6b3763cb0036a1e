import re
from pathlib import Path

import pandas as pd
import pytest
from claims import OWN, PAPERS
from judged import CHECKS, CLAIMS, RUNS
from judging.claims import criterion, headlines, read_claims
from report.pages import markdown, page, with_block
from report.placeholders import Page
from report.readme import blocks
from report.stories import caption

FILES = {
    table: [Path(f"workflow/claims/{name}.yaml") for name in names]
    for table, names in {"claims": PAPERS, "checks": OWN}.items()
}
TEMPLATES = sorted(Path("workflow/pages").glob("*.md"))
STORIES = {path.stem: path.read_text() for path in Path("workflow/report/stories").glob("*.rst")}
TEMPLATE = "$scale\n$story\n$deviations\n$summary\n$claims\nOurs:\n$checks\n$figures\nChosen:\n${claims: c2 own}"


def test_a_page_shows_story_numbers_verdicts_differences_and_figures():
    captions = {"ridge_figure2": "What it shows.\n"}
    text = page("ridge", TEMPLATE, "It is ``b`` = ${ours: c1}.", CLAIMS, CHECKS, RUNS, captions)
    assert "scale.\nIt is `b` = -0.5.\n" in text
    assert "1. Figure 2, 3: seeds not given." in text
    assert "another paper's" not in text
    assert "<br>[ridge figure2](figures/ridge_figure2.png) | **not reproduced**<br>-0.5 (-0.6 to -0.4) | -1 | s" in text
    assert text.startswith("All 3 runs are at")
    assert "| **reproduced**<br>-0.5 | -1 |" in text
    assert text.index("t2 grows") < text.index("Ours:") < text.index("We say") < text.index("Chosen:")
    assert "| 2 | 1 | 0 | 1 | 0 |" in text  # our own is not counted
    assert "![ridge_figure2](figures/ridge_figure2.png)\n\nWhat it shows." in text
    assert text.split("Chosen:")[1].count("**reproduced**") == 1
    assert text.split("Chosen:")[1].count("We say") == 1


def test_a_block_goes_between_its_markers_only():
    text = "before\n<!-- verdicts -->\nold\n<!-- end of verdicts -->\nafter"
    assert with_block(text, "verdicts", "new") == "before\n<!-- verdicts -->\nnew\n<!-- end of verdicts -->\nafter"
    with pytest.raises(ValueError, match="0 blocks of headlines"):
        with_block(text, "headlines", "new")


def test_headlines_are_the_chosen_claims_in_the_order_given_with_all_their_readings():
    content = blocks(CLAIMS, CHECKS, ["c2", "d-sum", "c1"], {"ridge": "Of ${verdict: own}."})
    readings, others = content["headlines"].split("\n\n")
    assert readings.count("| **reproduced**<br>2 | **not reproduced**<br>20 |") == 1
    assert [("| **reproduced**" in row) for row in others.splitlines()[2:]] == [True, False]
    assert "[ridge figure2](docs/figures/ridge_figure2.png)" in others
    assert content["story of ridge"] == "Of not reproduced."
    with pytest.raises(KeyError):
        blocks(CLAIMS, CHECKS, ["c3"], {})


def test_captions_become_markdown():
    caption = "The *distance* ``|b|/||w||``, :math:`\\delta^2`,\nsee `the\npaper <https://example.org/a_b>`_.\n"
    assert markdown(caption) == "The *distance* `|b|/||w||`, $`\\delta^2`$,\nsee [the\npaper](https://example.org/a_b)."


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_page_opens_with_its_story_and_shows_figures_before_claims(template):
    text = template.read_text()
    assert text.index("![") < text.index("${claims: ")
    names = [found["named"] for found in Page.pattern.finditer(text) if found["named"]]
    claims = [] if template.stem in OWN else ["summary", "claims"]  # beyond the papers there are checks alone
    assert sorted(names) == sorted(["scale", "story", "deviations", "figures", *claims, "checks"])
    assert names[:2] == ["scale", "story"]
    assert [name for name in names if name not in ("scale", "story", "deviations")] == ["figures", *claims, "checks"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_committed_pages_are_those_of_the_committed_tables(template):
    """`make docs` was run after the last change of tables, captions or templates."""
    paper = template.stem
    tables = [pd.read_parquet(f"docs/tables/{name}.parquet") for name in ("claims", "checks", "runs")]
    text = Path(f"docs/{paper}.md").read_text()
    shown = [line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")]
    templates = {name: Path(f"workflow/report/{name}.rst").read_text() for name in shown}
    captions = {name: caption(text, name, *tables[:2]) for name, text in templates.items()}
    assert text == page(paper, template.read_text(), STORIES[paper], *tables, captions)
    assert all(Path(f"docs/figures/{name}.png").exists() for name in shown)


@pytest.mark.parametrize("file", ["README.md", "docs/ridge.md", "docs/logistic.md"])
def test_every_row_of_a_committed_table_has_as_many_cells_as_its_head(file):
    blocks = re.findall(r"(?:^\|.*\n)+", Path(file).read_text(), flags=re.MULTILINE)
    assert blocks
    for block in blocks:
        head, *rows = (re.split(r"(?<!\\)\|", line) for line in block.splitlines())
        assert [row for row in rows if len(row) != len(head)] == []


def test_the_committed_readme_has_stories_and_verdicts_of_the_committed_tables():
    readme, tables = Path("README.md").read_text(), [pd.read_parquet(f"docs/tables/{name}.parquet") for name in FILES]
    for name, content in blocks(*tables, headlines(FILES["claims"]), STORIES).items():
        assert readme == with_block(readme, name, content)
    assert [name for name in re.findall(r"\((docs/[^)#]+)\)", readme) if not Path(name).exists()] == []


@pytest.mark.parametrize("table", FILES)
def test_committed_claims_are_those_that_the_project_makes(table):
    declared = {claim["id"]: criterion(claim) for claim in read_claims(FILES[table])}
    claims = pd.read_parquet(f"docs/tables/{table}.parquet")
    assert dict(zip(claims["id"], claims["criterion"], strict=True)) == declared

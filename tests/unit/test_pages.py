from pathlib import Path

import pandas as pd
import pytest
import yaml
from grokking.pages import page, summary
from insert_summary import with_summary

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
TEMPLATE = "$deviations\n$summary\n$claims\n$figures"


def test_a_page_shows_numbers_verdicts_differences_and_figures():
    text = page("ridge", TEMPLATE, CLAIMS, RUNS, {"ridge_figure2": "What it shows.\n"})
    assert "1. Figure 2, 3: seeds not given." in text
    assert "another paper's" not in text
    assert "-0.5 (-0.6 to -0.4) | -1 | **not reproduced** | [ridge_figure2](figures/ridge_figure2.png)" in text
    assert "| -0.5 | -1 | **reproduced**" in text
    assert "![ridge_figure2](figures/ridge_figure2.png)\n\nWhat it shows." in text


def test_the_summary_counts_verdicts_of_each_paper():
    assert summary(CLAIMS).splitlines()[-1] == "| To Grok Grokking (ridge) | 2 | 1 | 0 | 1 | 0 |"


def test_the_summary_goes_between_the_markers_only():
    text = "before\n<!-- verdicts -->\nold\n<!-- end of verdicts -->\nafter"
    assert with_summary(text, "new") == "before\n<!-- verdicts -->\nnew\n<!-- end of verdicts -->\nafter"
    with pytest.raises(ValueError, match="0 blocks"):
        with_summary("no markers", "new")


@pytest.mark.parametrize("template", sorted(Path("workflow/pages").glob("*.md")), ids=lambda path: path.stem)
def test_committed_pages_are_those_of_the_committed_tables(template):
    """`make docs` was run after the last change of tables, captions or templates."""
    paper, claims, runs = (
        template.stem,
        *(pd.read_parquet(f"docs/tables/{name}.parquet") for name in ("claims", "runs")),
    )
    text = Path(f"docs/{paper}.md").read_text()
    shown = [line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")]
    captions = {name: Path(f"workflow/report/{name}.rst").read_text() for name in shown}
    assert text == page(paper, template.read_text(), claims, runs, captions)
    assert all(Path(f"docs/figures/{name}.png").exists() for name in shown)


def test_the_committed_readme_has_the_verdicts_of_the_committed_tables():
    readme = Path("README.md").read_text()
    assert readme == with_summary(readme, summary(pd.read_parquet("docs/tables/claims.parquet")))


def test_committed_claims_are_those_that_the_project_makes():
    declared = {claim["id"]: claim["criterion"] for claim in yaml.safe_load(Path("workflow/claims.yaml").read_text())}
    claims = pd.read_parquet("docs/tables/claims.parquet")
    assert dict(zip(claims["id"], claims["criterion"], strict=True)) == declared

import re
from pathlib import Path

import pandas as pd
import pytest
from claims import OWN, PAPERS, claim_files
from docutils.core import publish_parts
from judged import CHECKS, CLAIM, CLAIMS, READ
from report.pages import markdown, write_captions
from report.placeholders import Page, placeholders
from report.stories import FOUND, caption, contradictions

CAPTIONS = sorted(Path("workflow/report").glob("*_*.rst"))
COMMITTED = [pd.read_parquet(f"docs/tables/{name}.parquet") for name in ("claims", "checks")]
TEMPLATE = "Shown.\n\n*Found:*\n\n"
NUMBER = r"(?<![\w^-])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]*\d)"
# Numbers that are none: the names of parts of a paper and of formats, and the quantiles that all bands show.
PARTS = "arXiv|[Ff]igures?|[Tt]able|Theorems?|[Ee]quation|section|[Pp]hase"
NAMED = rf"(?:{PARTS}) \(?[\d.]+\)?(?: and [\d.]+)?|\b(?:5|95) %|\d+-bit"
# Where a setting may stand among findings.
LAW = r"``[^`]*``|step \d\S*|\b1/(?:lambda|log t)\b"
SETTINGS = {
    float(number)
    for file in ["config.yaml", *claim_files(PAPERS + OWN)]
    for number in re.findall(NUMBER, Path(file).read_text())
}


def found(items, claims=CLAIMS, checks=CHECKS, figure="none"):
    """Return what a caption says from *Found:* on."""
    return caption(TEMPLATE + items, figure, claims, checks).split(f"{FOUND}\n\n")[1]


def test_findings_are_filled_in():
    assert found("- It is\n  ${ours: c1}.${fails: c1}\n- So\n  be it.${holds: c2}\n") == "- It is -0.5.\n- So be it.\n"


def test_a_finding_that_verdicts_contradict_gives_way_to_them():
    text = found(
        "- It is so.${holds: c2}\n- It grows.${holds: c1 c2 d-sum} Fast.${fails: single}\n- It ends.${fails: c1}"
    )
    assert text.splitlines() == [
        "- It is so.",
        "- t2 grows (figure 2): **not reproduced**, -0.5 (-0.6 to -0.4).",
        "- b peaks (figure 2; as printed): **not reproduced**, 20.",
        "- b rests (figure 2; mean loss): **partly reproduced**, -0.5.",
        "- It ends.",
    ]


def test_a_number_that_does_not_exist_gives_way_to_the_reason():
    missing = {
        "measured": None,
        "ci_low": None,
        "verdict": "not testable",
        "reason": "there are no runs",
        "scale": None,
    }
    claims = pd.DataFrame([CLAIM | missing | {"statement": "|b| falls."}])
    assert (
        found("- It is ${ours: c1}.", claims, CHECKS)
        == "- \\|b\\| falls (figure 2): **not testable**, because there are no runs.\n"
    )


def test_verdicts_are_counted_by_reading():
    assert found("- It ends.${fails: c1}", figure="f").split("\n\n")[1] == (
        "*Claims of the paper:* mean loss 1 reproduced, 1 partly reproduced; as printed 1 not reproduced.\n"
    )
    assert found("- It ends.${fails: c1}", figure="ridge_figure2").split("\n\n")[1] == (
        "*Claims of the paper:* 1 reproduced, 1 not reproduced. *Our own checks:* 1 not reproduced.\n"
    )


def test_a_caption_says_that_runs_are_small():
    small = pd.DataFrame(
        [READ | {"scale": "reduced"}, READ | {"id": "none", "scale": None}, READ | {"id": "c2", "evidence": "other"}]
    )
    assert "*Scale:* reduced." in caption(f"{TEMPLATE}- ${{ours: c1}}", "f", small, CHECKS[:0])
    mixed = caption(f"{TEMPLATE}- ${{ours: c2}}", "f", small, CHECKS[:0])
    assert "*Scale:*" not in mixed
    assert "1 of 2 verdicts are on runs at a reduced scale." in mixed


def test_captions_are_written_in_the_order_of_their_templates(tmp_path):
    paths = [tmp_path / name for name in ("claims", "f.rst", "ridge_figure2.rst", "1", "2")]
    CLAIMS.to_parquet(paths[0])
    for path in paths[1:3]:
        path.write_text(f"This is {path.stem}.\n\n*Found:*\n\n- ${{ours: c1}}\n")
    write_captions(paths[1:3], paths[0], paths[0], paths[3:])
    assert [path.read_text().split(".")[0] for path in paths[3:]] == ["This is f", "This is ridge_figure2"]


@pytest.mark.parametrize("path", CAPTIONS, ids=lambda path: path.stem)
def test_captions_are_sound_before_and_after(path):
    text = caption(path.read_text(), path.stem, *COMMITTED)
    assert "system-message" not in publish_parts(text, writer="html", settings_overrides={"report_level": 1})["body"]
    assert "*Paper:* " in text
    assert not re.search(r"``|:\w+:`|`_|\|", re.sub(r"`[^`]*`", "", markdown(text)))


@pytest.mark.parametrize("path", CAPTIONS, ids=lambda path: path.stem)
def test_the_committed_tables_do_not_contradict_a_caption(path):
    assert list(contradictions(path.read_text(), pd.concat(COMMITTED))) == []


@pytest.mark.parametrize("path", CAPTIONS, ids=lambda path: path.stem)
def test_a_number_that_no_table_gives_is_a_setting(path):
    described, findings = re.sub(NAMED, "", Page.pattern.sub("", path.read_text())).split(FOUND)
    numbers = re.findall(NUMBER, described + " ".join(re.findall(LAW, findings)))
    assert [number for number in numbers if float(number) not in SETTINGS] == []
    assert re.findall(r"(?<![\w^])\d\S*", re.sub(LAW, "", findings)) == []


@pytest.mark.parametrize("path", CAPTIONS, ids=lambda path: path.stem)
def test_every_finding_rests_on_a_claim(path):
    for item in path.read_text().split(FOUND)[1].split("\n- ")[1:]:
        assert list(placeholders(item))


def test_every_verdict_stands_under_a_figure_with_a_caption():
    assert {*pd.concat(COMMITTED)["evidence"]} <= {path.stem for path in CAPTIONS}

"""Snakemake's report of the quick configuration, opened in a real browser without a network."""

import re
import shutil

import pyarrow.parquet as pq
import pytest
from browser import inspect
from checkout import ROOT, checkout
from report.cells import number

pytestmark = pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium: tests/workflow/install_chromium.sh")
SEARCHED = "ridge-2-t2-weight"
SECTIONS = {
    "Beyond the papers",
    "Claims and verdicts",
    "Explore",
    "Logistic regression, d = 1024",
    "Logistic regression, d = 2",
    "Ridge regression and two-layer networks",
    "Time of generalisation against delta",
}


@pytest.fixture(scope="module")
def report(finished, tmp_path_factory):
    """The report, a file outside of the finished project."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    finished.snakemake("--report", str(path), "--report-stylesheet", "workflow/report/report.css")
    return path


@pytest.fixture(scope="module")
def seen(report, tmp_path_factory):
    return inspect(report, tmp_path_factory.mktemp("browser"), SEARCHED)


def test_every_result_is_in_its_section(finished, seen):
    assert {result["category"] for result in seen.results} == SECTIONS
    figures = {f"results/quick/figures/{path.name}" for path in finished.folder.glob("results/quick/figures/*.png")}
    assert {result["path"] for result in seen.results} == figures | {
        f"results/quick/{page}.html" for page in ("claims", "explore")
    }


def test_the_first_page_tells_what_was_found(finished, seen):
    front = " ".join(seen.front["text"].split())
    assert seen.front["top"] >= 0
    assert seen.front["graph"] == 0
    for claim in ("logistic-2-settles-full-mean", "ridge-2-t2-weight-decay"):
        judged = pq.read_table(finished.folder / "results/quick/tables/claims.parquet").to_pandas().set_index("id")
        assert number(judged.loc[claim, "measured"]) in front
    assert "What delays instead." in front
    assert "From runs at a reduced scale" in front
    assert re.search(r"Reduced: (\d+) of \1 runs are not at the papers' scale", front)
    assert "To Grok Grokking (ridge)" in front
    assert "Figure 2 of the ridge paper: t1 and t2 over four sweeps" in front
    assert "$" not in front


def test_every_figure_loads_with_its_caption(seen):
    for result in seen.results:
        assert result["width"] > 0, result["path"]
        name = re.search(r"(\w+)\.\w+$", result["path"]).group(1)
        first = (ROOT / f"workflow/report/{name}.rst").read_text().split(" *")[0].split("``")[0]
        assert " ".join(first.split()[:12]) in " ".join(result["caption"].split()), result["path"]
        assert "Found:" in result["caption"]
        assert "$" not in result["caption"]


def test_a_report_of_single_figures_says_where_captions_are_not_written(tmp_path):
    targets = [f"results/quick/figures/ridge_figure{number}.png" for number in (1, 2)]
    for name in (*targets, "results/quick/captions/ridge_figure2.rst"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("A caption.")
    checkout(tmp_path).snakemake("--report", "report.html", *targets)
    told = (tmp_path / "report.html").read_text()
    assert told.count("<p>A caption.</p>") == 1
    assert told.count("which this run did not judge") == 2  # of the other figure, and on the first page


def test_claims_can_be_searched_and_filtered_by_verdict(finished, seen):
    (used,) = [result["used"] for result in seen.results if "used" in result]
    assert "failed" not in used
    tables = [pq.read_table(finished.folder / f"results/quick/tables/{name}.parquet") for name in ("claims", "checks")]
    verdicts = [verdict for table in tables for verdict in table["verdict"].to_pylist()]
    assert f" of {len(verdicts)} entries" in used["all"]["info"]
    assert used["searched"]["rows"]
    assert all(SEARCHED in row[1] for row in used["searched"]["rows"])
    assert f" of {verdicts.count('not reproduced')} entries" in used["filtered"]["info"]
    assert {row[0] for row in used["filtered"]["rows"]} == {"not reproduced"}


def test_nothing_is_amiss_and_nothing_leaves_the_machine(seen):
    assert seen.errors == []


AMISS = {  # inserted: what the browser must say of it
    '<img src="http://192.0.2.1/pixel.png">': "192.0.2.1/pixel.png",
    "<script>fetch('https://example.org')</script>": "https://example.org",
    "<script>console.error('broken')</script>": "broken",
    "<script>undefined_name</script>": "undefined_name is not defined",
}


@pytest.fixture(scope="module")
def seen_amiss(report, tmp_path_factory):
    """A report with all of that in it, and with one damaged figure."""
    folder = tmp_path_factory.mktemp("amiss")
    page = report.read_text().replace('<div id="app">', "".join(AMISS) + '<div id="app">', 1)
    (folder / "broken.html").write_text(page.replace("base64,iVBOR", "base64,AAAAA", 1))
    return inspect(folder / "broken.html", folder, SEARCHED)


@pytest.mark.parametrize("complaint", AMISS.values())
def test_what_is_amiss_is_noticed(seen_amiss, complaint):
    assert any(complaint in error for error in seen_amiss.errors)


def test_a_damaged_figure_is_noticed(seen_amiss):
    assert [result["width"] for result in seen_amiss.results].count(0) == 1

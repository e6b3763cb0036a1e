"""The page to explore of the quick configuration, in a real browser without a network, its controls really moved."""

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from browser import WAIT, watch
from explorer.verdicts import rows_of
from grokking.results.files import read_arrays
from grokking.ridge.path import RidgePath
from grokking.ridge.problem import unstack

MOVES = [  # panel, label of the control, its new value
    ("ridge", "log₁₀ λ", "-3"),
    ("ridge", "log₁₀ ν²", "1"),
    ("ridge", "log₁₀ η", "-0.5"),
    ("ridge", "log₁₀ ε", "-1.5"),
    ("ridge", "seed", "1"),
    ("bias", "|log δ|", "0.3"),
    ("bias", "reading", "sum"),
    ("delays", "ε", "0.05"),
    ("delays", "along", "product"),
]
WALK = """
const texts = (panel) => [...document.querySelectorAll("#" + panel + " svg text")].map((text) => text.textContent);
const drawn = (panel) => document.querySelector("#" + panel + " svg")?.outerHTML;
const say = (what, panel) => console.log("SEEN " + JSON.stringify({ what, panel, texts: texts(panel) }));
async function changed(panel, before) {
  await until(() => drawn(panel) != before);
  for (let last = null; last != drawn(panel); await pause(100)) last = drawn(panel);
}
async function move(panel, label, value) {
  const row = [...document.querySelectorAll("#" + panel + "-controls .vega-bind")].find(
    (row) => row.textContent.trim().startsWith(label));
  const before = drawn(panel), inputs = [...row.querySelectorAll("input")];
  if (inputs[0].type == "radio") inputs.find((input) => input.value == value).click();
  else { inputs[0].value = value; inputs[0].dispatchEvent(new Event("input", { bubbles: true })); }
  await changed(panel, before);
  say(row.textContent, panel);
}
async function select(cell) {
  const before = drawn("verdicts");
  const marks = document.querySelectorAll("#verdicts [aria-label*='group: " + cell.group + ";']");
  const mark = [...marks].find((mark) => mark.getAttribute("aria-label").includes("verdict: " + cell.verdict));
  const box = mark.getBoundingClientRect(), at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
  mark.dispatchEvent(new MouseEvent("click", { bubbles: true, view: window, ...at }));
  await changed("verdicts", before);
  say("clicked", "verdicts");
}
window.addEventListener("load", async () => {
  try {
    for (const panel of ["ridge", "bias", "delays", "verdicts"]) {
      await until(() => texts(panel).length);
      say("at first", panel);
    }
    for (const one of MOVES) await move(...one);
    await select(CELL);
    console.log("SEEN " + JSON.stringify({ what: "links", panel: "verdicts",
      texts: [...document.querySelectorAll("#verdicts svg text")].map((text) => text.__data__?.href) }));
  } catch (error) { console.log("FAILED " + error); }
  console.log("DONE");
});
"""
CELL = {"group": "ridge", "verdict": "reproduced"}


@pytest.fixture(scope="module")
def messages(finished, tmp_path_factory) -> list[str]:
    """All that the browser said while each control was moved, one after the other."""
    if not shutil.which("chromium"):
        pytest.skip("no chromium: tests/workflow/install_chromium.sh")
    constants = f"const MOVES = {json.dumps(MOVES)}, CELL = {json.dumps(CELL)};"
    page = (finished.folder / "results/quick/explore.html").read_text()
    return watch(page, tmp_path_factory.mktemp("browser"), WAIT + constants + WALK)


@pytest.fixture(scope="module")
def seen(messages) -> list[dict]:
    return [json.loads(text.removeprefix("SEEN ")) for text in messages if text.startswith("SEEN ")]


def said(texts: list[str], label: str) -> float:
    """Return the number that stands beside a label of the table beside the losses."""
    labels = texts.index("L of the zero function") - texts.index("λ, η") + 1
    return float(texts[texts.index(label) + labels].replace(",", ""))


def test_the_page_is_one_file_with_every_panel(finished):
    page = (finished.folder / "results/quick/explore.html").read_text()
    assert re.findall(r'vegaEmbed\("#(\w+)"', page) == ["ridge", "bias", "delays", "verdicts"]
    assert "<script src" not in page
    assert "<link" not in page
    libraries, _ = page.split("</script>", 1)
    assert 5e5 < len(libraries) < len(page.encode()) < 4e6


def test_nothing_is_amiss_and_nothing_leaves_the_machine(messages):
    assert [text for text in messages if not text.startswith("SEEN ")] == []


def test_every_control_moves_its_panel_and_shows_its_value(seen):
    moved = [one for one in seen if one["what"] not in ("at first", "clicked", "links")]
    assert len(moved) == len(MOVES)
    for one, (panel, label, value) in zip(moved, MOVES, strict=True):
        assert one["panel"] == panel
        assert one["what"].strip().startswith(label)
        if value not in ("sum", "product"):  # radio buttons show theirs by the dot
            assert one["what"].endswith(value)


def test_times_and_losses_are_the_exact_ones_after_every_move(finished, seen):
    results = finished.folder / "results/quick"
    runs = pd.read_parquet(results / "tables/runs.parquet")
    run = runs[runs["experiment"] == "figure2"].iloc[0]
    arrays = read_arrays(results / f"ridge/data/{run['dataset']}.npz")
    names = ("weight_decay", "nu2", "eta", "eps")
    at = {name: float(np.log10(run[name])) for name in names} | {"seed": 0.0}
    shown = [one for one in seen if one["panel"] == "ridge"]
    assert len(shown) == 6
    for one, move in zip(shown, [None, *MOVES[:5]], strict=True):
        if move:
            at[[*names, "seed"][MOVES.index(move)]] = float(move[2])
        problem = unstack(arrays, int(at["seed"])).rescaled(
            int(run["n"]), 10 ** (at["nu2"] / 2), 1.0, run["teacher_scale"], 0.0
        )
        path = RidgePath(problem, 10 ** at["eta"], 10 ** at["weight_decay"])
        times = path.times(10 ** at["eps"])
        assert said(one["texts"], "t1, steps") == pytest.approx(times["t1"], rel=7e-3)
        assert said(one["texts"], "t2, steps") == pytest.approx(times["t2"], rel=7e-3)
        assert said(one["texts"], "L in the end") == pytest.approx(path.population.limit, rel=6e-3)


def test_the_run_that_is_nearest_is_named(seen):
    first, moved, _ = [one["texts"] for one in seen if one["panel"] == "bias"]
    lines = [next(text for text in texts if text.startswith("S+ : S-")) for texts in (first, moved)]
    assert len(set(lines)) == 2


def test_a_click_on_a_verdict_shows_its_claims_and_links_to_their_figures(finished, seen):
    tables = finished.folder / "results/quick/tables"
    rows = rows_of(*(pd.read_parquet(tables / f"{name}.parquet") for name in ("claims", "checks")))
    chosen = rows[(rows["group"] == CELL["group"]) & (rows["verdict"] == CELL["verdict"])]
    (clicked,) = [one["texts"] for one in seen if one["what"] == "clicked"]
    (links,) = [one["texts"] for one in seen if one["what"] == "links"]
    for row in chosen.itertuples():
        assert any(text.startswith(row.statement[:40]) for text in clicked), row.statement
        assert f"figures/{row.evidence}.png" in links
        assert (finished.folder / f"results/quick/figures/{row.evidence}.png").exists()

"""The whole page: the same from the same tables, and honest about what it lacks."""

import json
import re

import pandas as pd
import planar_tables
import pyarrow as pa
import pytest
from checkout import ROOT
from explorer.page import READS, SHOWS, write_explorer
from grokking.results.files import write_arrays, write_parquet
from grokking.ridge.problem import draw_problem, stack
from judged import CHECKS, CLAIMS

RIDGE = {"run": "figure2", "experiment": "figure2", "features": "gaussian", "n": 10, "m": 40, "noise_std": 0.0}
RIDGE |= {
    "teacher_scale": 1.0,
    "n_seeds": 1,
    "weight_decay": 1e-4,
    "nu2": 1.0,
    "eta": 1.0,
    "eps": 0.01,
    "scale": "paper",
}


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    made = planar_tables.tables(planar_tables.shipped())
    made["runs"] = pd.concat([made["runs"][made["runs"]["experiment"].isin(SHOWS)], pd.DataFrame([RIDGE])])
    made["times"]["step"] = made["times"]["step"].round()
    shown = set(made["runs"]["run"])
    return {name: made[name][made[name]["run"].isin(shown)] for name in READS}


@pytest.fixture
def written(tables, tmp_path):
    """Return a function that writes the page from these tables, with some of them changed, and returns its text."""
    write_arrays(stack([draw_problem("gaussian", 40, 40, 10, 1, 0)]), tmp_path / "data.npz")
    for name, table in (("claims", CLAIMS), ("checks", CHECKS)):
        write_parquet(pa.Table.from_pandas(table, preserve_index=False), tmp_path / f"{name}.parquet")

    def write(data: bool = True, **changed: pd.DataFrame) -> str:
        for name, table in (tables | changed).items():
            kept = table.drop(columns=[column for column in table if table[column].isna().all() or column == "support"])
            write_parquet(pa.Table.from_pandas(kept, preserve_index=False), tmp_path / f"{name}.parquet")
        write_explorer(
            parts=[tmp_path / f"{name}.parquet" for name in READS],
            of=list(READS),
            schema=ROOT / "workflow/schemas/tables.yaml",
            data=[tmp_path / "data.npz"] if data else [],
            claims=tmp_path / "claims.parquet",
            checks=tmp_path / "checks.parquet",
            out=tmp_path / "explore.html",
        )
        return (tmp_path / "explore.html").read_text()

    return write


def drawn(text: str) -> list[str]:
    return re.findall(r'vegaEmbed\("#(\w+)"', text)


def params(text: str, panel: str) -> list[dict]:
    """Return the parameters of a panel's chart, which the page changes before it is drawn."""
    start = text.index(f'vegaEmbed("#{panel}", placed(') + len(f'vegaEmbed("#{panel}", placed(')
    return json.JSONDecoder().raw_decode(text, start)[0]["params"]


@pytest.fixture(autouse=True)
def without_libraries(monkeypatch):
    """Leave the libraries, which take seconds to be put together, out of the page; that of the quick run has them."""
    monkeypatch.setattr("vl_convert.javascript_bundle", lambda **_: "")


def test_the_page_is_the_same_from_the_same_tables_and_says_nothing_of_what_is_there(written):
    text = written()
    assert drawn(text) == ["ridge", "bias", "delays", "verdicts"]
    assert text == written()
    assert 'class="missing"' not in text
    assert 'class="reduced"' not in text


def test_figures_open_in_a_new_tab_and_only_where_the_page_has_a_folder(written):
    text = written()
    assert text.count('"loader": {"target": "_blank", "rel": "noopener"}') == len(drawn(text))
    (name,) = re.findall(r'param\.name == "(\w+)"\) param\.value = location\.protocol != "data:"', text)
    assert {"name": name, "value": True} in params(text, "verdicts")


def test_a_banner_stands_over_reduced_results(written, tables):
    runs = tables["runs"]
    assert 'class="reduced"' in written(runs=runs.assign(scale=["reduced", *runs["scale"].iloc[1:]]))


def test_what_is_missing_is_said_and_the_rest_is_there(written, tables):
    runs = tables["runs"]
    text = written(data=False, runs=runs[runs["experiment"].str.startswith("delta-product")])
    assert drawn(text) == ["delays", "verdicts"]
    assert text.count('class="missing"') == 2
    assert "experiment 'figure2' is not in the configuration" in text.replace("&#x27;", "'")
    assert drawn(written(data=False, **{name: table.iloc[:0] for name, table in tables.items()})) == ["verdicts"]

"""A smaller configuration: what is left is judged and written, and what is missing is said in its words.

Every experiment is left out of the quick run's tables in turn. All other reductions, each with all texts, are looked at
on the tables at full scale (tests/sweeps).
"""

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from checkout import QUICK, checkout
from explorer.page import sections
from grokking.results.files import read_arrays
from judged import CHECKS, CLAIMS
from judging.query import Results
from reductions import (
    REDUCTIONS,
    Tables,
    amiss,
    article,
    experiments,
    judged,
    read_from,
    rests_on,
    tables_of,
    texts,
    unreadable,
    without,
)
from validation import config_errors

CONFIG = yaml.safe_load(Path("config.yaml").read_text())
SCHEMA = yaml.safe_load(Path("workflow/schemas/config.schema.yaml").read_text())
SECTIONS = {section: [*content["experiments"]] for section, content in CONFIG.items() if isinstance(content, dict)}
FIGURES = [path.stem for path in Path("workflow/report").glob("*_*.rst")]
SOME = ["every time censored", "the last value of each sweep", "one seed", "a short horizon"]


@pytest.fixture(scope="module")
def tables(finished) -> Tables:
    return tables_of(finished.folder / "results/quick")


@pytest.fixture(scope="module", params=SOME)
def less(request, tables) -> Tables:
    return REDUCTIONS[request.param](tables)


@pytest.fixture(scope="module")
def found(less) -> tuple[pd.DataFrame, pd.DataFrame]:
    return judged(less)


def test_a_claim_without_its_experiment_says_so_and_takes_no_other_along(tables):
    for experiment in experiments(tables):
        left = judged(without(tables, experiment), lambda claim, gone=experiment: rests_on(claim, gone))
        assert unreadable(left) == [], experiment


def test_what_cannot_be_measured_is_said_in_words(found):
    assert unreadable(found) == []


def test_every_text_is_written(less, found):
    assert amiss(texts(less, found)) == []
    assert article(less, found)["texts"].keys() >= {"ridge", "logistic", "beyond", "abstract"}


def test_fits_and_readings_have_their_columns_without_a_time(tables):
    few = REDUCTIONS["one experiment a model"](tables)
    for name, table in read_from(REDUCTIONS["every time censored"](few)).items():
        assert list(table) == list(tables[name])


def test_the_page_to_explore_says_what_it_lacks(finished, tables):
    dataset = Results(tables).first("figure2")["dataset"]
    drawn = read_arrays(finished.folder / f"results/quick/ridge/data/{dataset}.npz")
    for experiment, names in (("figure2", ["ridge"]), ("delta-total-mean", [])):
        shown = sections(Results(without(tables, experiment)), drawn, CLAIMS, CHECKS)
        assert len([one for one in shown if 'class="missing"' in one]) == len(names)


@pytest.mark.parametrize("section", SECTIONS)
def test_any_experiment_may_be_left_out_unless_its_runs_are_to_be_checked(section):
    """Then one line names the list that they have to be taken from too."""
    for name in SECTIONS[section]:
        kept = {one: given for one, given in CONFIG[section]["experiments"].items() if one != name}
        for line in config_errors(CONFIG | {section: CONFIG[section] | {"experiments": kept}}, SCHEMA):
            assert re.match(rf"{section}\.(checks|verified): '{name}\b.* is not allowed; expected a name from", line)


@pytest.mark.parametrize("kept", [slice(1), slice(1, None), slice(-1, None)])
def test_all_is_planned_of_some_of_the_experiments(kept, tmp_path):
    """All but the first of each section, that one alone, and the last one alone."""
    small = yaml.safe_load(Path(f"{QUICK}/quick.yaml").read_text())
    left_out = {}
    for section, every in SECTIONS.items():
        names = [name for name in every if small[section]["experiments"].get(name, {}) is not None]
        left_out[section] = {"experiments": {name: None for name in every if name not in names[kept]}}
        checked = {
            "networks": names[kept][:1],
            "planar": [name for name in names[kept] if name == "logistic-plain-mean"],
        }
        left_out[section] |= {"checks": checked[section]} if section in checked else {}
        left_out[section] |= {"verified": checked[section]} if section == "networks" else {}
    (tmp_path / "less.yaml").write_text(yaml.safe_dump(left_out))
    plan = checkout(tmp_path).planned("--configfile", f"{QUICK}/quick.yaml", "less.yaml")
    assert plan >= {"Typeset the article", "Write the page to explore", "Write the first page of the report"}
    assert {job for job in plan if job.startswith("Plot")} == {f"Plot {figure}" for figure in FIGURES}

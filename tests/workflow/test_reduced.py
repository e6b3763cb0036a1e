"""A smaller configuration: what is left is judged and written, and what is missing is said in its words.

Every experiment is left out of the quick run's tables in turn. All other reductions, each with all texts, are looked at
on the tables at full scale (tests/full).
"""

import pandas as pd
import pytest
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

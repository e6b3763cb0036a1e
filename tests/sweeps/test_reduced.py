"""The results at full scale with less in them: every reduction, every experiment left out, and all that is written."""

import os
from functools import cache
from pathlib import Path

import pytest
from figures.plot import drawn_or_said
from figures.style import set_style
from judging.query import Results
from reductions import (
    REDUCTIONS,
    Tables,
    amiss,
    article,
    experiments,
    judged,
    read_from,
    shown_in,
    tables_of,
    texts,
    unreadable,
    without,
)

RESULTS = Path(os.environ.get("RESULTS", "results"))
FIGURES = sorted(path.stem for path in Path("workflow/report").glob("*_*.rst"))
THERE = (RESULTS / "tables/runs.parquet").exists()
needs_results = pytest.mark.skipif(not THERE, reason=f"there are no results in {RESULTS}")


@cache
def tables() -> Tables:
    return tables_of(RESULTS)


def written(less: Tables) -> list[str]:
    """Return what is wrong with the verdicts on tables and with what is written of them."""
    found = judged(less)
    article(less, found)
    return [*unreadable(found), *amiss(texts(less, found))]


@needs_results
@pytest.mark.parametrize("name", REDUCTIONS)
def test_a_reduction_is_judged_and_written(name):
    less = REDUCTIONS[name](tables())
    assert written(less | read_from(less)) == []


@needs_results
@pytest.mark.parametrize("name", REDUCTIONS)
def test_figures_of_a_reduction_are_drawn_or_say_what_they_lack(name):
    set_style()
    for figure in FIGURES:
        drawn_or_said(figure, Results(shown_in(REDUCTIONS[name](tables()), figure))).canvas.draw()


@needs_results
@pytest.mark.parametrize("experiment", experiments(tables()) if THERE else [])
def test_all_is_judged_and_written_without_an_experiment(experiment):
    assert written(without(tables(), experiment)) == []

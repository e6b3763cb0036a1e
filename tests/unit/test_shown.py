"""What modules of figures say that they read and show."""

import pytest
import yaml
from checkout import ROOT
from shown import Figure, experiments_of, figure_of

MODULES = sorted(path for path in (ROOT / "scripts/figures").glob("*.py") if "\ndef draw(" in path.read_text())
KNOWN = yaml.safe_load((ROOT / "workflow/schemas/names.yaml").read_text())
TABLES = yaml.safe_load((ROOT / "workflow/schemas/tables.yaml").read_text())


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_figure_reads_declared_tables_and_shows_experiments_that_exist(module):
    figure = figure_of(module)
    assert 20 < len(figure.title) < 120
    assert set(figure.reads) <= {*TABLES, "data"}
    assert figure.shows or "runs" not in figure.reads
    for pattern in figure.shows:
        assert experiments_of(Figure(figure.title, figure.reads, (pattern,)), KNOWN), pattern


def test_patterns_choose_experiments_in_their_own_order_and_each_once():
    figure = Figure("A figure", ("runs",), ("b-*", "a", "*-1"))
    assert experiments_of(figure, ["b-1", "a", "c", "b-2"]) == ["b-1", "a", "b-2"]

"""Every figure of the logistic paper in two dimensions is drawn from small tables, with all of its runs.

That it is drawn where experiments have fewer runs, the tests of the quick profile show.
"""

import importlib

import planar_tables
import pytest
from checkout import ROOT
from figures.style import set_style
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

FIGURES = sorted(path.stem for path in (ROOT / "workflow/report").glob("logistic_*.rst") if "highdim" not in path.stem)


@pytest.fixture(scope="module")
def results() -> Results:
    config = planar_tables.shipped()
    return Results(planar_tables.tables(config), planar_tables.data(config))


@pytest.fixture
def drawn(results, request) -> Figure:
    set_style()
    return importlib.import_module(f"figures.{request.param}").draw(results)


def data_lines(ax: Axes) -> list[Line2D]:
    """Return the lines that are not levels or times, which span the axes."""
    return [line for line in ax.lines if line.get_transform() == ax.transData]


@pytest.mark.parametrize("drawn", FIGURES, indirect=True)
def test_a_figure_of_all_runs_has_no_empty_panel(drawn):
    for ax in drawn.axes:
        assert ax.collections or any(len(line.get_xdata()) > 1 for line in data_lines(ax)), ax.get_title("left")

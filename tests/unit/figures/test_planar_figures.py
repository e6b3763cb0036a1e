"""Every figure of the logistic paper in two dimensions is drawn from small tables."""

import importlib
from functools import cache

import matplotlib.pyplot as plt
import planar_tables
import pytest
from checkout import ROOT
from figures.style import set_style
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

FIGURES = sorted(path.stem for path in (ROOT / "workflow/report").glob("logistic_*.rst") if "highdim" not in path.stem)


@cache
def results(configuration) -> Results:
    config = configuration()
    return Results(planar_tables.tables(config), planar_tables.data(config))


@pytest.fixture
def draw():
    def drawn(figure: str, configuration) -> Figure:
        set_style()
        return importlib.import_module(f"figures.{figure}").draw(results(configuration))

    yield drawn
    plt.close("all")


def data_lines(ax: Axes) -> list[Line2D]:
    """Return the lines that are not levels or times, which span the axes."""
    return [line for line in ax.lines if line.get_transform() == ax.transData]


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_of_all_runs_has_no_empty_panel(draw, figure):
    for ax in draw(figure, planar_tables.shipped).axes:
        assert ax.collections or any(len(line.get_xdata()) > 1 for line in data_lines(ax)), ax.get_title("left")


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_drawn_where_experiments_have_fewer_runs(draw, figure):
    assert draw(figure, planar_tables.quick).axes

"""How the figures look, at the size they are printed in, drawn from the quick configuration's tables."""

import importlib
from collections.abc import Iterator

import pytest
from checkout import ROOT
from figures.plot import drawn_or_said
from figures.style import DOUBLE, SINGLE, set_style
from judging.query import Results, read_results
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator
from shown import experiments_of, figure_of

FIGURES = sorted(path.stem for path in (ROOT / "workflow/report").glob("*_*.rst"))
SMALLEST = 7  # points


@pytest.fixture(scope="module")
def results(finished) -> Results:
    folder = finished.folder / "results/quick"
    return read_results(folder.glob("tables/*.parquet"), folder.glob("planar/data/*.parquet"))


@pytest.fixture(scope="module", params=FIGURES)
def figure(request, results):
    """A drawn figure, which its tests only look at."""
    set_style()
    drawn = importlib.import_module(f"figures.{request.param}").draw(results)
    drawn.draw_without_rendering()
    return drawn


def texts(figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def test_a_figure_fits_a_column_and_can_be_read_there(figure):
    assert figure.get_figwidth() in (SINGLE, DOUBLE)
    assert [text.get_text() for text in texts(figure) if text.get_fontsize() < SMALLEST] == []


def test_no_text_is_cut_off(figure):
    """Labels of ticks outside of the axes' limits are not drawn and do not count."""
    width, height = figure.canvas.get_width_height()
    ticks = {
        label for ax in figure.axes for axis in (ax.xaxis, ax.yaxis) for label in axis.get_ticklabels(which="both")
    }
    for text in set(texts(figure)) - ticks:
        box = text.get_window_extent()
        assert box.x0 > -1, text.get_text()
        assert box.y0 > -1, text.get_text()
        assert box.x1 < width + 1, text.get_text()
        assert box.y1 < height + 1, text.get_text()


def test_every_panel_says_what_its_axes_are(figure):
    """Inner panels that share an axis with those beside or below them need no label of their own."""
    for ax in figure.axes:
        named = isinstance(ax.yaxis.get_major_locator(), FixedLocator)  # its ticks are words
        assert ax.get_xlabel() or ax.get_shared_x_axes().get_siblings(ax) != [ax], ax
        assert ax.get_ylabel() or ax.get_shared_y_axes().get_siblings(ax) != [ax] or named, ax


def without_one(results: Results, name: str) -> Iterator[tuple[str, Results]]:
    """Yield every experiment that a figure shows with what the figure is given when that one is removed."""
    figure = figure_of(ROOT / f"scripts/figures/{name}.py")
    tables = {table: results.table(table) for table in {*figure.reads, "runs"} - {"data"}}
    shown = experiments_of(figure, tables["runs"]["experiment"].unique())
    for removed in shown:
        kept = tables["runs"][tables["runs"]["experiment"].isin([one for one in shown if one != removed])]
        left = {table: rows[rows["run"].isin(kept["run"])] if "run" in rows else rows for table, rows in tables.items()}
        designs = kept["dataset"].dropna().unique() if "data" in figure.reads else []
        yield removed, Results(left, {dataset: results.points(dataset) for dataset in designs})


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_drawn_without_an_experiment_or_says_what_it_lacks(results, name, caplog):
    set_style()
    for removed, left in without_one(results, name):
        caplog.clear()
        assert drawn_or_said(name, left).axes
        assert all(removed in what or left.table("runs").empty for what in caplog.messages)


def test_every_figure_of_the_quick_run_is_drawn(finished):
    logs = (finished.folder / "results/quick/logs/plot").glob("*.log")
    assert [log.name for log in logs if "is not drawn" in log.read_text()] == []

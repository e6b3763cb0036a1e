"""Plotting one figure: from its module to its files."""

import figures.surroundings  # noqa: F401

# isort: split
import importlib
import logging
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from grokking.results.files import complete_or_absent, read_parquet
from grokking.results.jobs import stage
from grokking.results.tables import collected
from judging.query import NotInResultsError, Results, frame
from matplotlib.figure import Figure

from figures.metadata import provenance
from figures.style import fix_layout, panels, set_style

BY_RUN = {"curves", "times", "bounds", "theory"}
"""Tables of which parts may have rows of runs that the figure does not show."""

log = logging.getLogger(__name__)


@stage
def plot_figure(
    figure: str, parts: list[Path], of: list[str], schema: Path, data: list[Path], pdf: Path, png: Path
) -> None:
    """Draw a figure and save both formats; the same parts of tables give the same bytes.

    `figure` is a module of scripts/figures, `of` says of which table of `schema` each part is; data sets are not
    tables, whatever they are called. One that cannot be drawn is a page that says why.
    """
    set_style()
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every glyph that goes into a PDF
    read = [table for table in importlib.import_module(f"figures.{figure}").READS if table != "data"]
    drawn = drawn_or_said(figure, results_of(collected(read, parts, of, schema), data))
    fix_layout(drawn)
    facts = {"Title": figure, "Keywords": provenance(_by_table(parts, of) | {path.name: [path] for path in data})}
    for path, form, left_out in ((pdf, "pdf", "CreationDate"), (png, "png", "Software")):
        with complete_or_absent(path) as temporary:
            drawn.savefig(temporary, format=form, metadata=facts | {left_out: None})


def drawn_or_said(figure: str, results: Results) -> Figure:
    """Return a figure, or a page that names what it cannot be drawn without."""
    module = importlib.import_module(f"figures.{figure}")
    try:
        if module.SHOWS and results.table("runs").empty:
            raise NotInResultsError(f"no experiment {' or '.join(module.SHOWS)} is in the configuration", [])
        return _with_limits(module.draw(results))
    except NotInResultsError as missing:
        log.warning("%s is not drawn: %s", figure, missing)
        drawn, axes = panels(1, 1, height=0.6)
        axes[0, 0].axis("off")
        axes[0, 0].annotate(f"{figure} is not drawn: {missing.what}", (0.5, 0.5), ha="center", va="center", wrap=True)
        return drawn


def _with_limits(figure: Figure) -> Figure:
    """Return a figure whose logarithmic axes have limits above 0, which matplotlib gives to none without a number."""
    for ax in figure.axes:
        if ax.get_xscale() == "log" and ax.get_xlim()[0] <= 0:
            ax.set_xlim(0.1, 1)
        if ax.get_yscale() == "log" and ax.get_ylim()[0] <= 0:
            ax.set_ylim(0.1, 1)
    return figure


def results_of(tables: Mapping[str, pa.Table], data: list[Path]) -> Results:
    """Return what a figure asks: of tables with rows of runs, those of the runs that it shows."""
    shown = pc.field("run").isin(tables["runs"]["run"]) if "runs" in tables else None
    tables = {name: table.filter(shown) if name in BY_RUN else table for name, table in tables.items()}
    frames = {name: frame(table, name) for name, table in tables.items()}
    return Results(frames, {path.stem: read_parquet(path).to_pandas() for path in data})


def _by_table(parts: list[Path], of: list[str]) -> dict[str, list[Path]]:
    return {table: [part for part, name in zip(parts, of, strict=True) if name == table] for table in dict.fromkeys(of)}

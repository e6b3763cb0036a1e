"""Plotting one figure: from its module to its files."""

import importlib
import logging
from pathlib import Path

import matplotlib.pyplot as plt
from grokking.results.files import complete_or_absent
from grokking.results.jobs import StageError, stage
from judging.query import NotInResultsError, read_results

from figures.metadata import provenance
from figures.style import fix_layout, set_style


@stage
def plot_figure(figure: str, tables: list[Path], data: list[Path], pdf: Path, png: Path) -> None:
    """Draw a figure and save both formats; the same tables give the same bytes.

    `figure` is a module of scripts/figures; the data sets are not tables, whatever they are called.
    """
    set_style()
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every glyph that goes into a PDF
    module = importlib.import_module(f"figures.{figure}")
    try:
        drawn = module.draw(read_results(tables, data))
    except NotInResultsError as error:
        raise StageError(f"{figure}: {error}") from error
    fix_layout(drawn)
    facts = {"Title": figure, "Keywords": provenance([*tables, *data])}
    for path, form, left_out in ((pdf, "pdf", "CreationDate"), (png, "png", "Software")):
        with complete_or_absent(path) as temporary:
            drawn.savefig(temporary, format=form, metadata=facts | {left_out: None})
    plt.close(drawn)

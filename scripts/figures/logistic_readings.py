"""Our figure: each number that the paper publishes for d = 2 beside ours, under both readings of its loss."""

import numpy as np
import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import READING_COLORS, READINGS, shared_legend
from figures.style import PAPER, letter, panels, short_number

READS = ("readings",)
SHOWS = ()

BLOCKS = {"F": "figures 2 and 4", "T": "table 1 and phases"}
NUMBERS = ("low", "median", "high")
ROW = 0.27  # inches
BEYOND = 3.0  # times that were not reached are drawn at this factor of the greatest number
HEADS = 6  # rows that titles, legend and axes take
SCORES = (14, 25)  # points from the right edge to the column of the first scores, and from column to column
PLACES = (4, 36)  # the same from the left edge, for numbers whose ratio to the paper's does not exist


def draw(results: Results) -> Figure:
    """Draw from the table readings: a panel a block, a row a statement, scores at the right edge."""
    table = results.table("readings")
    blocks = [table[table["block"] == block] for block in BLOCKS]
    counts = [block["statement"].nunique() for block in blocks]
    figure, axes = panels(2, 1, height=ROW * (sum(counts) + HEADS) / 2, height_ratios=counts)
    for ax, rows, title in zip(axes.flat, blocks, BLOCKS.values(), strict=True):
        _block(ax, rows)
        ax.set_title(title, loc="center")
        ax.set_xlabel("our number / the paper's")
    shared_legend(figure, axes[0, 0], {_name(name): _line(name) for name in blocks[0]["reading"].unique()})
    letter(axes)
    return figure


def _block(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw a block: medians with the seeds' range, readings below each other in the row, and their scores."""
    statements, readings = (list(rows[name].unique()) for name in ("statement", "reading"))
    ratios = np.concatenate([_ratio(rows[name], rows["paper_value"]) for name in NUMBERS])
    edge = BEYOND * ratios[np.isfinite(ratios)].max()
    offsets = np.linspace(-0.3, 0.3, len(readings))
    for column, (reading, offset) in enumerate(zip(readings, offsets, strict=True)):
        own = rows[rows["reading"] == reading].set_index("statement").reindex(statements)
        y, line = np.arange(len(statements)) + offset, _line(reading)
        low, middle, high = (_ratio(own[name], own["paper_value"]).clip(upper=edge) for name in NUMBERS)
        ax.hlines(y, low, high, color=line["color"], linewidth=1.0)
        ax.plot(middle, y, **line)
        for row, (value, ratio, score) in enumerate(zip(own["median"], middle, own["score"], strict=True)):
            if np.isnan(ratio) and np.isfinite(value):
                _write(ax, f"{value:.2g}", (0, row), PLACES[0] + column * PLACES[1], line["color"], ha="left")
            text = "–" if np.isnan(score) else f"{score:g}"
            _write(ax, text, (1, row), SCORES[0] + column * SCORES[1], line["color"])
        total = {"color": line["color"], "fontweight": "bold"}
        points = f"{own['score'].sum():g}/{own['most'].sum():g}"
        _write(ax, points, (1, -0.9), SCORES[0] + column * SCORES[1], **total)
    _write(ax, "score", (1, -0.9), -2, "black", ha="right")
    ax.axvline(1, color=PAPER, linewidth=1.0, zorder=0)
    ax.set(xscale="log", ylim=(len(statements) - 0.5, -0.5))
    ax.set_yticks(range(len(statements)), [_label(rows, statement) for statement in statements])


def _ratio(values: pd.Series, paper: pd.Series) -> pd.Series:
    """Return values over the paper's, NaN where a logarithmic axis cannot show it."""
    return (values / paper).where((values > 0) & (paper > 0))


def _write(ax: Axes, text: str, place: tuple[float, float], shift: float, color, **style) -> None:
    """Write a text at a fraction of the width and a row, shifted by so many points to the right."""
    style = {"ha": "center", "va": "center", "fontsize": 7, "textcoords": "offset points"} | style
    ax.annotate(text, place, xycoords=("axes fraction", "data"), xytext=(shift, 0), color=color, **style)


def _line(reading: str) -> dict:
    """Return how a reading is drawn: in the loss's colour, open where support vectors are equispaced."""
    color = READING_COLORS[reading.split()[0]]
    face = "white" if "equispaced" in reading else color
    return {"color": color, "marker": "o", "markersize": 4, "markerfacecolor": face, "linewidth": 0}


def _name(reading: str) -> str:
    reduction, *planting = reading.split()
    return ", ".join([READINGS[reduction], " ".join(planting)] if planting else [READINGS[reduction]])


def _label(rows: pd.DataFrame, statement: str) -> str:
    """Return the statement with the paper's value, and a star where that was read off a plot."""
    value, source = rows.loc[rows["statement"] == statement, ["paper_value", "source"]].iloc[0]
    star = "*" if source == "plot" else ""
    return f"{statement}, share of seeds" if pd.isna(value) else f"{statement}: {short_number(value)}{star}"

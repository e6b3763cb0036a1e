"""Figure 2 of the logistic paper: bias, distance and accuracies over imbalances of planted support vectors."""

import numpy as np
import pandas as pd
from judging.query import Results, imbalanced
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import READINGS, balance, curve, mark, mark_level, runs_if_any, shared_legend, time_axes
from figures.style import OVER_LINES, PAPER, band, letter, name_row, panels, shades

READS = ("runs", "curves", "times")
SHOWS = ("logistic-full-*", "logistic-equispaced-*", "logistic-perturbed-sum")

PLANTINGS = {"full": "over the square", "equispaced": "equispaced"}
ONE_DRAW = "logistic-perturbed-sum"
PHASES = {"1": "0.93", "2": "0.80"}
PAPER_BIAS, PAPER_PEAKS, PAPER_PEAK_TIME = 0.26, (0.07, 0.002), 2e3
PAPER_TRAIN, PAPER_END, PAPER_LOWEST = (0.82, 0.88), 1e7, 0.5


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and times: a row a planting, for either reading of the loss."""
    rows = [(reduction, planting) for reduction in READINGS for planting in PLANTINGS]
    figure, axes = panels(len(rows), 3, height=1.6, sharex=True)
    colors = _colors(results)
    for row, (reduction, planting) in zip(axes, rows, strict=True):
        runs = results.runs(f"logistic-{planting}-{reduction}", bias=True)
        for _, run in runs.sort_values("s_pos").iterrows():
            _row(row, results, run, colors[balance(run)])
        if (planting, reduction) == ("full", "sum"):
            for _, run in runs_if_any(results, ONE_DRAW).iterrows():
                _row(row, results, run, "0.4")
        for ax in row:
            _shade(ax, results, runs)
        row[0].set_ylabel("bias $b$")
        name_row(row[0], f"{READINGS[reduction]}\n{PLANTINGS[planting]}")
        row[1].set(ylabel=r"distance $|b|/\|w\|$", yscale="log", ylim=(1e-5, 1))
        row[2].set(ylabel="accuracy", ylim=(0.45, 1.02))
        _paper(row)
    _name_curves(axes[0, 2])
    time_axes(axes)
    lines = {f"$S_+/S_-$ = {name}": {"color": color} for name, color in colors.items()}
    shared_legend(figure, axes[0, 0], lines | ({"one draw, rounded": {"color": "0.4"}}), ncols=3)
    letter(axes)
    return figure


def _colors(results: Results) -> dict[str, tuple]:
    """Return a colour for each balance that occurs, darker with imbalance: it keeps it from row to row."""
    names = [f"logistic-{planting}-{reduction}" for planting in PLANTINGS for reduction in READINGS]
    runs = pd.concat([results.runs(name) for name in names]).sort_values("s_pos")
    found = dict.fromkeys(balance(run) for _, run in runs.iterrows())
    return dict(zip(found, shades(len(found)), strict=True))


def _row(row: np.ndarray, results: Results, run: pd.Series, color) -> None:
    """Draw one run into the three panels: training accuracy dotted beside the concentrated one."""
    line = {"color": color, "linewidth": 0.9}
    band(row[0], curve(results, run, "bias"), **line)
    band(row[1], curve(results, run, "bias_distance"), **line)
    band(row[2], curve(results, run, "accuracy", "concentrated"), **line)
    band(row[2], curve(results, run, "accuracy", "train"), linestyle=":", **line)


def _shade(ax: Axes, results: Results, runs: pd.DataFrame) -> None:
    """Shade phases 1 and 2, which end at the medians, over runs and seeds, of the measured ends."""
    unequal = imbalanced(runs)
    left = 1.0
    for phase, shade in PHASES.items():
        right = results.times(unequal, f"t_phase_{int(phase) + 1}").median()
        ax.axvspan(left, max(left, right), color=shade, linewidth=0, zorder=-1)
        left = max(left, right)


def _paper(row: np.ndarray) -> None:
    """Mark what the paper's text says of the peak's time, and levels read off its plots."""
    mark_level(row[0], PAPER_BIAS, f"{PAPER_BIAS:g}")
    mark(row[1], PAPER_PEAK_TIME, "paper", PAPER)
    for level in PAPER_PEAKS:
        mark_level(row[1], level, f"{level:g}")
    row[2].plot([PAPER_END] * 2, PAPER_TRAIN, color=PAPER, linewidth=4, solid_capstyle="butt", clip_on=False)
    mark_level(row[2], PAPER_LOWEST, f"{PAPER_LOWEST:g}")


def _name_curves(ax: Axes) -> None:
    for text, height, place in (("dotted: train", 0.99, "top"), ("solid: concentrated", 0.87, "top")):
        ax.annotate(text, (0.03, height), xycoords="axes fraction", va=place, color="0.25", **OVER_LINES)

"""Table 1 of the logistic paper at d = 1024: its times beside ours, under both readings of the loss and over N."""

import numpy as np
import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import READINGS, balanced_sizes
from figures.labels import power_of_ten
from figures.style import PAPER, letter, panels, shades

READS = ("runs", "times")
SHOWS = ("highdim-*",)

ROWS = [  # quantity, eps, the paper's numbers, label
    ("T_tr", 0.0, (1e6, 1e2), r"$T_{tr}(0)$"),
    ("T_te_standard", 0.0, (1e6,), r"$T_{te}(0)$, standard"),
    ("T_te_concentrated", 0.0, (5e6,), r"$T_{te}(0)$, concentrated"),
    ("T_tr", 0.001, (1e1,), r"$T_{tr}(0.001)$"),
    ("T_te_standard", 0.001, (), r"$T_{te}(0.001)$, standard"),
    ("T_te_concentrated", 0.001, (4e6,), r"$T_{te}(0.001)$, concentrated"),
]
PAPER_SIZE = 1_000_000
DIAMOND = {"marker": "D", "linestyle": "", "color": PAPER, "markersize": 7, "markerfacecolor": "none"}
SPREAD = 0.36  # half the height that the sizes of a row take


def draw(results: Results) -> Figure:
    """Draw from the tables runs and times, a panel for each reading; what is not reached lies beyond the horizon."""
    figure, axes = panels(1, len(READINGS), height=3.4, sharex=True, sharey=True)
    sizes = {reduction: balanced_sizes(results, reduction) for reduction in READINGS}
    known = sorted({size for runs in sizes.values() for size in runs["size"]})
    colors = dict(zip(known, shades(len(known)), strict=True))
    heights = dict(zip(known, np.linspace(SPREAD, -SPREAD, len(known)), strict=True))
    for ax, (reduction, name) in zip(axes.flat, READINGS.items(), strict=True):
        for _, run in sizes[reduction].iterrows():
            _times(ax, results, run, colors[run["size"]], heights[run["size"]])
        for y, (*_, paper, _label) in enumerate(ROWS):
            ax.plot(paper, [y + heights.get(PAPER_SIZE, SPREAD)] * len(paper), **DIAMOND)
        _beyond(ax, float(run["horizon"]))
        ax.set(xscale="log", xlabel="step $t$")
        ax.set_title(name)
    axes[0, 0].set(yticks=range(len(ROWS)), yticklabels=[label for *_, label in ROWS])
    axes[0, 0].set_ylim(len(ROWS) - 0.5, -0.6)
    _legend(figure, axes[0, 0], colors)
    letter(axes)
    return figure


def _times(ax: Axes, results: Results, run: pd.Series, color, height: float) -> None:
    """Draw a small dot a seed and a large one at the median."""
    edge = 2.0 * run["horizon"]
    for y, (quantity, eps, *_) in enumerate(ROWS):
        steps = results.times(pd.DataFrame([run]), quantity, eps, unreached=edge)
        ax.plot(steps, [y + height] * len(steps), ".", color=color, markersize=3)
        if len(steps):
            ax.plot(steps.median(), y + height, "o", color=color, markersize=4.5, markeredgewidth=0)


def _beyond(ax: Axes, horizon: float) -> None:
    ax.axvline(horizon, color="0.7", linewidth=0.6)
    ax.annotate("not reached", (1, 1), xycoords="axes fraction", color="0.4", fontsize=7, va="bottom", ha="right")


def _legend(figure: Figure, ax: Axes, colors: dict) -> None:
    handles = [ax.plot([], [], **DIAMOND)[0]]
    handles += [ax.plot([], [], "o", color=color, markersize=4.5)[0] for color in colors.values()]
    names = ["paper", *(f"$N$ = {power_of_ten(size)}" for size in colors)]
    figure.legend(handles, names, loc="outside upper center", ncols=len(names), columnspacing=1.0, handletextpad=0.2)

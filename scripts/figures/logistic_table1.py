"""Table 1 (d = 2) of the logistic paper: its times and delays beside ours, one dot a seed."""

import numpy as np
import pandas as pd
from judging.query import Results
from judging.registry import median
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import READING_COLORS, READINGS, shared_legend
from figures.style import PAPER, letter, panels

READS = ("runs", "times")
SHOWS = ("logistic-plain-*",)

ROWS = [  # test set, eps, the paper's T_tr, T_te and delay
    ("standard", 0.0, (5e5, 2e6, 4)),
    ("concentrated", 0.0, (4e2, 7e6, 1.75e4)),
    ("concentrated", 0.001, (1e1, 1e6, 1.75e4)),
]
COLUMNS = [r"$T_\mathrm{tr}(\varepsilon)$, step", r"$T_\mathrm{te}(\varepsilon)$, step", r"delay $\zeta$"]
GROKKING = 100
OFFSETS = {"mean": -0.2, "sum": 0.2}
HEIGHT = 0.13  # dots of one reading spread over this much to either side


def draw(results: Results) -> Figure:
    """Draw from the tables runs and times; a time not reached lies beyond the horizon, at the right edge."""
    figure, axes = panels(1, len(COLUMNS), height=2.7, sharey=True)
    for y, (test, eps, paper) in enumerate(ROWS):
        for reduction in READINGS:
            run = results.runs(f"logistic-plain-{reduction}", bias=True).iloc[[0]]
            for ax, values in zip(axes[0], _numbers(results, run, test, eps), strict=True):
                _dots(ax, values, y + OFFSETS[reduction], READING_COLORS[reduction], 2.0 * run["horizon"].iloc[0])
        for ax, value in zip(axes[0], paper, strict=True):
            ax.plot(value, y, "D", color=PAPER, markersize=5)
    for ax, label in zip(axes[0], COLUMNS, strict=True):
        ax.set(xscale="log", xlabel=label)
    axes[0, 2].axvline(GROKKING, color="0.7", linewidth=0.6, zorder=0)
    axes[0, 0].set_yticks(range(len(ROWS)), [f"{test}\n" rf"$\varepsilon$ = {eps:g}" for test, eps, _ in ROWS])
    axes[0, 0].set_ylim(len(ROWS) - 0.5, -0.5)
    _legend(figure, axes[0, 0])
    letter(axes)
    return figure


def _numbers(results: Results, run: pd.DataFrame, test: str, eps: float) -> list[np.ndarray]:
    """Return T_tr, T_te and their ratio by seed, infinite where T_te was not reached."""
    quantities = ("T_tr", f"T_te_{test}")
    first, last = (results.times(run, quantity, eps, unreached=np.inf).to_numpy() for quantity in quantities)
    return [first, last, last[np.isfinite(first)] / first[np.isfinite(first)]]


def _dots(ax: Axes, values: np.ndarray, y: float, color, edge: float) -> None:
    """Draw a dot a seed, those not reached at `edge`, and the median with its interval."""
    heights = y + np.linspace(-HEIGHT, HEIGHT, len(values))  # so that dots at the same step are told apart
    ax.plot(np.minimum(values, edge), heights, ".", color=color, markersize=2.5, alpha=0.5)
    middle = median(values)
    ax.plot([min(end, edge) for end in (middle.ci_low, middle.ci_high)], [y, y], color="black", linewidth=1.2)
    ax.plot(min(middle.value, edge), y, "o", color=color, markeredgecolor="black", markeredgewidth=0.8, markersize=5)


def _legend(figure: Figure, ax: Axes) -> None:
    lines = {"paper": {"color": PAPER, "marker": "D", "markersize": 5, "linewidth": 0}}
    dot = {"marker": "o", "markersize": 5, "linewidth": 1.2, "markeredgecolor": "black", "markeredgewidth": 0.8}
    for reduction, title in READINGS.items():
        lines[f"{title}: median over seeds, 95 % interval"] = dot | {"color": READING_COLORS[reduction]}
    shared_legend(figure, ax, lines)

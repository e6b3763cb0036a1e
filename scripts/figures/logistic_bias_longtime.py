"""Our figure: bias, distance and norm from the first step to the horizon, with theory and its limits."""

import numpy as np
import pandas as pd
from grokking.logistic import reduced
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import READINGS, balance, curve, mark, mark_level, shared_legend, theory, time_axes
from figures.style import OVER_LINES, PAPER, THEORY, band, letter, name_row, panels, shades

READS = ("runs", "curves", "theory")
SHOWS = ("delta-total-mean", "delta-total-sum")

EXPERIMENTS = {"mean": "delta-total-mean", "sum": "delta-total-sum"}
QUANTITIES = {"bias": r"$b\,/\,|\log\,\delta|$", "bias_distance": r"distance $|b|/\|w\|$", "norm": r"$\|w\|$"}
EVERY = 3
PAPER_END = 1e7
PEAK_FROM = 20
"""The first steps, whose distances are those of a w that has hardly begun to grow, are left out."""
ALONE_FROM = 1e5
"""Steps from which support vectors alone drive w under the printed loss."""


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and theory: a row for either reading, every third imbalance."""
    figure, axes = panels(len(READINGS), len(QUANTITIES), height=2.3)
    for row, (reduction, reading) in zip(axes, READINGS.items(), strict=True):
        runs = results.imbalanced(EXPERIMENTS[reduction]).sort_values("s_pos").iloc[::-EVERY][::-1]
        for color, (_, run) in zip(shades(len(runs)), runs.iterrows(), strict=True):
            _draw_run(row, results, run, color)
        _paper_rate(row[1], curve(results, run, "bias_distance").median(axis=1))
        for ax, label in zip(row, QUANTITIES.values(), strict=True):
            ax.set_ylabel(label)
            mark(ax, PAPER_END, "paper's end" if ax is row[1] else "", "0.4")
        name_row(row[0], reading)
        row[0].set(ylim=(-0.1, 2.9), yticks=range(3))
        mark_level(row[0], 1, r"paper's limit", side="right", va="top")
        row[0].axhline(2, color="0.6", linewidth=0.6, zorder=0)
        for ax in row[1:]:
            ax.set_yscale("log")
        row[1].set_ylim(bottom=1e-5)
        row[2].legend(title="$S_+/S_-$", loc="lower right", handlelength=0.8)
    for row in axes:
        time_axes(row[None])
    _powers(axes[0, 2])
    shared_legend(
        figure, axes[0, 0], {"theory, nothing fitted": {"color": THEORY, "linestyle": "--", "linewidth": 0.9}}
    )
    letter(axes)
    return figure


def _draw_run(row: np.ndarray, results: Results, run: pd.Series, color) -> None:
    limit = np.log(run["s_pos"] / run["s_neg"]) / 2
    for ax, quantity in zip(row, QUANTITIES, strict=True):
        unit = limit if quantity == "bias" else 1.0
        band(ax, curve(results, run, quantity) / unit, label=balance(run), color=color, linewidth=1.0)
        predicted = _predicted(results, run, quantity) / unit
        ax.plot(predicted.index, predicted, color=THEORY, linestyle="--", linewidth=0.8)


def _predicted(results: Results, run: pd.Series, quantity: str) -> pd.Series:
    """Return what the flow of (w, b) says of the mean loss, and the model of support vectors alone of the printed."""
    if run["reduction"] == "mean":
        return theory(results, run, quantity)
    steps, counts = np.geomspace(ALONE_FROM, run["horizon"], 200), (run["s_pos"], run["s_neg"])
    z = reduced.logit(steps, *counts, eta=run["eta"], gamma=run["gamma"])
    found = {"bias": reduced.bias(z, *counts), "norm": 2 * z / run["gamma"]}
    found["bias_distance"] = found["bias"] / found["norm"]
    return pd.Series(found[quantity], index=steps)


def _paper_rate(ax: Axes, distance: pd.Series) -> None:
    """Draw the paper's decay 1/log t from the peak on that a run's distance has from step PEAK_FROM on."""
    later = distance.loc[PEAK_FROM:]
    falling = later.loc[later.idxmax() :]
    rate = falling.iloc[0] * np.log(falling.index[0]) / np.log(falling.index)
    ax.plot(falling.index, rate, color=PAPER, linestyle=":", linewidth=1.2)
    ax.annotate(r"$1/\log t$", (falling.index[-1], rate[-1]), ha="right", va="bottom", color=PAPER, **OVER_LINES)


def _powers(ax: Axes) -> None:
    """Write the growth of each stretch of time beside it."""
    for text, x, y in ((r"$t^{1/3}$", 0.36, 0.53), ("$t$", 0.63, 0.76), (r"$\log t$", 0.84, 0.85)):
        ax.annotate(text, (x, y), xycoords="axes fraction", color=THEORY, **OVER_LINES)

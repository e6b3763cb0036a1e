"""Our figure: accuracy under attack, exact and by PGD in three precisions and on normalised weights."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import balance, curve, mark, most_imbalanced, shared_legend, time_axes
from figures.style import COLORS, PAPER, TEST, band, letter, name_row, panels

READS = ("runs", "curves", "times")
SHOWS = ("logistic-plain-*", "logistic-full-mean")

EXACT = ("exact", {"color": COLORS[4], "linewidth": 2.2})
PRECISIONS = {"bfloat16": COLORS[1], "float32": TEST, "float64": COLORS[0]}
NORMALISED = ("PGD in float32 on $w/\\|w\\|$", {"color": "black", "linestyle": (0, (1, 2)), "linewidth": 1.2})


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and times: a row with and a row without a bias."""
    columns = _columns(results)
    figure, axes = panels(2, len(columns), height=2.1, sharex=True, sharey=True)
    for column, (title, runs) in zip(axes.T, columns.items(), strict=True):
        for ax, bias in zip(column, (True, False), strict=True):
            for _, run in runs[runs["bias"] == bias].iterrows():
                _panel(ax, results, run)
        column[0].set_title(title, loc="right", fontsize=7)
    for ax, bias in zip(axes[:, 0], ("with", "no"), strict=True):
        ax.set_ylabel("accuracy under attack")
        name_row(ax, f"{bias} bias")
    time_axes(axes)
    lines = {name: {"color": color} for name, color in PRECISIONS.items()}
    lines = {f"PGD in {name}": line for name, line in lines.items()} | dict([NORMALISED, EXACT])
    shared_legend(figure, axes[0, 0], lines)
    letter(axes)
    return figure


def _columns(results: Results) -> dict[str, pd.DataFrame]:
    """Return by title the runs with and without a bias on plain data and on the most imbalanced planting."""
    planted = results.runs("logistic-full-mean")
    steepest = most_imbalanced(planted)
    return {
        "mean loss, nothing planted": results.runs("logistic-plain-mean"),
        f"mean loss, $S_+/S_-$ = {balance(steepest)}": planted[planted["dataset"] == steepest["dataset"]],
        "as printed, nothing planted": results.runs("logistic-plain-sum"),
    }


def _panel(ax: Axes, results: Results, run: pd.Series) -> None:
    """Draw the accuracies, the predicted onsets dashed and the step at which phase 3 begins."""
    band(ax, curve(results, run, "adversarial_exact", "standard"), **EXACT[1])
    for name, color in PRECISIONS.items():
        band(ax, curve(results, run, f"adversarial_pgd_{name}", "standard"), color=color)
        onset = results.times(run.to_frame().T, f"t_attack_{name}_flow").median()
        if pd.notna(onset):
            ax.axvline(onset, color=color, linestyle="--", linewidth=0.8, zorder=0)
    normalised = curve(results, run, "adversarial_pgd_float32_normalised", "standard").median(axis=1)
    ax.plot(normalised.index, normalised, **NORMALISED[1])
    if run["bias"]:
        mark(ax, results.times(run.to_frame().T, "t_peak").median(), "phase 3 begins", PAPER)

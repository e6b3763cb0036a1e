"""Figure 4 of the logistic paper: class imbalance (columns) against imbalance of support vectors (colours)."""

import numpy as np
import pandas as pd
from judging.query import Results
from matplotlib.figure import Figure

from figures.accuracies import READINGS, curve, mark, runs_if_any, shared_legend, time_axes
from figures.style import COLORS, PAPER, band, letter, name_row, panels

READS = ("runs", "curves")
SHOWS = ("logistic-classes-*", "logistic-full-mean", "logistic-plain-*", "logistic-equispaced-sum")

QUANTITIES = {
    ("bias", "train"): "bias $b$",
    ("bias_distance", "train"): r"$|b|/\|w\|$",
    ("accuracy", "concentrated"): "conc. accuracy",
}
CLASSES = {"balanced classes": 0, "more of class +1": 1, "more of class −1": -1}
SUPPORT = {None: "0.45", 0: COLORS[4], 1: COLORS[0], -1: COLORS[3]}
"""None for nothing planted, else the sign of S+ - S-: colour."""
PAPER_PEAKS = {"balanced classes": 2e3, "more of class +1": 7e2, "more of class −1": 7e2}
# Experiments of figures 1 and 2 that have the column of balanced classes.
BALANCED = {
    "mean": ("logistic-full-mean", "logistic-plain-mean"),
    "sum": ("logistic-equispaced-sum", "logistic-plain-sum"),
}


def draw(results: Results) -> Figure:
    """Draw from the tables runs and curves: three rows for either reading of the loss."""
    figure, axes = panels(len(READINGS) * len(QUANTITIES), len(CLASSES), height=1.2, sharex=True, sharey="row")
    names = {}
    for block, (reduction, reading) in zip(np.split(axes, len(READINGS)), READINGS.items(), strict=True):
        runs = _grid(results, reduction)
        names |= {_support(run): _name(run) for _, run in runs.iterrows()}
        for column, (title, sign) in zip(block.T, CLASSES.items(), strict=True):
            for _, run in runs[np.sign(runs["n_pos"] - runs["n_neg"]) == sign].iterrows():
                for ax, (quantity, split) in zip(column, QUANTITIES, strict=True):
                    band(ax, curve(results, run, quantity, split), color=SUPPORT[_support(run)], linewidth=0.9)
            column[0].axhline(0, color="0.8", linewidth=0.5, zorder=0)
            mark(column[1], PAPER_PEAKS[title], "paper", PAPER)
        for ax, label in zip(block[:, 0], QUANTITIES.values(), strict=True):
            ax.set_ylabel(label)
        name_row(block[1, 0], reading)
        block[1, 0].set(yscale="log", ylim=(1e-5, 1))
        block[2, 0].set_ylim(0.45, 1.02)
    for ax, title in zip(axes[0], CLASSES, strict=True):
        ax.set_title(title, loc="right")
    time_axes(axes)
    shared_legend(figure, axes[0, 0], {names[key]: {"color": color} for key, color in SUPPORT.items() if key in names})
    letter(axes)
    return figure


def _grid(results: Results, reduction: str) -> pd.DataFrame:
    """Return the runs of figure 4, and those with balanced classes whose numbers of support vectors occur in it."""
    own = results.runs(f"logistic-classes-{reduction}", bias=True)
    others = [runs_if_any(results, name, bias=True) for name in BALANCED[reduction]]
    counts = {frozenset(pair) for pair in zip(own["s_pos"], own["s_neg"], strict=True)}
    other = pd.concat(others)
    shared = [frozenset(pair) in counts for pair in zip(other["s_pos"], other["s_neg"], strict=True)]
    return pd.concat([own, other[shared]])


def _support(run: pd.Series) -> int | None:
    return None if run["planting"] == "none" else int(np.sign(run["s_pos"] - run["s_neg"]))


def _name(run: pd.Series) -> str:
    """Return what a run is called in the legend."""
    if run["planting"] == "none":
        return "nothing planted"
    return f"$S_+/S_-$ = {run['s_pos']:g}/{run['s_neg']:g}"

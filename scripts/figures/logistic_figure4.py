"""Figure 4 of the logistic paper: class imbalance (columns) against imbalance of support vectors (colours)."""

import numpy as np
import pandas as pd
from judging.query import Results
from matplotlib.figure import Figure

from figures.accuracies import mark, paired, time_axes
from figures.style import COLORS, PAPER, band, letter, panels

QUANTITIES = {
    ("bias", "train"): "bias $b$",
    ("bias_distance", "train"): r"$|b|/\|w\|$",
    ("accuracy", "concentrated"): "concentrated accuracy",
}
CLASSES = {"balanced classes": 0, "more of class +1": 1, "more of class −1": -1}
SUPPORT = {1: COLORS[0], 0: COLORS[4], -1: COLORS[3]}  # sign of s_pos - s_neg: colour
PAPER_PEAKS = {"balanced classes": 2e3, "more of class +1": 7e2, "more of class −1": 7e2}


def draw(results: Results) -> Figure:
    """Draw from the tables runs and curves."""
    runs = _grid(results)
    figure, axes = panels(len(QUANTITIES), len(CLASSES), height=1.8, sharex=True, sharey="row")
    for column, (title, sign) in zip(axes.T, CLASSES.items(), strict=True):
        chosen = runs[np.sign(runs["n_pos"] - runs["n_neg"]) == sign]
        for ax, (quantity, split) in zip(column, QUANTITIES, strict=True):
            for _, run in chosen.iterrows():
                color = SUPPORT[np.sign(run["s_pos"] - run["s_neg"])]
                text = f"{run['s_pos']:.0f}/{run['s_neg']:.0f}"
                band(ax, paired(results, run["run"], quantity, split), label=text, color=color, linewidth=0.9)
        column[0].set_title(title, loc="right")
        mark(column[1], PAPER_PEAKS[title], "peak, paper", PAPER)
    for ax, label in zip(axes[:, 0], QUANTITIES.values(), strict=True):
        ax.set_ylabel(label)
    axes[2, 0].legend(title="$S_+/S_-$", loc="upper left")
    axes[1, 0].set(yscale="log", ylim=(1e-5, 1))
    time_axes(axes)
    letter(axes)
    return figure


def _grid(results: Results) -> pd.DataFrame:
    """Return the runs of figure 4, and those of figure 2 whose support-vector counts occur in it, swapped or not."""
    own, other = results.runs("logistic-classes"), results.runs("logistic-full")
    counts = {frozenset(pair) for pair in zip(own["s_pos"], own["s_neg"], strict=True)}
    shared = [frozenset(pair) in counts for pair in zip(other["s_pos"], other["s_neg"], strict=True)]
    return pd.concat([own, other[shared]]).sort_values("s_pos", ascending=False)

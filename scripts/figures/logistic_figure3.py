"""Figure 3 of the logistic paper: the two-dimensional data sets."""

import numpy as np
import pandas as pd
from grokking.logistic.geometry import FRAME, HALF_DIAGONAL
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import TEST, TRAIN, letter, panels

READS = ("runs", "data")
SHOWS = ("logistic-plain-mean", "logistic-full-mean", "logistic-equispaced-mean")


def _square(ax: Axes, points: pd.DataFrame, _: pd.Series) -> None:
    """Draw the points as they are."""
    for label, color in ((1, TRAIN), (-1, TEST)):
        rows = points[points["y"] == label]
        ax.plot(rows["x_1"], rows["x_2"], ".", color=color, markersize=1.5, label=f"$y = {label:+d}$")
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.38), ncols=2, handletextpad=0, markerscale=4)


def _strip(ax: Axes, points: pd.DataFrame, run: pd.Series) -> None:
    """Draw distance from the separator, in units of gamma, against the coordinate along it."""
    gamma, alpha = run["gamma"], run["alpha"]
    p, u = (points[["x_1", "x_2"]].to_numpy() @ FRAME).T
    near = np.abs(p) <= alpha * gamma
    for label, color in ((1, TRAIN), (-1, TEST)):
        chosen = near & (points["y"].to_numpy() == label)
        ax.plot(u[chosen], p[chosen] / gamma, ".", color=color, markersize=1.5)
    for edge in (-0.5, 0.5):
        ax.axhline(edge, color="0.7", linewidth=0.5, zorder=0)
    ax.set(xlabel="$u$, along separator", ylabel=r"distance $p / \gamma$")
    ax.set(xlim=(-HALF_DIAGONAL, HALF_DIAGONAL), ylim=(-1.1 * alpha, 1.1 * alpha))


PANELS = {  # title: experiment whose first run's data is shown, split, and how
    "train": ("logistic-plain-mean", "train", _square),
    "concentrated": ("logistic-plain-mean", "concentrated", _strip),
    "planted, square": ("logistic-full-mean", "train", _strip),
    "planted, equispaced": ("logistic-equispaced-mean", "train", _strip),
}


def draw(results: Results) -> Figure:
    """Draw seed 0 of the data sets of the base configurations, in the square and close to the margin."""
    figure, axes = panels(1, 4, height=2.3)
    for ax, (title, (experiment, split, shown)) in zip(axes.flat, PANELS.items(), strict=True):
        run = results.first(experiment)
        points = results.points(run["dataset"])
        shown(ax, points[(points["seed"] == 0) & (points["split"] == split)], run)
        ax.set_title(title, fontsize=7, loc="right")
    letter(axes)
    return figure

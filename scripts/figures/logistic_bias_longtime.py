"""Our figure: the bias from the first step to the horizon, with eq. (11), the reduced model and its limit."""

import numpy as np
import pandas as pd
from grokking.logistic import reduced
from grokking.logistic.theory import FLOW_STARTS, PAPER_HORIZON, bias_flow
from judging.fits import imbalanced
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import mark, time_axes
from figures.style import PAPER, TEST, THEORY, TRAIN, band, letter, panels

EXPERIMENT = "delta-e400"


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves, times and bounds: the least, a middle and the greatest imbalance."""
    runs = imbalanced(results.runs(EXPERIMENT)).sort_values("s_pos")
    figure, axes = panels(1, 3, height=2.7)
    for ax, index in zip(axes[0], (0, len(runs) // 2, -1), strict=True):
        _bias(ax, results, runs.iloc[[index]])
    time_axes(axes)
    _legend(figure, axes[0, 0])
    letter(axes)
    return figure


def _bias(ax: Axes, results: Results, chosen: pd.DataFrame) -> None:
    run = chosen.iloc[0]
    b = results.curve(run["run"], "bias")
    band(ax, b, color=TRAIN)
    middle, counts = b.median(axis=1), (run["s_pos"], run["s_neg"])
    steps = middle.index.to_numpy(float)
    z = reduced.logit(steps, *counts, eta=run["eta"], gamma=run["gamma"])
    ax.plot(steps, reduced.bias(z, *counts), color=THEORY, linestyle="--", linewidth=0.9)
    sums = [results.numbers(chosen, f"log_A_S_{sign}").median() for sign in ("pos", "neg")]
    for start in FLOW_STARTS:
        later = steps[steps >= start]
        dense = np.unique(np.concatenate([later[0] + np.arange(1, 4), later]))
        ax.plot(dense, bias_flow(dense, later[0], middle[later[0]], *sums), color=PAPER, linestyle="-", linewidth=0.7)
        ax.plot(later[0], middle[later[0]], color=PAPER, marker="o", markersize=2.5)
    ax.axhline(np.log(run["s_pos"] / run["s_neg"]) / 2, color="0.6", linewidth=0.7, zorder=0)
    reached = results.times(chosen, "t_bias_limit").median()
    if np.isfinite(reached):
        mark(ax, reached, "within 1 %", TEST)
    ax.set_ylabel("bias $b$")
    mark(ax, PAPER_HORIZON, "paper's end", "0.4")
    ax.set_title(f"$S_+/S_-$ = {run['s_pos']:.0f}/{run['s_neg']:.0f}", loc="right")


def _legend(figure: Figure, ax: Axes) -> None:
    handles = [
        ax.plot([], [], color=TRAIN)[0],
        ax.plot([], [], color=THEORY, linestyle="--", linewidth=0.9)[0],
        ax.plot([], [], color=PAPER, marker="o", markersize=2.5, linewidth=0.7)[0],
        ax.plot([], [], color="0.6", linewidth=0.7)[0],
    ]
    names = ["measured", "reduced model", "eq. (11) from $t_0$ (dot)", r"$-\log\,\delta$"]
    figure.legend(handles, names, loc="outside upper center", ncols=len(names))

"""Figure 2 of the ridge paper: t1 and t2 over four sweeps, with the bounds (8) and our sharp prediction of t2."""

import numpy as np
import pandas as pd
from grokking.sweeps import sweep, times_along
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import TEST, THEORY, TRAIN, band, letter, panels, ticks_at

FIGURE = "2"
AXES = {
    "weight_decay": r"weight decay $\lambda$",
    "n": "training points $n$",
    "m": "features $m$",
    "nu2": r"initialisation variance $\nu^2$",
}


def draw(tables: dict[str, pd.DataFrame]) -> Figure:
    """Draw from the tables runs, times and bounds."""
    figure, axes = panels(1, 4, height=2.4, sharey=True)
    for ax, (axis, label) in zip(axes.flat, AXES.items(), strict=True):
        for quantity, color in (("t1", TRAIN), ("t2", TEST)):
            values = times_along(tables["runs"], tables["times"], FIGURE, axis, quantity)
            band(ax, values, color=color, marker="o", markersize=3)
        for quantity, equation, color in (("t1_upper", "eq. (8), t1", TRAIN), ("t2_lower", "eq. (8), t2", TEST)):
            bound = _along(tables, axis, quantity, equation)
            ax.plot(bound.index, bound.where(bound > 0), color=color, linestyle="--", linewidth=0.9)
        sharp = _along(tables, axis, "t2_sharp")
        ax.plot(sharp.index, sharp, color=THEORY, linestyle=":", linewidth=1.4)
        ax.set(xscale="log", yscale="log", xlabel=label)
        if axis == "n":  # less than two decades: the powers of ten alone would say too little
            ticks_at(ax.xaxis, values.index)
    axes[0, 0].set_ylabel("step")
    _label(axes[0, 0])
    letter(axes)
    return figure


def _along(tables: dict[str, pd.DataFrame], axis: str, quantity: str, equation: str | None = None) -> pd.Series:
    """Median over seeds of a bound along a sweep."""
    rows = tables["bounds"].merge(sweep(tables["runs"], FIGURE, axis)[["run", axis]], on="run")
    rows = rows[(rows["quantity"] == quantity) & (rows["equation"].eq(equation) | (equation is None))]
    return rows.groupby(axis)["value"].median()


def _label(ax: Axes) -> None:
    handles = [
        ax.plot([], [], color=TEST, marker="o", markersize=3)[0],
        ax.plot([], [], color=TRAIN, marker="o", markersize=3)[0],
        ax.plot([], [], color=THEORY, linestyle=":", linewidth=1.4)[0],
        ax.plot([], [], color=TEST, linestyle="--", linewidth=0.9)[0],
        ax.plot([], [], color=TRAIN, linestyle="--", linewidth=0.9)[0],
    ]
    names = ["$t_2$", "$t_1$", "$t_2$, sharp prediction", "lower bound (8) on $t_2$", "upper bound (8) on $t_1$"]
    ax.figure.legend(handles, names, loc="outside upper center", ncols=len(names))
    ax.set_ylim(bottom=10 ** np.floor(np.log10(ax.get_ylim()[0])))

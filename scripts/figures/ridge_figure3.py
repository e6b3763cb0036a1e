"""Figure 3 of the ridge paper: losses of random ReLU features over four sweeps, and the same with a zero teacher."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.losses import FROM_ZERO, from_zero, loss, loss_axes, null_line
from figures.style import THEORY, band, letter, panels, shades, short_number

READS = ("runs", "curves", "bounds")
SHOWS = ("figure3", "figure3-zero-teacher")

ROWS = {"figure3": "one neuron as teacher", "figure3-zero-teacher": "zero teacher"}
AXES = {"weight_decay": r"$\lambda$", "n": "$n$", "data": "$m$", "nu2": r"$\nu^2$"}


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and bounds."""
    figure, axes = panels(2, 4, height=2.3, sharex=True, sharey=True)
    for row, (name, title) in zip(axes, ROWS.items(), strict=True):
        for ax, (axis, symbol) in zip(row, AXES.items(), strict=True):
            _draw_sweep(ax, results, results.sweep(name, axis), symbol)
        row[0].set_ylabel(f"loss, {title}")
    for ax in axes[0]:
        ax.set_xlabel("")
    for ax in axes[:, 1:].flat:
        ax.set_ylabel("")
    lines = [(THEORY, "-"), (THEORY, "--"), (FROM_ZERO, "-.")]
    handles = [axes[0, 0].plot([], [], color=color, linestyle=style)[0] for color, style in lines]
    names = ["test loss", "training loss", "test loss from $\\theta_0 = 0$, default values"]
    figure.legend(handles, names, loc="outside upper center", ncols=3)
    letter(axes)
    return figure


def _draw_sweep(ax: Axes, results: Results, runs: pd.DataFrame, symbol: str) -> None:
    for color, (_, run) in zip(shades(len(runs)), runs.iterrows(), strict=True):
        band(ax, loss(results, run["run"], "train"), color=color, linestyle="--", linewidth=0.9)
        band(ax, loss(results, run["run"], "population"), label=short_number(run["at"]), color=color)
    loss_axes(ax, runs["eps"].iloc[0])
    from_zero(ax, results, results.first(runs["experiment"].iloc[0]), label="")
    null_line(ax, results, runs)
    ax.legend(title=symbol, loc="lower left", handlelength=1, labelspacing=0.2, borderaxespad=0.1)

"""Beyond the papers: other losses, where the bias stops under them and when it is outgrown."""

import numpy as np
import pandas as pd
from grokking.logistic.theory import kappa, log_delta
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import COLORS, PAPER, THEORY, band, letter, panels, shades
from figures.times_on_delta import LEVELS, on_delta

READS = ("runs", "curves", "times")
SHOWS = ("loss-*",)

NAMES = {
    "exponential": ("exponential", COLORS[0]),
    "logistic": ("logistic", COLORS[7]),
    "hinge": ("hinge", COLORS[3]),
    "squared-hinge": ("squared hinge", COLORS[1]),
}
BIASES = ("loss-exponential", "loss-hinge", "loss-squared-hinge")
LIMITS = {  # where support vectors alone leave the bias while z << 1, of L = |log delta|
    "exponential": lambda L: L,
    "hinge": lambda L: 1.0,
    "squared-hinge": np.tanh,
}
FIRST = 10  # step from which curves are drawn


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and times; experiments that are not there are left out."""
    figure, axes = panels(2, 2, height=2.4)
    _biases(axes[0, 0], results)
    _wide(axes[0, 1], results)
    _times(axes[1, 0], results)
    _plain(axes[1, 1], results)
    handles, labels = axes[0, 1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    letter(axes)
    return figure


def _runs(results: Results, *experiments: str) -> pd.DataFrame:
    """Return the runs of those of the experiments that there are."""
    runs = results.table("runs")
    return runs[runs["experiment"].isin(experiments)]


def _biases(ax: Axes, results: Results) -> None:
    """Draw b at one imbalance, the law's dashed, and where support vectors alone would leave it."""
    runs = _runs(results, *BIASES)
    counts = runs.loc[runs["loss"] == "hinge", ["s_pos", "s_neg"]].drop_duplicates()
    for _, run in runs.merge(counts).iterrows():
        color = NAMES[run["loss"]][1]
        band(ax, results.curve(run["run"], "bias", "train").loc[FIRST:], color=color)
        _predicted(ax, results, run["run"], "bias_predicted")
        limit = LIMITS[run["loss"]](abs(log_delta(run["s_pos"], run["s_neg"])))
        ax.axhline(limit, color=color, linestyle=":", linewidth=0.8)
    ax.set(xscale="log", yscale="log", xlabel="step", ylabel="$b$", ylim=(0.01, 1.3))


def _wide(ax: Axes, results: Results) -> None:
    """Draw |b|/||w|| under every loss with a wide margin, the law's dashed; T_te(0) is where the dotted line is met."""
    runs = _runs(results, "loss-wide")
    for _, run in runs.iterrows():
        name, color = NAMES[run["loss"]]
        band(ax, results.curve(run["run"], "bias_distance", "train").loc[FIRST:], color=color, label=name)
        _predicted(ax, results, run["run"], "bias_distance_predicted")
    for gamma in runs["gamma"].unique():
        ax.axhline(gamma / 2, color=PAPER, linestyle=":", linewidth=1.2)
        ax.annotate(r"$\gamma/2$", (0.01, gamma / 2), xycoords=("axes fraction", "data"), va="bottom", color=PAPER)
    ax.set(xscale="log", yscale="log", xlabel="step", ylabel=r"$|b|/\|w\|$", ylim=(1e-3, 0.3))
    ax.set_title("wide margin", loc="right", fontsize=7)


def _predicted(ax: Axes, results: Results, run: str, quantity: str) -> None:
    curve = results.curve(run, quantity, "train").loc[FIRST:].mean(axis=1)
    ax.plot(curve, color=THEORY, linestyle="--", linewidth=0.8, zorder=5)


def _times(ax: Axes, results: Results) -> None:
    """Draw T_te under the exponential loss against |log delta|: measured, of the law, and of Theorem 4.6."""
    runs = _runs(results, "loss-exponential")
    if runs.empty:
        return
    alpha = runs["alpha"].iloc[0]
    for eps, color in zip(LEVELS, shades(len(LEVELS)), strict=True):
        measured = on_delta(results, runs, "T_te_geometric", eps)
        label = rf"$\epsilon = {eps:g}$, $\kappa = {kappa(eps, alpha):.3g}$"
        band(ax, measured, color=color, marker="o", markersize=3, linewidth=0, label=label)
        for quantity, line, shade in (("T_te_flow", "--", THEORY), ("T_te_theorem", ":", color)):
            expected = on_delta(results, runs, quantity, eps).median(axis=1)
            ax.plot(expected, color=shade, linestyle=line, linewidth=0.9)
    ax.set(yscale="log", xlabel=r"$|\log\,\delta|$ from counts", ylabel=r"$T_\mathrm{te}(\epsilon)$")
    ax.set_title("exponential loss", loc="right", fontsize=7)
    ax.legend()


def _plain(ax: Axes, results: Results) -> None:
    """Draw the mean accuracy on concentrated points of plain data under every loss."""
    for _, run in _runs(results, "loss-plain").iterrows():
        curve = results.curve(run["run"], "accuracy", "concentrated").mean(axis=1)
        ax.plot(curve, color=NAMES[run["loss"]][1])
    ax.set(xscale="log", xlabel="step", ylabel="concentrated accuracy")
    ax.set_title("nothing planted", loc="right", fontsize=7)

"""Beyond the papers: momentum, adaptive steps, steps of a given length and mini-batches, with their delays."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import COLORS, THEORY, letter, panels, shades

READS = ("runs", "curves")
SHOWS = ("rule-*",)

SHOWN = {  # experiment without its data set, optimiser: name, colour, line
    ("descent", "gradient-descent"): ("descent", COLORS[0], "-"),
    ("momentum", "heavy-ball"): ("heavy ball", COLORS[1], "-"),
    ("momentum", "nesterov"): ("Nesterov", COLORS[5], ":"),
    ("steps", "normalised"): ("normalised", COLORS[2], "-"),
    ("steps", "sign"): ("sign", COLORS[7], "-"),
    ("sign-data", "sign"): ("sign, data's axes", COLORS[7], ":"),
    ("adam", "adam"): ("Adam", COLORS[3], "-"),
    ("adam-data", "adam"): ("Adam, data's axes", COLORS[3], ":"),
    ("adamw", "adamw"): ("AdamW", COLORS[4], ":"),
    ("adamw-decay", "adamw"): (r"AdamW, $\lambda = 0.01$", COLORS[4], "-"),
}
SETS = {"support": "-", "plain": ":"}
TITLES = (r"$S_+ \neq S_-$", r"$S_+ \neq S_-$", "nothing planted", r"batches; dotted: nothing planted")
FIRST = 10  # step from which curves are drawn
LEAST_NORM = 0.3  # below, the first steps set |b|/||w||
CONCENTRATED = ("accuracy", "concentrated")


def draw(results: Results) -> Figure:
    """Draw from the tables runs and curves; experiments that are not there are left out."""
    figure, axes = panels(2, 2, height=2.5)
    _over_steps(axes[0, 0], results)
    _over_norm(axes[0, 1], results, "support", ("bias_distance", "train"), "bias_distance_predicted")
    axes[0, 1].set(yscale="log", ylabel=r"$|b|/\|w\|$")
    _over_norm(axes[1, 0], results, "plain", CONCENTRATED, "accuracy_predicted")
    axes[1, 0].set(ylabel="concentrated accuracy", ylim=(0.48, 1.01))
    for ax, title in zip(axes.flat, TITLES, strict=True):
        ax.set_title(title, loc="right", fontsize=7)
    _batches(axes[1, 1], results)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    letter(axes)
    return figure


def _runs(results: Results, data: str) -> Iterator[tuple[pd.Series, tuple]]:
    """Yield the shown runs on a data set, each with its name, colour and line."""
    runs = results.table("runs")
    for (name, optimiser), style in SHOWN.items():
        names = [f"rule-{name}-{data}", *([f"rule-{name}"] if data == "support" else [])]
        chosen = runs[runs["experiment"].isin(names)]
        yield from ((run, style) for _, run in chosen[chosen["optimiser"] == optimiser].iterrows())


def _over_steps(ax: Axes, results: Results) -> None:
    """Draw the mean accuracy on concentrated points with imbalanced support vectors, and momentum's by the clock."""
    for run, (name, color, line) in _runs(results, "support"):
        curve = results.curve(run["run"], *CONCENTRATED).loc[FIRST:].mean(axis=1)
        ax.plot(curve, color=color, linestyle=line, label=name)
        if run["optimiser"] == "heavy-ball":
            clock = results.curve(run["run"], "accuracy_clock", "concentrated").loc[FIRST:].mean(axis=1)
            ax.plot(clock, color=THEORY, linestyle="--", linewidth=0.8, label="predicted")
    ax.set(xscale="log", xlabel="step", ylabel="concentrated accuracy", ylim=(0.48, 1.01))


def _over_norm(ax: Axes, results: Results, data: str, shown: tuple[str, str], predicted: str) -> None:
    """Draw a curve of every optimiser over ||w||, means over seeds of both, and what is predicted of it."""
    for run, (_, color, line) in _runs(results, data):
        norm = results.curve(run["run"], "norm", "train").mean(axis=1)
        long = norm > LEAST_NORM
        ax.plot(norm[long], results.curve(run["run"], *shown).mean(axis=1)[long], color=color, linestyle=line)
        if run["optimiser"] == "gradient-descent":
            expected = results.curve(run["run"], predicted, shown[1]).mean(axis=1).reindex(norm.index)
            order = np.argsort(norm.to_numpy())
            x, y = norm.to_numpy()[order], expected.to_numpy()[order]
            ax.plot(x[x > LEAST_NORM], y[x > LEAST_NORM], color=THEORY, linestyle="--", linewidth=0.8, zorder=5)
    ax.set(xscale="log", xlabel=r"$\|w\|$")


def _batches(ax: Axes, results: Results) -> None:
    """Draw the mean accuracy on concentrated points for every batch size, on both data sets."""
    runs = results.table("runs")
    runs = runs[runs["experiment"].isin([f"rule-batches-{data}" for data in SETS])]
    sizes = runs["batch_size"].where(runs["batch_size"] > 0, runs["n_pos"] + runs["n_neg"])
    colors = dict(zip(np.unique(sizes), shades(sizes.nunique()), strict=True))
    for size, (_, run) in zip(sizes, runs.iterrows(), strict=True):
        curve = results.curve(run["run"], *CONCENTRATED).mean(axis=1)
        ax.plot(curve, color=colors[size], linestyle=SETS[run["experiment"].removeprefix("rule-batches-")])
    for size, color in colors.items():
        ax.plot([], [], color=color, label=f"{size:.0f} at a time")
    ax.set(xscale="log", xlabel="step", ylabel="concentrated accuracy", ylim=(0.48, 0.75))
    if colors:
        ax.legend()

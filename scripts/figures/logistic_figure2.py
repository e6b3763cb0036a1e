"""Figure 2 of the logistic paper: bias, distance and accuracies over imbalances of planted support vectors."""

import pandas as pd
from judging.fits import imbalanced
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import paired, time_axes
from figures.style import band, letter, panels, shades

ROWS = {
    "logistic-full": "over the square",
    "logistic-equispaced": "equispaced",
    "logistic-perturbed": "over the square, perturbed",
}
QUANTITIES = {
    ("bias", "train"): "bias",
    ("bias_distance", "train"): r"$|b|/\|w\|$",
    ("accuracy", "train"): "train accuracy",
    ("accuracy", "concentrated"): "concentrated acc.",
}
PHASES = {"1": "0.93", "2": "0.80"}


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and times."""
    figure, axes = panels(len(ROWS), len(QUANTITIES), height=1.9, sharex=True)
    colors = {}  # a balance keeps its colour from row to row
    for row, (name, title) in zip(axes, ROWS.items(), strict=True):
        runs = results.runs(name).sort_values("s_pos")
        colors = dict(zip(zip(runs["s_pos"], runs["s_neg"], strict=True), shades(len(runs)), strict=True)) | colors
        for ax, ((quantity, split), label) in zip(row, QUANTITIES.items(), strict=True):
            for _, run in runs.iterrows():
                color = colors[run["s_pos"], run["s_neg"]]
                text = f"{run['s_pos']:.0f}/{run['s_neg']:.0f}"
                band(ax, paired(results, run["run"], quantity, split), label=text, color=color, linewidth=0.9)
            ax.set_ylabel(label)
            _shade(ax, results, runs)
            if quantity == "bias_distance":
                ax.set_yscale("log")
                ax.set_ylim(bottom=1e-5)
        row[0].set_ylabel(f"{title}\nbias $b$")
        row[-1].legend(
            title="$S_+/S_-$", title_fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0), handlelength=0.8
        )
    time_axes(axes)
    letter(axes)
    return figure


def _shade(ax: Axes, results: Results, runs: pd.DataFrame) -> None:
    """Shade phases 1 and 2, which end at the medians, over runs and seeds, of the measured ends."""
    unequal = imbalanced(runs)
    left = 1.0
    for phase, shade in PHASES.items():
        right = results.times(unequal, f"t_phase_{int(phase) + 1}").median()
        ax.axvspan(left, max(left, right), color=shade, linewidth=0, zorder=-1)
        left = max(left, right)

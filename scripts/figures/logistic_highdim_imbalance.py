"""The bias at d = 1024: its size, distance and cost, for balanced and imbalanced classes and support vectors."""

import pandas as pd
from judging.query import Results
from matplotlib.figure import Figure

from figures.accuracies import time_axes
from figures.style import COLORS, THEORY, band, letter, panels

EXPERIMENTS = ["highdim-plain", "highdim-classes", "highdim-planted"]
PANELS = {
    "bias": ("train", "bias $b$"),
    "bias_distance": ("train", r"$|b|\,/\,\Vert w\Vert$"),
    "accuracy": ("concentrated", "concentrated accuracy"),
}


def draw(results: Results) -> Figure:
    """Draw from the tables runs and curves; in the last panel, dashed, what the angle alone predicts."""
    runs = pd.concat([results.runs(name, bias=True) for name in EXPERIMENTS])
    figure, axes = panels(1, 3, height=2.3, sharex=True)
    for color, (_, run) in zip(COLORS, runs.iterrows(), strict=False):
        for ax, (quantity, (split, label)) in zip(axes.flat, PANELS.items(), strict=True):
            curve = results.curve(run["run"], quantity, split)
            # Balanced classes leave the bias at 0 in the first step, which a logarithmic axis cannot show.
            band(ax, curve.where(curve > 0) if quantity == "bias_distance" else curve, label=_name(run), color=color)
            ax.set_ylabel(label)
        predicted = results.curve(run["run"], "accuracy_from_angle", "concentrated")
        band(axes[0, 2], predicted, color=color, linestyle="--", linewidth=0.9)
    time_axes(axes)
    axes[0, 0].set_yscale("symlog", linthresh=1)
    axes[0, 0].set_ylim(bottom=-3)
    axes[0, 1].set_yscale("log")
    axes[0, 2].set_ylim(0.48, 1)
    handles, names = axes[0, 0].get_legend_handles_labels()
    handles.append(axes[0, 2].plot([], [], color=THEORY, linestyle="--", linewidth=0.9)[0])
    names.append("from the angle")
    figure.legend(handles, names, loc="outside upper center", ncols=len(names), columnspacing=1.2, handlelength=1.2)
    letter(axes)
    return figure


def _name(run: pd.Series) -> str:
    if run["s_pos"] + run["s_neg"]:
        return f"{run['s_pos']:.0f} + {run['s_neg']:.0f} planted"
    share = 100 * run["n_pos"] / (run["n_pos"] + run["n_neg"])
    return "balanced" if run["n_pos"] == run["n_neg"] else f"classes {share:.0f} : {100 - share:.0f}"

"""Beyond the papers: weight decay. Where the boundary comes to rest, and the accuracy that is frozen there."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import mark_level
from figures.style import COLORS, THEORY, band, letter, panels, shades, short_number

READS = ("runs", "curves", "bounds")
SHOWS = ("decay-plain", "decay-support", "decay-support-both")

SUPPORT, BOTH, PLAIN = "decay-support", "decay-support-both", "decay-plain"
POINTS = {"marker": "o", "markersize": 3, "linewidth": 0}
ACCURACY, PREDICTED = "final_concentrated_accuracy", "accuracy_predicted"


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and bounds."""
    figure, axes = panels(1, 3, height=2.4)
    groups = _groups(results)
    _curves(axes[0, 0], results)
    _rest(axes[0, 1], results, groups)
    _frozen(axes[0, 2], results, groups)
    handles, labels = axes[0, 2].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    letter(axes)
    return figure


def _groups(results: Results) -> dict[str, pd.DataFrame]:
    """Return runs with decay of w by what is shown of them: nothing planted, and each pair of support vectors."""
    groups = {"plain": results.runs(PLAIN)}
    for (s_pos, s_neg), runs in results.runs(SUPPORT).groupby(["s_pos", "s_neg"], sort=False):
        groups[f"$S_\\pm$ = {s_pos:g}, {s_neg:g}"] = runs
    return groups


def _curves(ax: Axes, results: Results) -> None:
    """Draw concentrated accuracy of the most imbalanced support vectors for each decade of weight decay."""
    runs = results.runs(SUPPORT)
    runs = runs[runs["s_pos"] == runs["s_pos"].max()].sort_values("weight_decay")
    runs = runs[runs["weight_decay"].map(lambda decay: f"{decay:.0e}"[0] == "1")]
    for color, run in zip(shades(len(runs)), runs.itertuples(), strict=True):
        curve = results.curve(run.run, "accuracy", "concentrated")
        band(ax, curve, label=short_number(run.weight_decay), color=color)
    ax.set(xscale="log", xlabel="step", ylabel="concentrated accuracy", ylim=(0.45, 1.02))
    ax.legend(title=r"$\lambda$", loc="upper left", handlelength=1.2, labelspacing=0.15, borderaxespad=0)


def _rest(ax: Axes, results: Results, groups: dict[str, pd.DataFrame]) -> None:
    """Draw |b|/||w|| at the end over the weight decay, the theory's, and where that crosses the margin."""
    for color, (name, runs) in zip(COLORS, groups.items(), strict=False):
        band(
            ax,
            _by(results, runs, "final_bias_distance"),
            label=name,
            color=color,
            marker="o",
            markersize=3,
            linewidth=0,
        )
        if (runs["s_pos"] != runs["s_neg"]).all():
            theory = _by(results, runs, "bias_distance_predicted").median(axis=1)
            ax.plot(theory.index, theory, color=color, linestyle="--", linewidth=0.9)
            ax.axvline(results.numbers(runs, "decay_threshold").median(), color=color, linewidth=0.7, linestyle=":")
    mark_level(ax, runs["gamma"].iloc[0] / 2, r"$\gamma/2$", side="right")
    ax.set(xscale="log", yscale="log", xlabel=r"weight decay $\lambda$", ylabel=r"$|b|/\|w\|$ at the end")


def _frozen(ax: Axes, results: Results, groups: dict[str, pd.DataFrame]) -> None:
    """Draw concentrated accuracy at the end over the weight decay and the theory's; open: b decays too."""
    for color, (name, runs) in zip(COLORS, groups.items(), strict=False):
        accuracy = _by(results, runs, ACCURACY)
        band(ax, accuracy, color=color, linewidth=0)
        ax.plot(accuracy.index, accuracy.mean(axis=1), label=name, color=color, **POINTS)
        theory = _by(results, runs, PREDICTED).median(axis=1)
        ax.plot(theory.index, theory, color=color, linestyle="--", linewidth=0.9)
    both = _by(results, results.runs(BOTH), ACCURACY).mean(axis=1)
    style = {"color": "black", "marker": "o", "markersize": 5.5, "markerfacecolor": "none", "linewidth": 0}
    ax.plot(both.index, both, label="$b$ decays too", markeredgewidth=0.7, **style)
    ax.plot([], [], color=THEORY, linestyle="--", label="theory")
    ax.set(xscale="log", xlabel=r"weight decay $\lambda$", ylabel="final concentrated accuracy", ylim=(0.45, 1.02))


def _by(results: Results, runs: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """Return a number by weight decay, one column a seed."""
    values = (
        results.numbers(runs, quantity).rename("value").reset_index().merge(runs[["run", "weight_decay"]], on="run")
    )
    return values.pivot_table(index="weight_decay", columns="seed", values="value").sort_index()

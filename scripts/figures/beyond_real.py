"""Beyond the papers: two classes of real data, accuracy near their separator, and what two variables predict."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import runs_if_any, shared_legend, time_axes
from figures.style import COLORS, THEORY, TRAIN, band, letter, name_row, panels

READS = ("runs", "curves")
SHOWS = ("real-*",)

SETS = {"real-digits": "digits 3 and 8", "real-cancer": "breast cancer"}
LINES = {
    "accuracy": ("trained", {"color": TRAIN, "linewidth": 1.6}),
    "accuracy_without_bias": ("bias then set to 0", {"color": COLORS[1]}),
    "accuracy_without_tilt": ("$w$ then turned to the max margin", {"color": COLORS[4]}),
}
LAW = {"color": THEORY, "linestyle": "--", "linewidth": 0.9}


def draw(results: Results) -> Figure:
    """Draw from the tables runs and curves: a row a set; accuracies of all and of fewer negative points, and biases."""
    rows = {title: runs for name, title in SETS.items() if len(runs := runs_if_any(results, name))}
    figure, axes = panels(len(rows), 3, height=1.9, sharex=True)
    for row, (title, runs) in zip(axes, rows.items(), strict=True):
        for ax, color, (_, run) in zip(row, (COLORS[0], COLORS[3]), runs.iterrows(), strict=False):
            _accuracies(ax, results, run)
            _bias(row[2], results, run, color)
        row[1].sharey(row[0])
        row[0].set_ylabel("concentrated accuracy")
        name_row(row[0], title)
        row[2].set_ylabel("bias $b$")
        row[2].legend(loc="upper left", handlelength=0.8, borderpad=0, title="negative points")
    time_axes(axes)
    shared_legend(figure, axes[0, 0], dict([*LINES.values(), ("flow of two variables", LAW)]))
    letter(axes)
    return figure


def _accuracies(ax: Axes, results: Results, run: pd.Series) -> None:
    for quantity, (_, line) in LINES.items():
        curve = results.curve(run["run"], quantity, "concentrated")
        if quantity == "accuracy":
            band(ax, curve, **line)
        else:
            ax.plot(curve.index, curve.mean(axis=1), **line)
    predicted = results.curve(run["run"], "predicted_accuracy", "concentrated").mean(axis=1)
    ax.plot(predicted.index, predicted, **LAW)
    ax.set_ylim(0.3, 1.03)
    ax.set_title(f"{_share(run)} of the negative points", loc="right", fontsize=7)


def _bias(ax: Axes, results: Results, run: pd.Series, color) -> None:
    band(ax, results.curve(run["run"], "bias"), color=color, label=_share(run))
    predicted = results.curve(run["run"], "predicted_bias").median(axis=1)
    ax.plot(predicted.index, predicted, **LAW | {"color": color})


def _share(run: pd.Series) -> str:
    return "all" if run["kept_negative"] == 1 else f"{run['kept_negative']:.0%}".replace("%", " %")

"""Our figure: where Theorem 4.6 would begin to hold, in larger imbalances, wider margins and behind a gap."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from figures.accuracies import shared_legend
from figures.style import OVER_LINES, PAPER, THEORY, band, letter, panels, shades
from figures.times_on_delta import LEVELS, constant_of, local_slopes, on_delta, theorem_slope

READS = ("runs", "times", "bounds")
SHOWS = ("delta-gamma-mean", "delta-gap-product-mean", "delta-gap-total-mean", "delta-total-mean")

MEASURED, MODEL, BOUND = "T_te_geometric", "T_te_flow", "T_te_bound"
SLOPES = {  # experiment: population
    "delta-total-mean": "no gap",
    "delta-gap-total-mean": "gap",
    "delta-gap-product-mean": "gap",
}
MARKERS = dict(zip(SLOPES, ("o", "s", "^"), strict=True))
MARGINS = "delta-gamma-mean"
SHOWN = (0, 4.5)  # of slopes, which are large where |log delta| is small
COLORS = dict(zip(LEVELS, shades(len(LEVELS)), strict=True))
PLACES = dict(zip(LEVELS, ((0.01, "bottom"), (0.01, "top"), (0.2, "bottom")), strict=True))
"""Where along its line an eps is written, so that none is on another."""
DELTA = r"$|\log\,\delta|$ from counts"


def draw(results: Results) -> Figure:
    """Draw from the tables runs, times and bounds."""
    figure, axes = panels(2, 3, height=2.2)
    for ax, (experiment, population) in zip(axes[0], SLOPES.items(), strict=True):
        _slopes(ax, results, experiment)
        ax.set_title(f"{population}, {constant_of(results, experiment)}", loc="right", fontsize=7)
        ax.set(xlabel=DELTA, xscale="log", ylim=SHOWN)
    axes[0, 0].set_ylabel(r"slope of $\log T_\mathrm{te}$ on $|\log\,\delta|$")
    for ax in axes[0, 1:]:
        ax.sharey(axes[0, 0])
    _slopes_by_margin(axes[1, 0], results)
    _residual(axes[1, 1], results)
    axes[1, 0].sharex(axes[1, 1])
    _bound(axes[1, 2], results)
    for ax in axes.flat:
        ax.xaxis.set_minor_formatter(NullFormatter())  # else an axis of less than a decade is full of numbers
    _legend(figure, axes[0, 0])
    letter(axes)
    return figure


def _slopes(ax: Axes, results: Results, experiment: str) -> None:
    """Draw slopes between neighbours with bands over seeds, the model's dashed, the theorem's dotted."""
    runs = results.runs(experiment)
    for eps, color in COLORS.items():
        band(
            ax,
            local_slopes(on_delta(results, runs, MEASURED, eps)),
            color=color,
            marker="o",
            markersize=2.5,
            linewidth=0,
        )
        model = local_slopes(on_delta(results, runs, MODEL, eps)).median(axis=1)
        ax.plot(model.index, model, color=color, linestyle="--", linewidth=0.9)
        _theorem(ax, theorem_slope(results, experiment, eps), eps)


def _theorem(ax: Axes, slope: float, eps: float) -> None:
    """Draw the theorem's slope with its eps beside it."""
    x, va = PLACES[eps]
    ax.axhline(slope, color=PAPER, linestyle=":", linewidth=1.2, zorder=0)
    ax.annotate(f"{eps:g}", (x, slope), xycoords=("axes fraction", "data"), va=va, color=PAPER, **OVER_LINES)


def _slopes_by_margin(ax: Axes, results: Results) -> None:
    """Draw the slope between the two largest |log delta| that each margin has, over seeds, where T_te exists."""
    runs = results.runs(MARGINS)
    for eps, color in COLORS.items():
        band(ax, _last_slopes(results, runs, MEASURED, eps), color=color, marker="o", markersize=3, linewidth=0)
        model = _last_slopes(results, runs, MODEL, eps).median(axis=1)
        ax.plot(model.index, model, color=color, linestyle="--", linewidth=0.9)
        _theorem(ax, theorem_slope(results, MARGINS, eps), eps)
    ax.set(xscale="log", xlabel=r"margin $\gamma$", ylim=SHOWN)
    ax.set_ylabel(r"slope of $\log T_\mathrm{te}$ on $|\log\,\delta|$")


def _last_slopes(results: Results, runs: pd.DataFrame, quantity: str, eps: float) -> pd.DataFrame:
    """Return the slope between the two largest |log delta| of each margin: index gamma, a column a seed."""
    slopes = {gamma: local_slopes(on_delta(results, group, quantity, eps)) for gamma, group in runs.groupby("gamma")}
    ends = {gamma: found.tail(1) for gamma, found in slopes.items()}
    return pd.concat([end.set_axis(pd.Index([gamma] * len(end), dtype=float)) for gamma, end in ends.items()])


def _residual(ax: Axes, results: Results) -> None:
    """Draw gamma B / 2 against gamma, measured and predicted."""
    runs = results.runs(MARGINS)
    for quantity, line in {
        "gamma_B_half": {"color": THEORY, "marker": "o", "markersize": 3, "linewidth": 0},
        "gamma_B_half_predicted": {"color": THEORY, "linestyle": "--", "linewidth": 0.9},
    }.items():
        values = results.numbers(runs, quantity).rename("value").reset_index().merge(runs[["run", "gamma"]], on="run")
        middle = values.groupby("gamma")["value"].median()
        ax.plot(middle.index, middle, **line)
    ax.set(xscale="log", xlabel=r"margin $\gamma$", ylabel=r"$\gamma B / 2$", ylim=(0, None))


def _bound(ax: Axes, results: Results) -> None:
    """Draw T_te over the upper bound (15), B being measured."""
    for experiment, marker in MARKERS.items():
        runs = results.runs(experiment)
        for eps, color in COLORS.items():
            ratio = on_delta(results, runs, MEASURED, eps) / on_delta(results, runs, BOUND, eps)
            band(ax, ratio, color=color, marker=marker, markersize=2.5, linewidth=0.5)
    ax.axhline(1, color=PAPER, linestyle=":", linewidth=1.2)
    ax.set(xscale="log", yscale="log", xlabel=DELTA, ylabel=r"$T_\mathrm{te}$ / bound (15)")
    handles = [ax.plot([], [], marker, color=THEORY, markersize=3)[0] for marker in MARKERS.values()]
    ax.legend(handles, ["as in a", "as in b", "as in c"], loc="lower center", handletextpad=0.2, borderaxespad=0)


def _legend(figure: Figure, ax: Axes) -> None:
    lines = {
        rf"$\varepsilon$ = {eps:g}": {"color": color, "marker": "o", "markersize": 3, "linewidth": 0}
        for eps, color in COLORS.items()
    }
    lines["model, nothing fitted"] = {"color": THEORY, "linestyle": "--", "linewidth": 0.9}
    lines["Theorem 4.6"] = {"color": PAPER, "linestyle": ":", "linewidth": 1.2}
    shared_legend(figure, ax, lines)

"""Our figure: the time of generalisation against delta under both readings, measured, modelled and by Theorem 4.6."""

from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from figures.accuracies import READINGS, shared_legend
from figures.style import OVER_LINES, PAPER, THEORY, band, letter, name_row, panels, shades
from figures.times_on_delta import DESIGNS, LEVELS, constant_of, on_delta

READS = ("runs", "times")
SHOWS = ("delta-*",)

MEASURED = "T_te_concentrated_last"
MODELS = {"mean": "T_te_flow", "sum": "T_te_model"}
COLORS = dict(zip(LEVELS, shades(len(LEVELS)), strict=True))


def draw(results: Results) -> Figure:
    """Draw from the tables runs and times: a row for either reading, the measured over the modelled time last."""
    figure, axes = panels(len(READINGS), 3, height=2.3, sharex="col")
    for row, (reduction, reading) in zip(axes, READINGS.items(), strict=True):
        row[1].sharey(row[0])
        for ax, design in zip(row, DESIGNS, strict=False):
            _times(ax, results, f"delta-{design}-{reduction}", MODELS[reduction])
            ax.set_title(constant_of(results, f"delta-{design}-{reduction}"), loc="right")
        row[0].set_ylabel(r"$T_\mathrm{te}(\varepsilon)$, last crossing, step")
        name_row(row[0], reading)
        for design, marker in DESIGNS.items():
            _ratios(row[2], results, f"delta-{design}-{reduction}", MODELS[reduction], marker)
        row[2].set(xscale="log", yscale="log", ylabel="measured / model")
        row[2].yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        row[2].yaxis.set_major_formatter("{x:g}")
        row[2].yaxis.set_minor_formatter(NullFormatter())
    for ax in axes[-1]:
        ax.set_xlabel(r"$|\log\,\delta|$ from counts")
    handles = [axes[0, 2].plot([], [], marker, color=THEORY, markersize=3)[0] for marker in DESIGNS.values()]
    axes[0, 2].legend(handles, ["as in a, d", "as in b, e"], loc="best", handletextpad=0.2, borderaxespad=0)
    lines = {
        rf"$\varepsilon$ = {eps:g}": {"color": color, "marker": "o", "markersize": 3} for eps, color in COLORS.items()
    }
    lines["model, nothing fitted"] = {"color": THEORY, "linestyle": "--", "linewidth": 0.9}
    lines["Theorem 4.6 with the model's constant"] = {"color": PAPER, "linestyle": ":", "linewidth": 1.2}
    shared_legend(figure, axes[0, 0], lines)
    letter(axes)
    return figure


def _times(ax: Axes, results: Results, experiment: str, model: str) -> None:
    """Draw medians and bands over seeds, the model dashed and the theorem dotted, which says less the larger eps is."""
    runs = results.imbalanced(experiment)
    for eps, color in COLORS.items():
        band(ax, on_delta(results, runs, MEASURED, eps), color=color, marker="o", markersize=2.5, linewidth=0)
        predicted = on_delta(results, runs, model, eps).median(axis=1)
        ax.plot(predicted.index, predicted, color=color, linestyle="--", linewidth=0.9)
        theorem = on_delta(results, runs, "T_te_theorem", eps).median(axis=1)
        ax.plot(theorem.index, theorem, color=PAPER, linestyle=":", linewidth=1.2)
        ax.annotate(
            f"{eps:g}",
            (theorem.index[-1], theorem.iloc[-1]),
            xytext=(2, 0),
            textcoords="offset points",
            color=PAPER,
            va="center",
            **OVER_LINES,
        )
    ax.set_yscale("log")


def _ratios(ax: Axes, results: Results, experiment: str, model: str, marker: str) -> None:
    """Draw the median over seeds of the measured over the modelled time, and the range of seeds."""
    runs = results.runs(experiment)
    for eps, color in COLORS.items():
        measured, predicted = (on_delta(results, runs, name, eps) for name in (MEASURED, model))
        ratio = measured.div(predicted.median(axis=1), axis=0)
        band(ax, ratio, color=color, marker=marker, markersize=2.5, linewidth=0.5)
    ax.axhline(1, color=THEORY, linestyle="--", linewidth=0.9, zorder=0)

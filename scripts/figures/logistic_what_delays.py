"""Our figure: concentrated accuracy as trained, and with the bias or the tilt taken away."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import balance, least_imbalanced, mark, most_imbalanced, runs_if_any, shared_legend, time_axes
from figures.style import COLORS, TRAIN, band, letter, panels

READS = ("runs", "curves")
SHOWS = ("logistic-long-mean", "logistic-long-plain-mean")

PLAIN, PLANTED = "logistic-long-plain-mean", "logistic-long-mean"
PAPER_END = 1e7
LINES = {  # quantity: name, how it is drawn
    "accuracy": ("trained", {"color": TRAIN, "linewidth": 1.6}),
    "accuracy_without_bias": ("bias then set to 0", {"color": COLORS[1]}),
    "accuracy_without_tilt": (r"$w$ then turned to $w_\mathrm{true}$", {"color": COLORS[4]}),
}
NO_BIAS = ("trained without a bias", {"color": "0.3", "linestyle": (0, (1, 1))})


def draw(results: Results) -> Figure:
    """Draw from the tables runs and curves: a panel a data set."""
    sets = _sets(results)
    figure, axes = panels(2, 2, height=1.9, sharex=True, sharey=True)
    for ax, (title, run, without) in zip(axes.flat, sets, strict=False):
        _panel(ax, results, run, without)
        ax.set_title(title, loc="right")
    for ax in axes[:, 0]:
        ax.set_ylabel("concentrated accuracy")
    axes[0, 0].set_ylim(0.45, 1.02)
    time_axes(axes)
    shared_legend(figure, axes[0, 0], dict([*LINES.values(), NO_BIAS]))
    letter(axes)
    return figure


def _sets(results: Results) -> list[tuple[str, pd.Series, pd.Series | None]]:
    """Return title, run and its like without a bias where there is one.

    Nothing is planted, or support vectors in equal or in unequal numbers, or classes have unequal sizes.
    """
    plain, planted = results.runs(PLAIN, bias=True), results.runs(PLANTED, bias=True)
    chosen = {f"$S_+/S_-$ = {balance(run)}": run for run in (least_imbalanced(planted), most_imbalanced(planted))}
    classes = plain.loc[(plain["n_pos"] - plain["n_neg"]).idxmax()]
    chosen = {"nothing planted": plain.iloc[0], **chosen}
    chosen[f"nothing planted, {classes['n_pos']:.0f}/{classes['n_neg']:.0f} points"] = classes
    return [(title, run, _without_bias(results, run)) for title, run in chosen.items()]


def _without_bias(results: Results, run: pd.Series) -> pd.Series | None:
    found = runs_if_any(results, run["experiment"], bias=False, dataset=run["dataset"])
    return None if found.empty else found.iloc[0]


def _panel(ax: Axes, results: Results, run: pd.Series, without: pd.Series | None) -> None:
    band(ax, results.curve(run["run"], "accuracy", "concentrated"), **LINES["accuracy"][1])
    others = [(run, quantity, line) for quantity, (_, line) in LINES.items() if quantity != "accuracy"]
    others += [] if without is None else [(without, "accuracy", NO_BIAS[1])]
    for other, quantity, line in others:
        middle = results.curve(other["run"], quantity, "concentrated").median(axis=1)
        ax.plot(middle.index, middle, **line)
    mark(ax, PAPER_END, "paper's end", "0.4")

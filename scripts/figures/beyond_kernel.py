"""Beyond the papers: kernel machines with and without a bias, what displaces their boundary and what delays them."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import balance, least_imbalanced, most_imbalanced, runs_if_any, shared_legend, time_axes
from figures.style import COLORS, THEORY, TRAIN, band, letter, panels

READS = ("runs", "curves")
SHOWS = ("kernel-*",)

SUPPORT, CLASSES = "kernel-support", "kernel-classes"
WITH, WITHOUT = {"color": TRAIN, "linewidth": 1.6}, {"color": COLORS[1]}
CHANGED = {
    "accuracy_without_bias": ("offset taken away", {"color": COLORS[2], "linewidth": 1.0}),
    "accuracy_without_tilt": ("undulation taken away", {"color": COLORS[4], "linewidth": 1.0}),
}
LAW = {"color": THEORY, "linestyle": "--", "linewidth": 0.9}


def draw(results: Results) -> Figure:
    """Draw from the tables runs and curves: a column a data set, accuracy above the mean of f along the boundary."""
    sets = _sets(results)
    figure, axes = panels(2, len(sets), height=1.9, sharex=True, sharey="row")
    for column, (title, runs) in zip(axes.T, sets.items(), strict=True):
        for _, run in runs.iterrows():
            _draw_run(column, results, run)
        column[0].set_title(title, loc="right", fontsize=7)
    axes[0, 0].set_ylabel("concentrated accuracy")
    axes[0, 0].set_ylim(0.45, 1.02)
    axes[1, 0].set_ylabel("mean of $f$ along\nthe true boundary")
    time_axes(axes)
    lines = {"trained with a bias": WITH, "trained without": WITHOUT, "law of the points": LAW}
    shared_legend(figure, axes[0, 0], lines | dict(CHANGED.values()), ncols=5)
    letter(axes)
    return figure


def _sets(results: Results) -> dict[str, pd.DataFrame]:
    """Return by title the runs with and without a bias on the least and most imbalanced support, and on classes."""
    runs = results.runs(SUPPORT)
    found = {f"$S_+/S_-$ = {balance(one)}": one["dataset"] for one in (least_imbalanced(runs), most_imbalanced(runs))}
    found = {title: runs[runs["dataset"] == dataset] for title, dataset in found.items()}
    classes = runs_if_any(results, CLASSES)
    if len(classes):
        one = classes.iloc[0]
        title = f"{one['n_pos']:.0f}/{one['n_neg']:.0f} points, $S_+/S_-$ = {balance(one)}"
        found[title] = classes
    return found


def _draw_run(column: list[Axes], results: Results, run: pd.Series) -> None:
    line = WITH if run["bias"] else WITHOUT
    band(column[0], results.curve(run["run"], "accuracy", "concentrated"), **line)
    band(column[1], results.curve(run["run"], "offset", "boundary"), **line)
    predicted = results.curve(run["run"], "predicted_offset", "boundary").median(axis=1)
    column[1].plot(predicted.index, predicted, **LAW)
    if run["bias"]:
        for quantity, (_, drawn) in CHANGED.items():
            middle = results.curve(run["run"], quantity, "concentrated").median(axis=1)
            column[0].plot(middle.index, middle, **drawn)

"""Figure 1 (d = 2) of the logistic paper: accuracies against time on data without planted support vectors."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import READINGS, curve, mark, shared_legend, theory, time_axes
from figures.style import COLORS, PAPER, TEST, THEORY, TRAIN, band, letter, name_row, panels

READS = ("runs", "curves", "theory")
SHOWS = ("logistic-plain-*",)

PAPER_TIMES = {"standard": {"T_tr": 5e5, "T_te": 2e6}, "concentrated": {"T_tr": 4e2, "T_te": 7e6}}
ATTACKS = {
    "adversarial_pgd_float32": ("PGD in float32, the paper's attack", TEST),
    "adversarial_pgd_float64": ("PGD in float64", COLORS[1]),
    "adversarial_exact": ("exact attack", COLORS[4]),
}
EXPECTED = {"color": THEORY, "linestyle": "--", "linewidth": 0.9}
LINES = {"train": {"color": TRAIN}, "test (right: attacked in float32)": {"color": TEST}} | {
    label: {"color": color} for label, color in list(ATTACKS.values())[1:]
}


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and theory: rows with and without a bias, for either reading of the loss."""
    rows = [
        (f"{title}\n{'with' if run['bias'] else 'no'} bias", run)
        for reduction, title in READINGS.items()
        for _, run in results.runs(f"logistic-plain-{reduction}").iterrows()
    ]
    figure, axes = panels(len(rows), 3, height=1.35, sharey=True, sharex=True)
    for row, (title, run) in zip(axes, rows, strict=True):
        for ax, (split, times) in zip(row, PAPER_TIMES.items(), strict=False):
            _accuracies(ax, results, run, {("accuracy", split): TEST})
            if run["bias"]:
                for name, step in times.items():
                    mark(ax, step, f"$T_{{{name[2:]}}}$, paper", PAPER)
        expected = theory(results, run, "accuracy_concentrated")
        row[1].plot(expected.index, expected, **EXPECTED)
        _accuracies(row[2], results, run, {(name, "standard"): color for name, (_, color) in ATTACKS.items()})
        row[0].set_ylabel("accuracy")
        name_row(row[0], title)
    for ax, title in zip(axes[0], ("fresh points", "concentrated points", "fresh points, attacked"), strict=True):
        ax.set_title(title, loc="right")
    time_axes(axes)
    axes[0, 0].set_ylim(0.45, 1.02)
    shared_legend(figure, axes[0, 0], LINES | {"theory": EXPECTED})
    letter(axes)
    return figure


def _accuracies(ax: Axes, results: Results, run: pd.Series, tests: dict[tuple[str, str], object]) -> None:
    """Draw training accuracy and others by (quantity, split), each in its colour."""
    for (quantity, split), color in {("accuracy", "train"): TRAIN, **tests}.items():
        band(ax, curve(results, run, quantity, split), color=color, linewidth=1.0)

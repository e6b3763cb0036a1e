"""Figure 1 (d = 1024) of the logistic paper under both readings of its loss: accuracies against time, and why."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import READINGS, mark, time_axes
from figures.labels import label_line
from figures.style import COLORS, OVER_LINES, PAPER, TEST, THEORY, TRAIN, band, letter, name_row, panels

READS = ("runs", "curves")
SHOWS = ("highdim-plain-*",)

EXPERIMENT = "highdim-plain"
PAPER_TIMES = {"$T_{tr}$": 1e2, "$T_{te}$": 5e6}  # table 1, concentrated, eps = 0
PAPER_STANDARD = 1e6  # table 1, standard: T_tr and T_te
STANDARD, ADVERSARIAL = COLORS[1], COLORS[4]
PLACES = {  # where the names stand: step, side
    "mean": {
        "train, wrong": (300, "below left"),
        "standard, wrong": (5, "above right"),
        "train": (3, "above"),
        "standard": (3e3, "above"),
        "concentrated": (3e3, "above"),
        "adversarial": (5e4, "above left"),
    },
    "sum": {
        "train, wrong": (14, "below left"),
        "standard, wrong": (20, "above right"),
        "train": (3, "above"),
        "standard": (3e3, "above"),
        "concentrated": (2e4, "below"),
        "adversarial": (2e4, "below"),
    },
}
ATTACKS = {
    "adversarial_pgd_bfloat16": ("PGD, bfloat16", COLORS[5]),
    "adversarial_pgd_float32": ("PGD, float32", ADVERSARIAL),
    "adversarial_pgd_float64": ("PGD, float64", COLORS[9]),
    "adversarial_exact": ("exact", THEORY),
}


def draw(results: Results) -> Figure:
    """Draw from the tables runs and curves, a row for each reading; runs without a bias are dotted."""
    figure, axes = panels(len(READINGS), 3, height=2.3, sharex=True)
    for row, (reduction, name) in zip(axes, READINGS.items(), strict=True):
        runs = (results.runs(f"{EXPERIMENT}-{reduction}", bias=bias) for bias in (True, False))
        with_bias, without = (of["run"].iloc[0] for of in runs)
        _accuracies(row[0], results, with_bias, without, PLACES[reduction])
        _wrong(row[1], results, with_bias, PLACES[reduction])
        _attacked(row[2], results, with_bias, without)
        row[0].set_ylabel("accuracy")
        name_row(row[0], name)
        row[1].set_ylabel("share wrong")
        row[2].set_ylabel("accuracy under attack")
    time_axes(axes)
    for ax in axes[:, [0, 2]].flat:
        ax.set_ylim(-0.03, 1.1)
    for ax in axes[:, 1]:
        ax.set_yscale("log")
    axes[0, 2].legend(loc="upper left", handlelength=1.2)
    letter(axes)
    return figure


def share_wrong(accuracy: pd.DataFrame) -> pd.DataFrame:
    """Return one less the accuracy, nothing where that is 0: the logarithmic axis has no place for it."""
    return (1 - accuracy).where(accuracy < 1)


def _accuracies(ax: Axes, results: Results, run: str, without: str, places: dict) -> None:
    """Draw what the paper draws, and on concentrated points what the angle alone predicts."""
    drawn = {
        "adversarial": (results.curve(run, "adversarial_pgd_float32", "standard"), ADVERSARIAL, "-"),
        "train": (results.curve(run, "accuracy", "train"), TRAIN, "-"),
        "standard": (results.curve(run, "accuracy", "standard"), STANDARD, (0, (4, 2))),
        "concentrated": (results.curve(run, "accuracy", "concentrated"), TEST, "-"),
    }
    for name, (curve, color, style) in drawn.items():
        band(ax, curve, color=color, linestyle=style)
        label_line(ax, curve, places[name][0], name, color, places[name][1])
    predicted = results.curve(run, "accuracy_from_angle", "concentrated")
    ax.plot(predicted.index, predicted.median(axis=1), color=THEORY, linestyle="--", linewidth=0.8)
    _dotted(ax, results.curve(without, "accuracy", "concentrated"))
    for name, step in PAPER_TIMES.items():
        mark(ax, step, f"{name}, paper", PAPER)


def _wrong(ax: Axes, results: Results, run: str, places: dict) -> None:
    for split, color in (("train", TRAIN), ("standard", STANDARD)):
        curve = share_wrong(results.curve(run, "accuracy", split))
        band(ax, curve, color=color)
        label_line(ax, curve, places[f"{split}, wrong"][0], split, color, places[f"{split}, wrong"][1])
    ax.axvline(PAPER_STANDARD, color=PAPER, linewidth=0.7, linestyle="--", zorder=0)
    place = {"xycoords": ("data", "axes fraction"), "rotation": 90, "ha": "right", "va": "top", "color": PAPER}
    ax.annotate("$T_{tr}$, $T_{te}$, paper", (0.9 * PAPER_STANDARD, 0.98), **place, **OVER_LINES)


def _attacked(ax: Axes, results: Results, run: str, without: str) -> None:
    for quantity, (name, color) in ATTACKS.items():
        band(ax, results.curve(run, quantity, "standard"), label=name, color=color)
        _dotted(ax, results.curve(without, quantity, "standard"))


def _dotted(ax: Axes, curve: pd.DataFrame) -> None:
    ax.plot(curve.index, curve.median(axis=1), color="black", linestyle=":", linewidth=0.8)

"""Figure 1 (d = 1024) of the logistic paper under both readings of its loss: accuracies against time, and why."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import READINGS, mark, time_axes
from figures.labels import label_line
from figures.style import COLORS, PAPER, TEST, THEORY, TRAIN, band, letter, panels

EXPERIMENT = "highdim-plain"
PAPER_TIMES = {"$T_{tr}$": 1e2, "$T_{te}$": 5e6}  # table 1, concentrated, eps = 0
PAPER_STANDARD = 1e6  # table 1, standard: T_tr and T_te
STANDARD, ADVERSARIAL = COLORS[1], COLORS[4]
ATTACKS = {  # where the name is written, by reading of the loss; None: it would lie over another
    "adversarial_pgd_bfloat16": ("bfloat16", COLORS[5], {"mean": 2e4, "sum": 3}),
    "adversarial_pgd_float32": ("float32", ADVERSARIAL, {"mean": 3e5, "sum": 1e3}),
    "adversarial_pgd_float64": ("float64", COLORS[9], {"mean": 3e6, "sum": 1e5}),
}


def draw(results: Results) -> Figure:
    """Draw from the tables runs and curves, a row for each reading; runs without a bias are dotted."""
    figure, axes = panels(len(READINGS), 3, height=2.3, sharex=True, sharey="col")
    for row, (reduction, name) in zip(axes, READINGS.items(), strict=True):
        runs = results.runs(f"{EXPERIMENT}-{reduction}")
        with_bias, without = (runs.loc[runs["bias"] == bias, "run"].iloc[0] for bias in (True, False))
        _accuracies(row[0], results, with_bias, without)
        _wrong(row[1], results, with_bias)
        _attacked(row[2], results, with_bias, without, reduction)
        row[0].set_ylabel(f"{name}\naccuracy")
        row[1].set_ylabel("share wrong")
        row[2].set_ylabel("accuracy under attack")
    time_axes(axes)
    axes[0, 0].set_ylim(-0.03, 1.08)
    axes[0, 1].set_yscale("log")
    axes[0, 2].set_ylim(-0.03, 1.08)
    letter(axes)
    return figure


def share_wrong(accuracy: pd.DataFrame) -> pd.DataFrame:
    """Return one less the accuracy, nothing where that is 0: the logarithmic axis has no place for it."""
    return (1 - accuracy).where(accuracy < 1)


def _accuracies(ax: Axes, results: Results, run: str, without: str) -> None:
    """Draw what the paper draws, and on concentrated points what the angle alone predicts."""
    concentrated = results.curve(run, "accuracy", "concentrated")
    attacked = results.curve(run, "adversarial_pgd_float32", "standard")
    train, standard = (results.curve(run, "accuracy", split) for split in ("train", "standard"))
    band(ax, train, color=TRAIN)
    band(ax, standard, color=STANDARD, linestyle=(0, (4, 2)))
    band(ax, concentrated, color=TEST)
    band(ax, attacked, color=ADVERSARIAL)
    band(ax, results.curve(run, "accuracy_from_angle", "concentrated"), color=THEORY, linestyle="--", linewidth=0.8)
    _dotted(ax, results.curve(without, "accuracy", "concentrated"))
    label_line(ax, train, 3, "train", TRAIN)
    label_line(ax, standard, 3e3, "standard", STANDARD)
    label_line(ax, concentrated, 2e3, "concentrated", TEST)
    label_line(ax, attacked, 2e3, "adversarial", ADVERSARIAL, dy=8)
    for name, step in PAPER_TIMES.items():
        mark(ax, step, f"{name}, paper", PAPER)


def _wrong(ax: Axes, results: Results, run: str) -> None:
    for split, color, dy in (("train", TRAIN, -4), ("standard", STANDARD, 4)):
        curve = share_wrong(results.curve(run, "accuracy", split))
        band(ax, curve, color=color)
        label_line(ax, curve, 2e3, split, color, dy)
    mark(ax, PAPER_STANDARD, "$T_{tr}$, $T_{te}$, paper", PAPER)


def _attacked(ax: Axes, results: Results, run: str, without: str, reduction: str) -> None:
    for quantity, (name, color, at) in ATTACKS.items():
        curve = results.curve(run, quantity, "standard")
        band(ax, curve, color=color)
        label_line(ax, curve, at[reduction], name, color)
        _dotted(ax, results.curve(without, quantity, "standard"))
    exact = results.curve(run, "adversarial_exact", "standard")
    band(ax, exact, color=THEORY)
    label_line(ax, exact, 3, "exact", THEORY)


def _dotted(ax: Axes, curve: pd.DataFrame) -> None:
    ax.plot(curve.index, curve.median(axis=1), color="black", linestyle=":", linewidth=0.8)

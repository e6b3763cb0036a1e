"""Figure 1 (d = 1024) of the logistic paper: accuracies against time, and what the angle of w alone predicts."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import mark, time_axes
from figures.style import COLORS, OVER_LINES, PAPER, TEST, THEORY, TRAIN, band, letter, panels

EXPERIMENT = "highdim-plain"
PAPER_TIMES = {"standard": {"$T_{tr}$, $T_{te}$": 1e6}, "concentrated": {"$T_{tr}$": 1e2, "$T_{te}$": 5e6}}
ATTACKS = {
    "adversarial_exact": ("exact", COLORS[4], "-"),
    "adversarial_pgd_float64": ("PGD, float64", COLORS[1], "-"),
    "adversarial_pgd_float32": ("PGD, float32", TEST, "-"),
    "masked_float32": ("not masked, float32", THEORY, ":"),
}


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and times: a row with and a row without a bias.

    On the concentrated points accuracy itself; elsewhere it is so near 1 that one sees only what is wrong.
    """
    runs = results.runs(EXPERIMENT)
    figure, axes = panels(len(runs), 3, height=2.1, sharex=True, sharey="col")
    for row, (_, run) in zip(axes, runs.iterrows(), strict=True):
        _learnt(row[0], results, run["run"], "standard", share_wrong)
        _learnt(row[1], results, run["run"], "concentrated", lambda accuracy: accuracy)
        for quantity, (label, color, style) in ATTACKS.items():
            curve = share_wrong(results.curve(run["run"], quantity, "standard"))
            band(row[2], curve, label=label, color=color, linestyle=style)
        for ax, name in zip(row, ("", "", "separated"), strict=True):
            _mark_separation(ax, results, runs[runs["run"] == run["run"]], name)
        row[0].set_ylabel(f"share wrong, {'with' if run['bias'] else 'without'} bias")
        row[1].set_ylabel("accuracy")
        row[2].set_ylabel("share wrong under attack")
    for ax, times in zip(axes[0], PAPER_TIMES.values(), strict=False):
        for name, step in times.items():
            mark(ax, step, f"{name}, paper", PAPER)
    time_axes(axes)
    axes[0, 0].set_yscale("log")
    axes[0, 1].set_ylim(0.5, 1.01)
    axes[0, 2].set_yscale("log")
    for ax in axes[0]:
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.1), ncols=2, columnspacing=0.8, handlelength=1.2)
    letter(axes)
    return figure


def share_wrong(accuracy: pd.DataFrame) -> pd.DataFrame:
    """Return one less the accuracy, nothing where that is 0: the logarithmic axis has no place for it."""
    return (1 - accuracy).where(accuracy < 1)


def _learnt(ax: Axes, results: Results, run: str, split: str, shown) -> None:
    band(ax, shown(results.curve(run, "accuracy", "train")), label="train", color=TRAIN)
    band(ax, shown(results.curve(run, "accuracy", split)), label=split, color=TEST)
    predicted = results.curve(run, "accuracy_from_angle", split)
    band(ax, shown(predicted), label="from the angle", color=THEORY, linestyle="--", linewidth=0.9)


def _mark_separation(ax: Axes, results: Results, run: pd.DataFrame, name: str) -> None:
    """Draw a line at the median step from which training points are right, its name at the foot."""
    steps = results.times(run, "t_separation")
    if steps.notna().any():
        step = float(steps.median())
        ax.axvline(step, ymin=0.4, color="0.6", linewidth=0.7, linestyle=":", zorder=0)
        ax.annotate(name, (1.2 * step, 0.42), xycoords=("data", "axes fraction"), color="0.4", **OVER_LINES)

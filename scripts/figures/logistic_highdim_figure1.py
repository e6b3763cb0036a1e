"""Figure 1 (d = 1024) of the logistic paper: accuracies against time, and what the angle of w alone predicts."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import mark, over_seeds, time_axis
from figures.style import COLORS, PAPER, TEST, THEORY, TRAIN, band, letter, panels

FIGURE = "logistic 1, d = 1024"
PAPER_TIMES = {"standard": {"$T_{tr}$, $T_{te}$": 1e6}, "concentrated": {"$T_{tr}$": 1e2, "$T_{te}$": 5e6}}
ATTACKS = {
    "adversarial_pgd_float32": ("PGD, float32", TEST, "-"),
    "adversarial_pgd_float64": ("PGD, float64", COLORS[1], "-"),
    "masked_float32": ("masked, float32", THEORY, ":"),
    "adversarial_exact": ("exact", COLORS[4], "-"),
}


def draw(tables: dict[str, pd.DataFrame]) -> Figure:
    """Draw from the tables runs, curves and times: a row with and a row without a bias."""
    runs = tables["runs"][tables["runs"]["figure"] == FIGURE]
    figure, axes = panels(len(runs), 3, height=2.1, sharex=True, sharey=True)
    for row, (_, run) in zip(axes, runs.iterrows(), strict=True):
        for ax, (split, times) in zip(row, PAPER_TIMES.items(), strict=False):
            _learnt(ax, tables, run["run"], split)
            if run["bias"]:
                for name, step in times.items():
                    mark(ax, step, f"{name}, paper", PAPER)
        _attacked(row[2], tables, run["run"])
        row[0].set_ylabel(f"accuracy, {'with' if run['bias'] else 'without'} bias")
        for ax in row:
            _mark_separation(ax, tables, run["run"])
    for ax in axes.flat:
        time_axis(ax, ax in axes[-1])
        ax.set_ylim(-0.03, 1.03)
    for ax in axes[0]:
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, columnspacing=1.0, handlelength=1.2)
    letter(axes)
    return figure


def _learnt(ax: Axes, tables: dict[str, pd.DataFrame], run: str, split: str) -> None:
    band(ax, over_seeds(tables, run, "accuracy", "train"), label="train", color=TRAIN)
    band(ax, over_seeds(tables, run, "accuracy", split), label=split, color=TEST)
    predicted = over_seeds(tables, run, "accuracy_from_angle", split)
    band(ax, predicted, label="from the angle", color=THEORY, linestyle="--", linewidth=0.9)


def _attacked(ax: Axes, tables: dict[str, pd.DataFrame], run: str) -> None:
    for quantity, (label, color, style) in ATTACKS.items():
        band(ax, over_seeds(tables, run, quantity, "standard"), label=label, color=color, linestyle=style)


def _mark_separation(ax: Axes, tables: dict[str, pd.DataFrame], run: str) -> None:
    times = tables["times"]
    steps = times[(times["run"] == run) & (times["quantity"] == "t_separation")]["step"]
    if steps.notna().any():
        ax.axvline(float(steps.astype(float).median()), color="0.6", linewidth=0.7, linestyle=":", zorder=0)

"""Curves of the logistic runs with their spread over seeds and over the two steps of each pair."""

import numpy as np
import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes

from figures.style import OVER_LINES, THEORY


def paired(results: Results, run: str, quantity: str, split: str = "train") -> pd.DataFrame:
    """Return one run's curve: index the first step of each pair (t, t + 1), columns (seed, step of the pair).

    Where weights flip every step, a band over these columns shows both sides of the motion.
    """
    rows = results.curve_rows(run, quantity, split).sort_values(["seed", "step"])
    second = rows.groupby("seed").cumcount() % 2
    return rows.assign(second=second, first=rows["step"] - second).pivot_table(
        index="first", columns=["seed", "second"], values="value"
    )


def time_axes(axes: np.ndarray) -> None:
    """Set the logarithmic axes of steps, labelled below the last row."""
    for ax in axes.flat:
        ax.set_xscale("log")
    for ax in axes[-1]:
        ax.set_xlabel("step $t$")


def mark(ax: Axes, step: float, text: str, color=THEORY) -> None:
    """Draw a vertical line at a step, its text along it at the foot."""
    ax.axvline(step, color=color, linewidth=0.7, linestyle="--", zorder=0)
    ax.annotate(
        text,
        (step, 0.03),
        xycoords=("data", "axes fraction"),
        xytext=(-1, 0),
        textcoords="offset points",
        rotation=90,
        ha="right",
        va="bottom",
        color=color,
        **OVER_LINES,
    )

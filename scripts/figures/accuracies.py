"""Curves of the logistic runs with their spread over seeds, under both readings of the loss, and their axes."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from judging.query import NotInResultsError, Results, wide
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import COLORS, OVER_LINES, PAPER, THEORY

READINGS = {"mean": "mean loss", "sum": "as printed"}
"""The paper's loss, read as the mean over points or as the sum that it prints: `reduction`, and how we call it."""
READING_COLORS = {"mean": COLORS[0], "sum": COLORS[3]}


def curve(results: Results, run: pd.Series, quantity: str, split: str = "train") -> pd.DataFrame:
    """Return one run's curve: index step, columns the seeds; with the sum loss both steps of each pair, as `paired`."""
    if run["reduction"] == "sum":
        return paired(results, run["run"], quantity, split)
    return results.curve(run["run"], quantity, split)


def paired(results: Results, run: str, quantity: str, split: str = "train") -> pd.DataFrame:
    """Return one run's curve: index the first step of each pair (t, t + 1), a column a seed and side.

    Where weights flip every step, a band over these columns shows both sides of the motion.
    """
    rows = results.curve_rows(run, quantity, split).sort_values(["seed", "step"])
    second = rows.groupby("seed").cumcount() % 2
    return wide(rows.assign(side=2 * rows["seed"] + second, first=rows["step"] - second), "first", "side")


def theory(results: Results, run: pd.Series, quantity: str) -> pd.Series:
    """Return what theory without a free parameter says of one run: index step; empty where it says nothing."""
    rows = results.table("theory")
    return rows[(rows["run"] == run["run"]) & (rows["quantity"] == quantity)].set_index("step")["value"]


def runs_if_any(results: Results, experiment: str, **values) -> pd.DataFrame:
    """Return the runs of an experiment with these values in the table's columns, none where there is no such run."""
    try:
        return results.runs(experiment, **values)
    except NotInResultsError:
        return results.table("runs").iloc[:0]


def balance(run: pd.Series) -> str:
    """Return S+/S- for a label."""
    return f"{run['s_pos']:g}/{run['s_neg']:g}"


def most_imbalanced(runs: pd.DataFrame) -> pd.Series:
    """Return the run with the greatest S+ - S-."""
    return runs.loc[(runs["s_pos"] - runs["s_neg"]).idxmax()]


def least_imbalanced(runs: pd.DataFrame) -> pd.Series:
    """Return the run with the least |S+ - S-|."""
    return runs.loc[(runs["s_pos"] - runs["s_neg"]).abs().idxmin()]


def balanced_sizes(results: Results, reduction: str) -> pd.DataFrame:
    """Return runs with a bias that differ in the number of training points `size` alone, sorted by it.

    They are those of `highdim-plain` and `highdim-sizes` under one reading of the loss.
    """
    runs = pd.concat([results.runs(f"highdim-{name}-{reduction}", bias=True) for name in ("plain", "sizes")])
    return runs.assign(size=runs["n_pos"] + runs["n_neg"]).sort_values("size")


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


def mark_level(ax: Axes, value: float, text: str, color=PAPER, side: str = "left", va: str = "bottom") -> None:
    """Draw a horizontal line at a level, its text along it at one side."""
    ax.axhline(value, color=color, linewidth=0.7, linestyle="--", zorder=0)
    place = (0.01 if side == "left" else 0.99, value)
    ax.annotate(text, place, xycoords=("axes fraction", "data"), ha=side, va=va, color=color, **OVER_LINES)


def shared_legend(figure: Figure, ax: Axes, lines: Mapping[str, Mapping], ncols: int | None = None) -> None:
    """Write a legend above all panels: for each name how its line is drawn."""
    handles = [ax.plot([], [], **line)[0] for line in lines.values()]
    figure.legend(handles, list(lines), loc="outside upper center", ncols=ncols or len(lines), columnspacing=1.2)

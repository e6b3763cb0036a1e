"""Loss curves against time, as figures 1, 3, 6 and 7 of the ridge paper show them."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes

from figures.style import COLORS, OVER_LINES, TEST, THEORY, TRAIN, band, mark_time

FROM_ZERO = COLORS[2]


def loss(results: Results, run: str, split: str) -> pd.DataFrame:
    """Return one run's loss: index step (from 1, for the log axis), a column a seed."""
    return results.curve(run, "loss", split).loc[1:]


def train_and_test(ax: Axes, results: Results, run: pd.Series) -> None:
    """Draw training and test loss of one run with bands over seeds, and t1 and t2 as medians where they exist."""
    for split, color, text, va in (("train", TRAIN, "train $L_n$", "top"), ("population", TEST, "test $L$", "bottom")):
        curve = loss(results, run["run"], split)
        band(ax, curve, color=color)
        start, offset = curve.median(axis=1).iloc[0], {"top": -5, "bottom": 4}[va]
        ax.annotate(text, (1, start), xytext=(2, offset), textcoords="offset points", color=color, va=va, **OVER_LINES)
    for quantity, color in (("t1", TRAIN), ("t2", TEST)):
        steps = results.times(run.to_frame().T, quantity)
        if steps.notna().any():
            mark_time(ax, float(steps.median()), f"$t_{quantity[1]}$", color)


def from_zero(ax: Axes, results: Results, run: pd.Series, label: str = r"$\theta_0 = 0$") -> None:
    """Draw the test loss of one run's problem started at theta_0 = 0, where there is something to fit from there."""
    if run["teacher_scale"] == 0 and run["noise_std"] == 0:
        return
    curve = results.curve(run["run"], "loss_from_zero", "population").loc[1:]
    band(ax, curve, color=FROM_ZERO, linestyle="-.", linewidth=0.9)
    at = (curve.index[-1], curve.median(axis=1).iloc[-1])
    place = {"xytext": (-2, -3), "textcoords": "offset points", "ha": "right", "va": "top"}
    ax.annotate(label, at, color=FROM_ZERO, **place, **OVER_LINES)


def null_line(ax: Axes, results: Results, runs: pd.DataFrame) -> None:
    """Draw the zero function's loss E f*^2, median over runs and seeds, where there is a teacher."""
    null = results.numbers(runs, "null_loss").median()
    if null > 0:
        ax.axhline(null, color=THEORY, linewidth=0.8, linestyle=(0, (1, 1)))
        place = {"xycoords": ("axes fraction", "data"), "ha": "right", "va": "bottom"}
        ax.annotate("zero function", (0.99, null), color=THEORY, **place, **OVER_LINES)


def loss_axes(ax: Axes, eps: float) -> None:
    """Set log axes, labels and the level that defines the times."""
    ax.set(xscale="log", yscale="log", xlabel="step $t$", ylabel="loss", ylim=(1e-6, 10))
    ax.axhline(eps, color="0.6", linewidth=0.6)
    ax.annotate(f"{eps:g}", (0.01, eps), xycoords=("axes fraction", "data"), va="bottom", color="0.4", **OVER_LINES)

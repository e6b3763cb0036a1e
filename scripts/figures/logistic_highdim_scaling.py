"""Logistic regression at d = 1024 against the number of training points, with the theory of d/N, and what it costs."""

import numpy as np
import pandas as pd
from grokking.flow.theory import limit_norm, limit_tangent
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import READING_COLORS, READINGS, balanced_sizes, theory
from figures.labels import label_line, power_of_ten
from figures.logistic_highdim_figure1 import share_wrong
from figures.style import OVER_LINES, TEST, THEORY, TRAIN, band, letter, panels, shades

READS = ("runs", "curves", "theory", "provenance")
SHOWS = ("highdim-*",)

LEAST_SHARE = 1e-5  # below it lies less than a point of the smaller training sets
DASHED = {"color": THEORY, "linestyle": "--", "linewidth": 0.9}


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves, bounds, theory and provenance: against t on top, at the end and cost below."""
    figure, axes = panels(2, 3, height=2.3)
    runs = balanced_sizes(results, "mean")
    for (_, run), color in zip(runs.iterrows(), shades(len(runs)), strict=True):
        name = power_of_ten(run["size"])
        _concentrated(axes[0, 0], results, run, color, name)
        _angle(axes[0, 1], results, run, color)
        _norm(axes[0, 2], results, run, color)
    _limits(axes[0, 1], axes[0, 2], runs.iloc[-1])
    _final_errors(axes[1, 0], results, runs)
    for reduction, reading in READINGS.items():
        sizes = balanced_sizes(results, reduction)
        color = READING_COLORS[reduction]
        _final_concentrated(axes[1, 1], results, sizes, reading, color)
        _cost(axes[1, 2], results, sizes, reading, color)
    _finish(axes)
    return figure


def _angle(ax: Axes, results: Results, run: pd.Series, color) -> None:
    """Draw tan(angle) sqrt(N ||w||), which the limit has constant, measured and by theory."""
    scaled = np.tan(results.curve(run["run"], "angle")) * np.sqrt(run["size"] * results.curve(run["run"], "norm"))
    band(ax, scaled, color=color)
    norm = theory(results, run, "norm")
    ax.plot(norm.index, theory(results, run, "tan_angle") * np.sqrt(run["size"] * norm), **DASHED)


def _norm(ax: Axes, results: Results, run: pd.Series, color) -> None:
    band(ax, results.curve(run["run"], "norm"), color=color)
    ax.plot(theory(results, run, "norm"), **DASHED)


def _concentrated(ax: Axes, results: Results, run: pd.Series, color, name: str) -> None:
    curve = results.curve(run["run"], "accuracy", "concentrated")
    band(ax, curve, color=color)
    label_line(ax, curve, run["horizon"], name, color, "right")
    ax.plot(theory(results, run, "accuracy_concentrated"), **DASHED)


def _limits(angle: Axes, norm: Axes, run: pd.Series) -> None:
    """Draw the limits for N to infinity, then ||w|| >> 1."""
    constant = limit_tangent(1.0, 1, run["d"])
    angle.axhline(constant, color=THEORY, linewidth=0.7, linestyle=":")
    below = {"xytext": (0, -4), "textcoords": "offset points", "va": "top", "ha": "right"}  # the curves lie on the line
    angle.annotate(f"limit, {constant:.2f}", (run["horizon"], constant), **below, **OVER_LINES)
    steps = np.geomspace(1, run["horizon"], 50)
    norm.plot(steps, limit_norm(steps, run["eta"]), color=THEORY, linewidth=0.9, linestyle=":")
    norm.annotate("$(k t)^{1/3}$", (20, limit_norm(np.array(20.0), run["eta"])), va="bottom", ha="right", fontsize=7)


def _final_errors(ax: Axes, results: Results, runs: pd.DataFrame) -> None:
    """Draw the share wrong at the end against N; training accuracy may be 1, which has no place on the axis."""
    for split, color, at, side in (
        ("train", TRAIN, runs["size"].max(), "below left"),
        ("standard", TEST, 1e5, "above right"),
    ):
        wrong = share_wrong(_at_end(results, runs, split))
        band(ax, wrong, color=color, marker="o", markersize=3)
        label_line(ax, wrong, at, split, color, side)
        _dashed_ends(ax, results, runs, f"accuracy_{split}", _visible)


def _visible(accuracy: float) -> float:
    """Return the share wrong, NaN where the axis does not reach it."""
    return 1 - accuracy if 1 - accuracy >= LEAST_SHARE else np.nan


def _final_concentrated(ax: Axes, results: Results, runs: pd.DataFrame, reading: str, color) -> None:
    right = _at_end(results, runs, "concentrated")
    band(ax, right, reading, color=color, marker="o", markersize=3)
    _dashed_ends(ax, results, runs, "accuracy_concentrated", lambda accuracy: accuracy)


def _cost(ax: Axes, results: Results, runs: pd.DataFrame, reading: str, color) -> None:
    """Draw processor time a seed: of a run by sum loss, of the runs with and without a bias together by mean loss."""
    jobs = results.table("provenance")
    trained = jobs[jobs["stage"].isin(["train_highdim", "train_highdim_mean"])]
    costs = {}
    for _, run in runs.iterrows():
        alone = trained.loc[trained["run"] == run["run"], "cpu_s"] / run["n_seeds"]
        stream = trained.loc[trained["run"] == f"{run['experiment']}-{run['dataset']}", "cpu_s"]
        costs[run["size"]] = pd.concat([alone, stream]).mean()
    drawn = pd.Series(costs).sort_index()
    ax.plot(drawn.index, drawn, "o-", color=color, markersize=3, label=reading)


def _at_end(results: Results, runs: pd.DataFrame, split: str) -> pd.DataFrame:
    """Return final accuracies: index N, a column a seed."""
    rows = {run["size"]: results.curve(run["run"], "accuracy", split).iloc[-1] for _, run in runs.iterrows()}
    return pd.DataFrame(rows).T.sort_index()


def _dashed_ends(ax: Axes, results: Results, runs: pd.DataFrame, quantity: str, shown) -> None:
    """Draw the theory's last values, of the runs that it follows to the end."""
    predicted = {run["size"]: theory(results, run, quantity) for _, run in runs.iterrows()}
    ends = {n: shown(curve.iloc[-1]) for n, curve in predicted.items() if curve.index.max() >= runs["horizon"].min()}
    ax.plot(list(ends), list(ends.values()), **DASHED)


def _finish(axes: np.ndarray) -> None:
    labels = ["concentrated accuracy", r"$\tan\angle\,\sqrt{N\,\Vert w\Vert}$", r"$\Vert w\Vert$"]
    labels += ["share wrong at the end", "concentrated, at the end", "training, CPU s a seed"]
    for ax, label in zip(axes.flat, labels, strict=True):
        ax.set(xscale="log", xlabel="step $t$", ylabel=label)
    for ax in axes[1]:
        ax.set_xlabel("training points $N$")
    for ax in (axes[0, 2], axes[1, 0]):
        ax.set_yscale("log")
    axes[0, 1].set_ylim(bottom=0)
    axes[1, 0].set_ylim(bottom=LEAST_SHARE)
    axes[1, 2].set_ylim(bottom=0)
    for ax in axes[1, 1:]:
        ax.legend(handlelength=1.5)  # the lines cross: no place beside one is free in all results
    letter(axes)

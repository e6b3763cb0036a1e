"""Forgetting or learning: the ridge paper's late fall of the test loss beside the zero function and theta_0 = 0."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.losses import FROM_ZERO, from_zero, loss_axes, null_line, train_and_test
from figures.style import COLORS, TEST, THEORY, TRAIN, band, letter, panels

READS = ("runs", "curves", "times", "bounds")
SHOWS = (
    "below-null",
    "figure2",
    "late-learning",
    "low-dimension",
    "points-to-features",
    "teacher-norm",
    "teacher-norm-aligned",
    "teacher-norm-sparse",
)

KINDS = {"teacher-norm": "dense", "teacher-norm-sparse": "sparse", "teacher-norm-aligned": "in the data's span"}
ROOM = 1e-14  # of the level, the least loss on the axis: below the curves the legend has its place
LEVEL = "level $c$ over $E f^{*2}$"


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves, times and bounds."""
    figure, axes = panels(2, 3, height=2.3)
    (start, level, norm), (points, passing, learning) = axes
    _losses(start, results, "figure2", "figure 2")
    _levels(level, results)
    _norms(norm, results)
    _points(points, results)
    _losses(passing, results, "low-dimension", "few dimensions")
    _late_learning(learning, results)
    letter(axes)
    return figure


def _losses(ax: Axes, results: Results, experiment: str, title: str) -> None:
    run = results.first(experiment)
    train_and_test(ax, results, run)
    from_zero(ax, results, run)
    loss_axes(ax, run["eps"])
    null_line(ax, results, results.runs(experiment)[:1])
    ax.set_title(title)


def _levels(ax: Axes, results: Results) -> None:
    """t2 against the level c over the zero function's loss, from both starts."""
    null = results.numbers(results.runs("below-null"), "null_loss").median()
    for quantity, color, label in (("t2", TEST, "$t_2$"), ("t2_from_zero", FROM_ZERO, r"$t_2$ from $\theta_0 = 0$")):
        times = results.times_along("below-null", "eps", quantity)
        reached = times[times.notna().any(axis=1)]
        band(ax, reached.set_axis(reached.index / null), label=label, color=color, marker="o", markersize=3)
    predicted = _medians(results, "below-null", "eps", "t2_sharp")
    ax.plot(predicted.index / null, predicted, color=THEORY, linestyle=":", label="prediction")
    ax.axvline(1, color=THEORY, linewidth=0.8, linestyle=(0, (1, 1)))
    ax.set(xscale="log", yscale="symlog", xlabel=LEVEL, ylabel="step", ylim=(-0.5, None))
    ax.legend()


def _norms(ax: Axes, results: Results) -> None:
    """The loss at the end against the teacher's norm, with the zero function's."""
    for (experiment, kind), color in zip(KINDS.items(), (COLORS[4], COLORS[5], COLORS[7]), strict=True):
        limits = results.numbers_along(experiment, "teacher_scale", "limit_population")
        width = 3.0 if kind == "dense" else 1.2  # a sparse teacher's line lies on the dense one's
        band(ax, limits, label=kind, color=color, marker=".", linewidth=width)
    null = _medians(results, "teacher-norm", "teacher_scale", "null_loss")
    ax.plot(null.index, null, color=THEORY, linestyle=(0, (1, 1)), label="zero function")
    ax.axhline(results.first("teacher-norm")["eps"], color="0.6", linewidth=0.6)
    ax.set(xscale="log", yscale="log", xlabel=r"norm of the teacher $\|\theta^*\|$", ylabel="test loss at the end")
    ax.set_ylim(bottom=results.first("teacher-norm")["eps"] * ROOM)
    ax.legend(loc="lower right")


def _points(ax: Axes, results: Results) -> None:
    """The loss at the end over the zero function's against n/m."""
    limit, null = (results.numbers_along("points-to-features", "n", name) for name in ("limit_population", "null_loss"))
    share = limit / null
    band(
        ax,
        share.set_axis(share.index / results.first("points-to-features")["m"]),
        color=TEST,
        marker="o",
        markersize=3,
        label="measured",
    )
    ax.plot([0, 1], [1, 0], color=THEORY, linestyle=":", label="$1 - n/m$")
    ax.set(xlabel="points over features, $n/m$", ylabel="end over zero function", ylim=(0, 1))
    ax.legend()


def _late_learning(ax: Axes, results: Results) -> None:
    """t1 and t2 from theta_0 = 0 at n = m against the level, with the law of the spectrum's edge."""
    null = results.numbers(results.runs("late-learning"), "null_loss").median()
    for quantity, color, label in (("t1", TRAIN, "$t_1$"), ("t2", TEST, "$t_2$")):
        times = results.times_along("late-learning", "eps", f"{quantity}_from_zero")
        band(ax, times.set_axis(times.index / null), color=color, marker="o", markersize=3, label=label)
        law = _medians(results, "late-learning", "eps", f"{quantity}_from_zero_law")
        ax.plot(law.index / null, law, color=THEORY, linestyle=":", label="law" if quantity == "t2" else None)
    ax.set(xscale="log", yscale="log", xlabel=LEVEL, ylabel="step")
    ax.set_title(r"$n = m$, $\theta_0 = 0$")
    ax.legend()


def _medians(results: Results, experiment: str, axis: str, quantity: str) -> pd.Series:
    """Return the median over seeds of a number of the table `bounds` along a sweep, where it exists."""
    return results.numbers_along(experiment, axis, quantity).median(axis=1).dropna()

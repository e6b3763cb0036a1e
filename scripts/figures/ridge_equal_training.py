"""Runs of ridge regression with one training curve and several t2: what the data does not see of theta_0 differs."""

from judging.query import Results
from matplotlib.figure import Figure

from figures.losses import loss, loss_axes, null_line
from figures.style import TEST, THEORY, TRAIN, band, letter, panels, shades, short_number

READS = ("runs", "curves", "times", "bounds")
SHOWS = ("equal-training",)

EXPERIMENT, AXIS = "equal-training", "unseen_scale"
HIGHEST = 300  # the test loss at the start is about the square of the greatest factor


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves, times and bounds."""
    figure, axes = panels(1, 2, height=2.5)
    curves, times = axes[0]
    runs = results.sweep(EXPERIMENT, AXIS)
    for color, (_, run) in zip(shades(len(runs)), runs.iterrows(), strict=True):
        band(curves, loss(results, run["run"], "train"), color=TRAIN, linestyle="--")
        band(curves, loss(results, run["run"], "population"), color=color, label=short_number(run["at"]))
    loss_axes(curves, runs["eps"].iloc[0])
    curves.set_ylim(top=HIGHEST)
    null_line(curves, results, runs)
    curves.legend(title="unseen part times", loc="lower left", ncols=2, handlelength=1.0, columnspacing=1.0)
    for quantity, name, color in (("t2", "$t_2$", TEST), ("t1", "$t_1$", TRAIN)):
        found = results.times_along(EXPERIMENT, AXIS, quantity)
        band(times, found, color=color, label=name, marker="o", markersize=3)
    predicted = results.numbers_along(EXPERIMENT, AXIS, "t2_from_excess").median(axis=1)
    times.plot(
        predicted.index, predicted.where(predicted > 0), color=THEORY, linestyle=":", label="$t_2$ from the excess"
    )
    times.set(xscale="log", yscale="log", xlabel=r"factor on the unseen part of $\theta_0$", ylabel="step")
    times.legend()
    letter(axes)
    return figure

"""Figure 5 of the ridge paper: the surrogate accuracy P((f - f*)^2 <= eps) beside the losses."""

from judging.query import Results
from matplotlib.figure import Figure

from figures.losses import from_zero, loss_axes, null_line, train_and_test
from figures.style import COLORS, SINGLE, band, letter, panels

READS = ("runs", "curves", "times", "bounds")
SHOWS = ("figure5",)


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves, times and bounds."""
    run = results.first("figure5")
    figure, axes = panels(2, 1, width=SINGLE, height=1.9, sharex=True)
    train_and_test(axes[0, 0], results, run)
    from_zero(axes[0, 0], results, run)
    loss_axes(axes[0, 0], run["eps"])
    null_line(axes[0, 0], results, results.runs("figure5"))
    band(axes[1, 0], results.curve(run["run"], "surrogate_accuracy").loc[1:], color=COLORS[4])
    axes[1, 0].set(xlabel="step $t$", ylabel="surrogate accuracy", ylim=(0, 1))
    axes[0, 0].set_xlabel("")
    letter(axes)
    return figure

"""Figure 7 of the ridge paper: losses of random Fourier features; beside it, the teacher at amplitude 1."""

from judging.query import Results
from matplotlib.figure import Figure

from figures.losses import from_zero, loss_axes, null_line, train_and_test
from figures.style import letter, panels

READS = ("runs", "curves", "times", "bounds")
SHOWS = ("figure7",)


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves, times and bounds."""
    runs = results.sweep("figure7", "teacher_scale")
    figure, axes = panels(1, len(runs), sharey=True)
    for ax, (_, run) in zip(axes.flat, runs.iterrows(), strict=True):
        train_and_test(ax, results, run)
        from_zero(ax, results, run)
        loss_axes(ax, run["eps"])
        null_line(ax, results, run.to_frame().T)
        amplitude = run["teacher_scale"] * (2 / run["m"]) ** 0.5
        ax.set_title(f"teacher of amplitude {amplitude:.2g}")
    for ax in axes[0, 1:]:
        ax.set_ylabel("")
    letter(axes)
    return figure

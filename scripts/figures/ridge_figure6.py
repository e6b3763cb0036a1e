"""Figure 6 of the ridge paper: losses under label noise, at one level (left) and over several (right)."""

from judging.query import Results
from matplotlib.figure import Figure

from figures.losses import from_zero, loss, loss_axes, null_line, train_and_test
from figures.style import band, letter, panels, shades, short_number

READS = ("runs", "curves", "times", "bounds")
SHOWS = ("figure6", "figure6-zero-teacher")

ROWS = {"figure6": "one neuron as teacher", "figure6-zero-teacher": "zero teacher"}


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves, times and bounds."""
    figure, axes = panels(2, 2, sharex=True, sharey=True)
    for (left, right), (name, title) in zip(axes, ROWS.items(), strict=True):
        runs, base = results.sweep(name, "noise_std"), results.first(name)
        train_and_test(left, results, base)
        from_zero(left, results, base)
        loss_axes(left, base["eps"])
        for color, (_, run) in zip(shades(len(runs)), runs.iterrows(), strict=True):
            band(right, loss(results, run["run"], "population"), label=short_number(run["at"]), color=color)
        loss_axes(right, base["eps"])
        for ax in (left, right):
            null_line(ax, results, runs)
        right.legend(title="noise std", loc="lower left")
        left.set_ylabel(f"loss, {title}")
        right.set_ylabel("test loss")
    for ax in axes[0]:
        ax.set_xlabel("")
    letter(axes)
    return figure

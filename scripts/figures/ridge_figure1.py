"""Figure 1 of the ridge paper: losses with a zero teacher, ridge regression on two maps and two-layer networks."""

from judging.query import Results
from matplotlib.figure import Figure

from figures.losses import loss_axes, train_and_test
from figures.style import letter, panels

READS = ("runs", "curves", "times")
SHOWS = ("figure1-left", "figure1-left-relu", "figure1-right")

PANELS = {
    "figure1-left": "identity features",
    "figure1-left-relu": "random ReLU features",
    "figure1-right": "two-layer ReLU network",
}


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and times."""
    figure, axes = panels(1, 3, height=2.4, sharey=True)
    for ax, (name, title) in zip(axes.flat, PANELS.items(), strict=True):
        run = results.first(name)
        train_and_test(ax, results, run)
        loss_axes(ax, run["eps"])
        ax.set_title(title)
    for ax in axes[0, 1:]:
        ax.set_ylabel("")
    letter(axes)
    return figure

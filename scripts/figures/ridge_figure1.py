"""Figure 1 of the ridge paper: losses with a zero teacher, ridge regression (left) and two-layer networks (right)."""

from judging.query import Results
from matplotlib.figure import Figure

from figures.losses import loss_axes, train_and_test
from figures.style import letter, panels

PANELS = {"figure1-left": "ridge regression", "figure1-right": "two-layer ReLU network"}


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and times."""
    figure, axes = panels(1, 2, height=2.5, sharey=True)
    for ax, (name, title) in zip(axes.flat, PANELS.items(), strict=True):
        run = results.first(name)
        train_and_test(ax, results, run)
        loss_axes(ax, run["eps"])
        ax.set_title(title)
    axes[0, 1].set_ylabel("")
    letter(axes)
    return figure

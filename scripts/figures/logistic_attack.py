"""Accuracy under attack, exact and by PGD in two precisions, and the points at which PGD sees no gradient."""

from judging.query import Results
from matplotlib.figure import Figure

from figures.accuracies import paired, time_axes
from figures.logistic_figure1 import ATTACKS, EXPERIMENT
from figures.style import COLORS, TEST, band, letter, panels

MASKED = {"masked_float32": ("float32", TEST), "masked_float64": ("float64", COLORS[1])}


def draw(results: Results) -> Figure:
    """Draw from the tables runs and curves: a row with and a row without a bias."""
    runs = results.runs(EXPERIMENT)
    figure, axes = panels(len(runs), 2, height=2.0, sharex=True, sharey="col")
    for (left, right), (_, run) in zip(axes, runs.iterrows(), strict=True):
        for ax, curves in ((left, ATTACKS), (right, MASKED)):
            for quantity, (label, color) in curves.items():
                band(ax, paired(results, run["run"], quantity, "standard"), label=label, color=color)
        left.set_ylabel(f"accuracy, {'with' if run['bias'] else 'without'} bias")
        right.set_ylabel("share masked")
    for ax in axes[0]:
        ax.legend(loc="upper left")
    time_axes(axes)
    letter(axes)
    return figure

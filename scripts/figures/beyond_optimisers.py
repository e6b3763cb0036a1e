"""Beyond the papers: momentum, adaptive steps, steps of a given length and mini-batches, with their delays."""

from judging.query import Results
from matplotlib.figure import Figure

from figures.style import letter, panels

READS = ("runs", "curves", "times", "bounds")
SHOWS = ("rule-*",)


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves, times and bounds; experiments that are not there are left out."""
    figure, axes = panels(2, 2, height=2.3)
    letter(axes)
    return figure

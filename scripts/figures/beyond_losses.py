"""Beyond the papers: other losses, where the bias stops under them and when it is outgrown."""

from judging.query import Results
from matplotlib.figure import Figure

from figures.style import letter, panels

READS = ("runs", "curves", "times", "bounds")
SHOWS = ("loss-*",)


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves, times and bounds; experiments that are not there are left out."""
    figure, axes = panels(2, 2, height=2.3)
    letter(axes)
    return figure

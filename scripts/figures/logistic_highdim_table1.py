"""Table 1 of the logistic paper at d = 1024: its times beside ours, under both readings of the loss and over N."""

from judging.query import Results
from matplotlib.figure import Figure

from figures.style import panels


def draw(results: Results) -> Figure:
    """Draw from the tables runs and times."""
    figure, _ = panels(1, 1)
    return figure

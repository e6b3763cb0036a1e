"""Figure 4 of the ridge paper: t1 and t2 of two-layer ReLU networks over four sweeps, with three predictions."""

from judging.query import Results
from matplotlib.figure import Figure

from figures.style import THEORY
from figures.sweeps_of_times import DASHED_T1, DASHED_T2, DOTTED, Theory, draw_times

READS = ("runs", "times", "bounds")
SHOWS = ("figure4",)

THEORIES = [
    Theory("t2_homogeneous", "$t_2$ from $t_1$ by homogeneity", DOTTED),
    Theory("t2_linear", "$t_2$, linear theory", DASHED_T2),
    Theory("t1_linear", "$t_1$, linear theory", DASHED_T1 | {"color": THEORY}),  # t1 itself lies under it,
]


def draw(results: Results) -> Figure:
    """Draw from the tables runs, times and bounds."""
    return draw_times(results, "figure4", THEORIES, ("m", "neurons $m$"))

"""Figure 2 of the ridge paper: t1 and t2 over four sweeps, with the bounds (8) and our sharp prediction of t2."""

from judging.query import Results
from matplotlib.figure import Figure

from figures.sweeps_of_times import DASHED_T1, DASHED_T2, DOTTED, Theory, draw_times

THEORIES = [
    Theory("t2_sharp", "$t_2$, sharp prediction", DOTTED),
    Theory("t2_lower", "lower bound (8) on $t_2$", DASHED_T2, "eq. (8), t2"),
    Theory("t1_upper", "upper bound (8) on $t_1$", DASHED_T1, "eq. (8), t1"),
]


def draw(results: Results) -> Figure:
    """Draw from the tables runs, times and bounds."""
    return draw_times(results, "figure2", THEORIES, ("data", "features $m$"))

"""Figure 2 of the ridge paper: t1 and t2 over four sweeps, with its bounds and predictions without free parameters."""

from judging.query import Results
from matplotlib.figure import Figure

from figures.sweeps_of_times import DASHDOTTED_T1, DASHDOTTED_T2, DASHED_T1, DASHED_T2, DOTTED, Theory, draw_times

READS = ("runs", "times", "bounds")
SHOWS = ("figure2",)

THEORIES = [
    Theory("t2_sharp", "$t_2$, sharp prediction", DOTTED),
    Theory("t1_spectrum", "$t_1$, Marchenko-Pastur", DOTTED),
    Theory("t2_lower", "Theorem 4.5 on $t_2$", DASHDOTTED_T2, "Theorem 4.5"),
    Theory("t2_lower", "(8) on $t_2$", DASHED_T2, "eq. (8), t2"),
    Theory("t1_upper", "Theorem 4.4 on $t_1$", DASHDOTTED_T1, "Theorem 4.4"),
    Theory("t1_upper", "(8) on $t_1$", DASHED_T1, "eq. (8), t1"),
]


def draw(results: Results) -> Figure:
    """Draw from the tables runs, times and bounds."""
    return draw_times(results, "figure2", THEORIES, ("data", "features $m$"))

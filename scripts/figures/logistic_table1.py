"""Table 1 (d = 2) of the logistic paper: its times beside ours, one dot a seed."""

import numpy as np
from judging.query import Results
from judging.registry import median
from matplotlib.figure import Figure

from figures.logistic_figure1 import EXPERIMENT
from figures.style import DOUBLE, PAPER, TEST, TRAIN, panels

ROWS = [  # quantity, eps, the paper's numbers, label
    ("T_tr", 0.0, (5e5, 4e2), r"$T_{tr}(0)$"),
    ("T_te_standard", 0.0, (2e6,), r"$T_{te}(0)$, standard"),
    ("T_te_concentrated", 0.0, (7e6,), r"$T_{te}(0)$, concentrated"),
    ("T_tr", 0.001, (1e1,), r"$T_{tr}(0.001)$"),
    ("T_te_concentrated", 0.001, (1e6,), r"$T_{te}(0.001)$, concentrated"),
]


def draw(results: Results) -> Figure:
    """Draw from the tables runs and times; a time not reached lies beyond the horizon, at the right edge."""
    run = results.first(EXPERIMENT)
    figure, axes = panels(1, 1, width=DOUBLE, height=2.4)
    ax, edge = axes[0, 0], 2.0 * run["horizon"]
    for y, (quantity, eps, paper, _) in enumerate(ROWS):
        steps = results.times(results.runs(EXPERIMENT)[:1], quantity, eps, unreached=np.inf).to_numpy()
        color = TRAIN if quantity == "T_tr" else TEST
        middle = median(steps)
        heights = y + np.linspace(-0.25, 0.25, len(steps))  # so that dots at the same step are told apart
        ax.plot(np.minimum(steps, edge), heights, ".", color=color, markersize=3, alpha=0.5)
        low, high = (min(end, edge) for end in (middle.ci_low, middle.ci_high))
        ax.plot([low, high], [y, y], color=color, linewidth=1.5)
        (dot,) = ax.plot(min(middle.value, edge), y, "o", color=color, markersize=6)
        (diamond,) = ax.plot(paper, [y] * len(paper), "D", color=PAPER, markersize=5)
    ax.axvline(run["horizon"], color="0.7", linewidth=0.6)
    ax.annotate("not reached", (1.1 * run["horizon"], -0.55), color="0.4", fontsize=7, va="top")
    ax.set(xscale="log", xlabel="step $t$", yticks=range(len(ROWS)), yticklabels=[label for *_, label in ROWS])
    ax.set_ylim(len(ROWS) - 0.5, -0.6)
    figure.legend([diamond, dot], ["paper", "median over seeds, 95 % interval"], loc="outside upper center", ncols=2)
    return figure

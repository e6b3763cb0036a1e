"""t1 and t2 over four sweeps, beside bounds or predictions, as figures 2 and 4 of the ridge paper show them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from judging.query import Results
from matplotlib.figure import Figure

from figures.style import TEST, THEORY, TRAIN, band, letter, panels, ticks_at

AXES = [
    ("weight_decay", r"weight decay $\lambda$"),
    ("n", "training points $n$"),
    ("nu2", r"initialisation variance $\nu^2$"),
]
TIMES = {"t2": ("$t_2$", TEST), "t1": ("$t_1$", TRAIN)}
TWO_DECADES = 99.9
MOST_COLUMNS = 5
DOTTED = {"color": THEORY, "linestyle": ":", "linewidth": 1.4}
DASHED_T1 = {"color": TRAIN, "linestyle": "--", "linewidth": 0.9}
DASHDOTTED_T1 = {"color": TRAIN, "linestyle": "-.", "linewidth": 0.9}
DASHDOTTED_T2 = {"color": TEST, "linestyle": "-.", "linewidth": 0.9}
DASHED_T2 = {"color": TEST, "linestyle": "--", "linewidth": 0.9}


@dataclass(frozen=True)
class Theory:
    """One bound or prediction: which rows of the table `bounds`, its name in the legend and its line."""

    quantity: str
    label: str
    line: dict
    equation: str | None = None


def draw_times(results: Results, experiment: str, theories: Sequence[Theory], width: tuple[str, str]) -> Figure:
    """Draw an experiment's sweeps from the tables runs, times and bounds; `width` is the axis of m and its label."""
    drawn, axes = panels(1, 4, height=2.4, sharey=True)
    for ax, (axis, label) in zip(axes.flat, [*AXES[:2], width, *AXES[2:]], strict=True):
        for quantity, (name, color) in TIMES.items():
            values = results.times_along(experiment, axis, quantity)
            band(ax, values, label=name, color=color, marker="o", markersize=3)
        for theory in theories:
            predicted = _along(results, experiment, axis, theory)
            ax.plot(predicted.index, predicted.where(predicted > 0), label=theory.label, **theory.line)
        ax.set(xscale="log", yscale="log", xlabel=label)
        if values.index.max() < TWO_DECADES * values.index.min():  # powers of ten alone would say too little
            ticks_at(ax.xaxis, values.index)
    axes[0, 0].set_ylabel("step")
    axes[0, 0].set_ylim(bottom=10 ** np.floor(np.log10(axes[0, 0].get_ylim()[0])))
    handles, names = axes[0, 0].get_legend_handles_labels()
    drawn.legend(handles, names, loc="outside upper center", ncols=min(len(names), MOST_COLUMNS))
    letter(axes)
    return drawn


def _along(results: Results, experiment: str, axis: str, theory: Theory) -> pd.Series:
    """Median over seeds of a bound or prediction along a sweep."""
    swept = results.sweep(experiment, axis)
    medians = results.numbers(swept, theory.quantity, theory.equation).groupby("run").median()
    return swept.assign(median=medians.reindex(swept["run"]).to_numpy()).set_index("at")["median"].dropna()

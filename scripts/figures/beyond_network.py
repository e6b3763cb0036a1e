"""Beyond the papers: the output bias of two-layer networks, when they generalise, and their accuracy under attack."""

import numpy as np
import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import balance, runs_if_any, shared_legend, time_axes
from figures.style import COLORS, THEORY, band, letter, name_row, panels

READS = ("runs", "curves", "bounds")
SHOWS = ("network-64-*", "network-512-*")

WIDTHS = (64, 512)
SHOWN_BIAS = (-0.6, 1.4)
"""Without support vectors a few seeds go further."""
FARTHEST = 20
"""Times up to this many horizons are shown."""
DATA = ("plain", "support", "classes")
LAW = {"color": THEORY, "linestyle": "--", "linewidth": 0.9}
LINEAR = {"color": THEORY, "linestyle": ":", "linewidth": 1.0}
UNDER_ATTACK = {
    "adversarial_exact": ("exact attack", {"color": COLORS[4], "linewidth": 2.0}),
    "adversarial_pgd_float32": ("PGD in float32", {"color": THEORY}),
}


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and bounds: a row a width."""
    rows = {m: runs for m in WIDTHS if len(runs := _runs(results, m))}
    figure, axes = panels(len(rows), 3, height=2.1, sharex="row")
    for row, (m, runs) in zip(axes, rows.items(), strict=True):
        for _, run in runs.iterrows():
            _draw_run(row, results, run)
        _attack(row[2], results, runs)
        row[0].set_ylabel("output bias $b$")
        name_row(row[0], f"$m$ = {m}")
        row[1].set_ylabel("concentrated accuracy")
        row[2].set_ylabel("accuracy under attack")
        row[0].set_ylim(*SHOWN_BIAS)
        row[1].set_ylim(0.45, 1.02)
    time_axes(axes)
    sets = {_label(run): {"color": _color(run)} for _, run in next(iter(rows.values())).iterrows()}
    lines = {"at rest at this slope": LAW, "linear classifier": LINEAR} | dict(UNDER_ATTACK.values())
    shared_legend(figure, axes[0, 0], sets | lines, ncols=4)
    letter(axes)
    return figure


def _runs(results: Results, m: int) -> pd.DataFrame:
    """Return the runs of a width: nothing planted, support vectors in equal and unequal numbers, unequal classes."""
    return pd.concat([runs_if_any(results, f"network-{m}-{data}") for data in DATA])


def _draw_run(row: list[Axes], results: Results, run: pd.Series) -> None:
    """Draw bias and accuracy, the predicted bias, and when it is predicted to be within the margin."""
    color = _color(run)
    band(row[0], results.curve(run["run"], "bias"), color=color)
    predicted = results.curve(run["run"], "predicted_bias").median(axis=1)
    row[0].plot(predicted.index, predicted, **LAW)
    band(row[1], results.curve(run["run"], "accuracy", "concentrated"), color=color)
    for quantity, line in (("predicted_T_te_geometric", LAW), ("linear_T_te_geometric", LINEAR)):
        time = results.numbers(run.to_frame().T, quantity).median()
        if np.isfinite(time) and time <= FARTHEST * run["horizon"]:
            row[1].axvline(time, **line | {"color": color})


def _color(run: pd.Series) -> tuple:
    planted, equal = run["s_pos"] > 0, run["s_pos"] == run["s_neg"] and run["n_pos"] == run["n_neg"]
    return COLORS[{(False, True): 0, (True, True): 2, (True, False): 1, (False, False): 3}[planted, equal]]


def _label(run: pd.Series) -> str:
    if run["s_pos"]:
        return f"$S_+/S_-$ = {balance(run)}"
    return f"{run['n_pos']:.0f}/{run['n_neg']:.0f} points"


def _attack(ax: Axes, results: Results, runs: pd.DataFrame) -> None:
    """Draw the accuracies under attack where support vectors are planted, or on what there is."""
    planted = runs[runs["s_pos"] > 0]
    run = (planted if len(planted) else runs).iloc[0]
    for quantity, (_, line) in UNDER_ATTACK.items():
        band(ax, results.curve(run["run"], quantity, "standard"), **line)
    ax.set_title(_label(run), loc="right", fontsize=7)

"""Our figure: measured times of generalisation of all runs and seeds against two predictions, nothing fitted."""

import numpy as np
import pandas as pd
from judging.delta_fits import delta_runs
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import THEORY, letter, panels, shades

MARKERS = {"delta e400": "o", "delta product": "^"}
PANELS = [  # quantity, prediction, title
    ("T_te_concentrated_last", "T_te_model", "last crossing"),
    ("T_te_concentrated", "T_te_model", "first crossing, the paper's"),
    ("T_te_concentrated_last", "T_te_theorem", "last crossing"),
]
LABELS = {"T_te_model": "reduced model, step", "T_te_theorem": "Theorem 4.6, step"}


def draw(tables: dict[str, pd.DataFrame]) -> Figure:
    """Draw from the tables runs and times."""
    figure, axes = panels(1, 3, height=2.8, sharey=True)
    runs = delta_runs(tables["runs"]).set_index("run")["figure"]
    times = tables["times"].join(runs, on="run", how="inner").astype({"step": float})
    levels = sorted(times.loc[times["quantity"] == "T_te_model", "eps"].unique())
    for ax, (quantity, model, title) in zip(axes[0], PANELS, strict=True):
        for color, eps in zip(shades(len(levels)), levels, strict=True):
            _scatter(ax, times[times["eps"] == eps], quantity, model, color, f"{eps:g}")
        _diagonal(ax)
        ax.set_title(title, loc="right")
        ax.set(xscale="log", yscale="log", xlabel=LABELS[model])
    axes[0, 0].set_ylabel(r"measured $T_\mathrm{te}(\varepsilon)$, step")
    _legend(figure, axes[0, 0], levels)
    letter(axes)
    return figure


def _scatter(ax: Axes, times: pd.DataFrame, quantity: str, model: str, color, label: str) -> None:
    for name, marker in MARKERS.items():
        one = times[times["figure"] == name]
        measured, predicted = (
            one[one["quantity"] == which].set_index(["run", "seed"])["step"] for which in (quantity, model)
        )
        ax.plot(
            predicted.reindex(measured.index), measured, marker, color=color, markersize=2, alpha=0.6, markeredgewidth=0
        )


def _diagonal(ax: Axes) -> None:
    """Draw equality, and a factor of 2 to either side."""
    ends = np.array(ax.dataLim.intervalx)
    for factor, width in ((1, 0.9), (2, 0.5), (0.5, 0.5)):
        ax.plot(ends, factor * ends, color=THEORY, linestyle="--", linewidth=width, zorder=0)


def _legend(figure: Figure, ax: Axes, levels: list[float]) -> None:
    colors = shades(len(levels))
    handles = [ax.plot([], [], "o", color=color, markersize=3)[0] for color in colors]
    names = [rf"$\varepsilon = {eps:g}$" for eps in levels]
    handles += [ax.plot([], [], marker, color=THEORY, markersize=3)[0] for marker in MARKERS.values()]
    names += ["$S_+ + S_-$ fixed", "$S_+ S_-$ fixed"]
    handles.append(ax.plot([], [], color=THEORY, linestyle="--", linewidth=0.9)[0])
    names.append("equal, and a factor of 2")
    figure.legend(handles, names, loc="outside upper center", ncols=len(names) // 2)

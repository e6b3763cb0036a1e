"""Our figure: measured times of generalisation of all runs and seeds against two predictions, nothing fitted."""

import numpy as np
from judging.fits import imbalanced, model_levels
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import THEORY, letter, panels, shades

MARKERS = {"delta-e400": "o", "delta-product": "^"}
PANELS = [  # quantity, prediction, title
    ("T_te_concentrated_last", "T_te_model", "last crossing"),
    ("T_te_concentrated", "T_te_model", "first crossing, the paper's"),
    ("T_te_concentrated_last", "T_te_theorem", "last crossing"),
]
LABELS = {"T_te_model": "reduced model, step", "T_te_theorem": "Theorem 4.6, step"}


def draw(results: Results) -> Figure:
    """Draw from the tables runs and times."""
    figure, axes = panels(1, 3, height=2.8, sharey=True)
    levels = model_levels(results, *MARKERS)
    for ax, (quantity, model, title) in zip(axes[0], PANELS, strict=True):
        for color, eps in zip(shades(len(levels)), levels, strict=True):
            _scatter(ax, results, (quantity, model), eps, color)
        _diagonal(ax)
        ax.set_title(title, loc="right")
        ax.set(xscale="log", yscale="log", xlabel=LABELS[model])
    axes[0, 0].set_ylabel(r"measured $T_\mathrm{te}(\varepsilon)$, step")
    _legend(figure, axes[0, 0], levels)
    letter(axes)
    return figure


def _scatter(ax: Axes, results: Results, quantities: tuple[str, str], eps: float, color) -> None:
    for experiment, marker in MARKERS.items():
        runs = imbalanced(results.runs(experiment))
        measured, predicted = (results.times(runs, quantity, eps) for quantity in quantities)
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

"""Our figure: the time of generalisation against delta, measured, modelled and as Theorem 4.6 has it."""

import numpy as np
import pandas as pd
from grokking.logistic.theory import kappa
from judging.fits import COUNTS, SUPPORT, model_levels, times_on_delta
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import COLORS, OVER_LINES, PAPER, THEORY, band, label_end, letter, panels, shades

SWEEPS = {"delta-e400": "$S_+ + S_-$ fixed", "delta-product": "$S_+ S_-$ fixed"}
CONTROL = "delta-e400-no-bias"
MEASURED = "T_te_concentrated_last"
CLOSE = 0.8  # labels of times in a ratio nearer to 1 would overlap


def draw(results: Results) -> Figure:
    """Draw from the tables runs, times, bounds and fits."""
    figure, axes = panels(1, 3, height=2.9)
    levels = model_levels(results, *SWEEPS, CONTROL)
    for ax, (name, title) in zip(axes[0], SWEEPS.items(), strict=False):
        ends = [_times(ax, results, name, eps, color) for color, eps in zip(shades(len(levels)), levels, strict=True)]
        _label_ends(ax, ends, levels)
        ax.set_title(title, loc="right")
        ax.set(xlabel=r"$|\log\,\delta|$ from counts", yscale="log")
    axes[0, 1].sharey(axes[0, 0])
    control = times_on_delta(results, CONTROL, MEASURED, levels[0])
    band(axes[0, 0], control, color=COLORS[7], marker="s", markersize=3, linewidth=0)
    text = rf"squares: no bias, $\varepsilon = {levels[0]:g}$"
    place = {"xy": (0.99, 0.02), "xycoords": "axes fraction", "ha": "right", "va": "bottom"}
    axes[0, 0].annotate(text, color=COLORS[7], **place, **OVER_LINES)
    axes[0, 0].set_ylabel(r"$T_\mathrm{te}(\varepsilon)$, last crossing, step")
    _slopes(axes[0, 2], results, levels)
    _legend(figure, axes[0, 0])
    letter(axes)
    return figure


def _times(ax: Axes, results: Results, experiment: str, eps: float, color) -> tuple[float, float, object]:
    """Draw medians and bands over seeds, the model, and the theorem's line through the measured mean.

    Returns where the measured times end, and their colour.
    """
    measured, model = (times_on_delta(results, experiment, quantity, eps) for quantity in (MEASURED, "T_te_model"))
    band(ax, measured, color=color, marker="o", markersize=2.5, linewidth=0)
    ax.plot(model.index, model.median(axis=1), color=color, linestyle="--", linewidth=0.9)
    slope = 1 / kappa(eps, results.first(experiment)["alpha"])
    middle = np.nanmean(np.log(measured.to_numpy()))
    line = np.exp(middle + slope * (measured.index - measured.index.to_numpy().mean()))
    ax.plot(measured.index, line, color=color, linestyle=":", linewidth=1.0)
    return measured.index[-1], measured.median(axis=1).iloc[-1], color


def _label_ends(ax: Axes, ends: list[tuple[float, float, object]], levels: list[float]) -> None:
    """Write each eps beside its times, those that would overlap together."""
    groups: list[list[int]] = []
    for index, (_, y, _) in enumerate(ends):
        if groups and y > CLOSE * ends[groups[-1][0]][1]:
            groups[-1].append(index)
        else:
            groups.append([index])
    for group in groups:
        label_end(ax, *ends[group[0]][:2], _eps(levels, group), ends[group[0]][2])


def _eps(levels: list[float], group: list[int]) -> str:
    """Return the levels of a group, with their symbol where it is the first."""
    text = ", ".join(f"{levels[index]:g}" for index in group)
    return rf"$\varepsilon$ = {text}" if 0 in group else text


def _slopes(ax: Axes, results: Results, levels: list[float]) -> None:
    """Draw the slope of ln T_te on |log delta| at each eps with its interval: measured, model, theorem, control."""
    place = np.arange(len(levels))
    for name, color, offset in zip([*SWEEPS, CONTROL], (COLORS[0], COLORS[1], COLORS[7]), (-0.1, 0.1, 0), strict=True):
        measured = _fitted(results, name, MEASURED, levels)
        error = np.abs(measured[["ci_low", "ci_high"]].to_numpy().T - measured["slope"].to_numpy())
        text = SWEEPS.get(name, "no bias")
        ax.errorbar(place + offset, measured["slope"], error, color=color, fmt="o", markersize=3, capsize=2, label=text)
        if name in SWEEPS:
            model = _fitted(results, name, "T_te_model", levels)
            ax.plot(place, model["slope"], color=color, linestyle="--", linewidth=0.9)
    theorem = 1 / kappa(np.array(levels), results.first(CONTROL)["alpha"])
    ax.plot(place, theorem, color=PAPER, linestyle=":", marker="D", markersize=3, label="Theorem 4.6")
    ax.axhline(0, color="0.8", linewidth=0.5, zorder=0)
    ax.set_xticks(place, [f"{eps:g}" for eps in levels])
    ax.set(xlabel=r"$\varepsilon$", ylabel=r"slope of $\ln T_\mathrm{te}$ on $|\log\,\delta|$")
    ax.set_ylim(-0.5, 4.2)
    ax.legend(loc="upper left", ncols=2, handlelength=1.0, handletextpad=0.4, columnspacing=0.7, borderaxespad=0)


def _fitted(results: Results, experiment: str, quantity: str, levels: list[float]) -> pd.DataFrame:
    return results.fits(experiment, SUPPORT, quantity, x=COUNTS).set_index("eps").reindex(levels)


def _legend(figure: Figure, ax: Axes) -> None:
    handles = [
        ax.plot([], [], color=THEORY, marker="o", markersize=2.5, linewidth=0)[0],
        ax.plot([], [], color=THEORY, linestyle="--", linewidth=0.9)[0],
        ax.plot([], [], color=THEORY, linestyle=":", linewidth=1.0)[0],
    ]
    names = ["measured", "reduced model, nothing fitted", "slope of Theorem 4.6 through the measured mean"]
    figure.legend(handles, names, loc="outside upper center", ncols=len(names))

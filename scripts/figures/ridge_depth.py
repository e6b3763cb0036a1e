"""Beyond the ridge paper: networks of several depths, and ridge regression under other optimisers."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from figures.style import COLORS, THEORY, label_end, letter, panels, shades

READS = ("runs", "curves", "times")
SHOWS = ("depth-*", "optimiser-*")

DEPTHS = (1, 2, 3, 4)
SHADES = dict(zip(DEPTHS, shades(len(DEPTHS)), strict=True))
LINES = {"linear": "--", "relu": "-"}
NAMES = {
    "gradient-descent": "gradient descent",
    "heavy-ball": "momentum, L2",
    "nesterov": "Nesterov, L2",
    "sgdw": "SGDW",
    "adam": "Adam, L2",
    "adamw": "AdamW",
}
MARKERS = dict(zip(NAMES, "o<>xsD", strict=True))
SIZES = dict(zip(NAMES, (7, 5, 5, 4, 4, 4), strict=True))  # gradient descent, SGDW and AdamW lie on each other
SCALED = {"nu2": ("all layers scaled", "o"), "nu2_first": ("first layer alone", "s")}
APART = {"linear": -0.08, "relu": 0.08}  # so that neither hides the other


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves, times and bounds; experiments that are not there are left out."""
    figure, axes = panels(2, 2, height=2.3)
    _losses(axes[0, 0], results)
    _weight_decay(axes[0, 1], results)
    _initialisation(axes[1, 0], results)
    _optimisers(axes[1, 1], results)
    letter(axes)
    return figure


def _first_runs(results: Results, model: str) -> Iterator[pd.Series]:
    """Yield the first run of each experiment of a model."""
    runs = results.table("runs")
    yield from (run for _, run in runs[(runs["model"] == model) & runs["axis"].isna()].iterrows())


def _losses(ax: Axes, results: Results) -> None:
    """Draw the median test loss over eta lambda t, up to t2, and the slope of decay alone."""
    for run in _first_runs(results, "depth"):
        rate = run["eta"] * run["weight_decay"]
        depth, t2 = int(run["layers"]), results.times(results.runs(run["experiment"])[:1], "t2").median()
        curve = results.curve(run["run"], "loss", "population").median(axis=1)
        curve = pd.concat([curve[curve.index < t2], pd.Series({t2: run["eps"]})])
        x = rate * curve.index.to_numpy(float)
        ax.plot(x, curve, color=SHADES[depth], linestyle=LINES[run["activation"]], linewidth=1.0)
        if run["activation"] == "linear":
            start = np.log(run["eps"]) + 2 * depth * x[-1]
            ax.plot([0, x[-1]], np.exp([start, np.log(run["eps"])]), color=THEORY, linestyle=":", linewidth=0.8)
    ax.plot([], [], color=THEORY, linestyle=":", label=r"$(1-\eta\lambda)^{2Dt}$")
    for activation, line in LINES.items():
        ax.plot([], [], color="0.4", linestyle=line, label={"linear": "linear", "relu": "ReLU"}[activation])
    ax.set(yscale="log", xlabel=r"$\eta\lambda t$", ylabel="test loss $L$")
    ax.xaxis.set_major_locator(MultipleLocator(0.5))
    ax.legend()


def _weight_decay(ax: Axes, results: Results) -> None:
    """Draw t2 in units of 1 / (eta lambda) over eta lambda: flat where t2 goes as 1 / lambda."""
    for run in _first_runs(results, "depth"):
        median, depth = _decay_times(results, run), int(run["layers"])
        ax.plot(median, color=SHADES[depth], linestyle=LINES[run["activation"]], marker="o", markersize=3)
        if run["activation"] == "relu" or depth == 1:
            label_end(ax, median.index[-1], median.iloc[-1], f"$D = {depth}$", SHADES[depth])
    ax.set(xscale="log", ylim=(0, None), xlabel=r"$\eta\lambda$", ylabel=r"$\eta\lambda t_2$")


def _initialisation(ax: Axes, results: Results) -> None:
    """Draw the slope of t2 on ln nu^2, times 2 eta lambda, over the depth: all layers scaled, or the first alone."""
    for run in _first_runs(results, "depth"):
        depth, kind = int(run["layers"]), run["activation"]
        for axis in [axis for axis in SCALED if axis in results.axes(run["experiment"])]:
            times = results.times_along(run["experiment"], axis, "t2")
            slopes = np.polyfit(np.log(times.index.to_numpy(float)), times.to_numpy(), 1)[0]
            height = 2 * run["eta"] * run["weight_decay"] * np.median(slopes)
            face = "white" if kind == "linear" else SHADES[depth]
            style = {"color": SHADES[depth], "markerfacecolor": face, "markersize": 5}
            ax.plot(depth + APART[kind], height, SCALED[axis][1], **style)
    for label, marker in SCALED.values():
        ax.plot([], [], marker, color="0.4", markersize=5, label=label)
    ax.axhline(1, color=THEORY, linestyle=":", linewidth=0.8)
    ax.plot(DEPTHS, [1 / depth for depth in DEPTHS], color=THEORY, linestyle=":", linewidth=0.8, label="1 and $1/D$")
    ax.set(xlabel="depth $D$", ylabel=r"$2\eta\lambda\,\partial t_2/\partial\ln\nu^2$", xticks=DEPTHS, ylim=(0, 1.15))
    ax.legend()


def _optimisers(ax: Axes, results: Results) -> None:
    """Draw t2 in units of 1 / (eta lambda) over eta lambda for every optimiser."""
    colors = dict(zip(NAMES, COLORS, strict=False))
    for run in _first_runs(results, "optimiser"):
        name = run["optimiser"]
        style = {"marker": MARKERS[name], "markersize": SIZES[name], "markerfacecolor": "none", "linewidth": 0.9}
        ax.plot(_decay_times(results, run), color=colors[name], label=NAMES[name], **style)
    ax.set(xscale="log", yscale="log", xlabel=r"$\eta\lambda$", ylabel=r"$\eta\lambda t_2$")
    ax.legend()


def _decay_times(results: Results, run: pd.Series) -> pd.Series:
    """Return the median of eta lambda t2 along the sweep of weight decay (index: eta lambda)."""
    median = results.times_along(run["experiment"], "weight_decay", "t2").median(axis=1)
    rates = run["eta"] * median.index.to_numpy(float)
    return pd.Series(median.to_numpy() * rates, index=rates)

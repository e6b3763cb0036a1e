"""Beyond the papers: label noise. Where w stops, and what becomes of late generalisation."""

import numpy as np
import pandas as pd
import seaborn as sns
from judging.query import NotInResultsError, Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import COLORS, OVER_LINES, THEORY, band, letter, panels, shades, ticks_at

READS = ("runs", "curves", "bounds")
SHOWS = ("noise-overlap", "noise-plain", "noise-support")

FOLLOWED = "noise-support"
SETS = {"noise-plain": ("plain", COLORS[0], "o"), FOLLOWED: (None, COLORS[3], "s")}
ACCURACY, PREDICTED = "final_concentrated_accuracy", "accuracy_predicted"


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and bounds."""
    figure, axes = panels(2, 3, height=2.2)
    pair = _followed_pair(results)
    _curves(axes[0, 0], results, pair, ("accuracy", "concentrated"))
    axes[0, 0].set(ylabel="concentrated accuracy", ylim=(0.45, 1.02))
    _curves(axes[0, 1], results, pair, ("norm", "train"))
    axes[0, 1].set(yscale="log", ylabel=r"$\|w\|$")
    _stopped(axes[0, 2], results, pair)
    for ax, quantity, title in ((axes[1, 0], ACCURACY, "measured"), (axes[1, 1], PREDICTED, "predicted")):
        _phases(ax, results, quantity)
        ax.set_title(title, loc="right", fontsize=7)
    _overlap(axes[1, 2], results)
    letter(axes)
    return figure


def _followed_pair(results: Results) -> tuple[float, float]:
    """Return (S+, S-) of the imbalance that is followed: 400/300, or the last one where there is none."""
    runs = results.runs(FOLLOWED)
    pairs = list(zip(runs["s_pos"], runs["s_neg"], strict=True))
    return (400.0, 300.0) if (400.0, 300.0) in pairs else pairs[-1]


def _runs_of(results: Results, experiment: str, pair: tuple[float, float] | None) -> pd.DataFrame:
    """Return the runs of an experiment, those with this (S+, S-) if there is a choice, by number of wrong labels."""
    runs = results.runs(experiment)
    if pair is not None:
        runs = runs[(runs["s_pos"] == pair[0]) & (runs["s_neg"] == pair[1])]
    return runs.sort_values("flips")


def _curves(ax: Axes, results: Results, pair: tuple[float, float], curve: tuple[str, str]) -> None:
    """Draw a curve of each number of wrong labels, and for ||w|| where the theory says that it stops."""
    runs = _runs_of(results, FOLLOWED, pair)
    for color, run in zip(shades(len(runs)), runs.itertuples(), strict=True):
        band(ax, results.curve(run.run, *curve), label=f"{run.flips}", color=color)
        if curve[0] == "norm" and run.flips:
            stopped = results.numbers(runs[runs["run"] == run.run], "norm_predicted").median()
            ax.axhline(stopped, color=color, linestyle="--", linewidth=0.8)
    ax.set(xscale="log", xlabel="step")
    if curve[0] == "accuracy":
        ax.legend(title="wrong labels", loc="upper left", ncols=2, handlelength=1.2, columnspacing=1)


def _stopped(ax: Axes, results: Results, pair: tuple[float, float]) -> None:
    """Draw ||w|| at the end over the number of wrong labels, and the closed law for wrong points anywhere."""
    for experiment, (name, color, marker) in SETS.items():
        runs = _runs_of(results, experiment, pair if name is None else None)
        runs = runs[runs["flips"] > 0]
        if runs.empty:
            raise NotInResultsError(f"experiment {experiment!r} has no run with wrong labels", [])
        ends = _by(results, runs, "flips", "final_norm")
        label = name or f"$S_\\pm$ = {pair[0]:g}, {pair[1]:g}"
        band(ax, ends, label=label, color=color, marker=marker, markersize=3, linewidth=0)
        loose = runs["n_pos"] + runs["n_neg"] - runs["s_pos"] - runs["s_neg"]
        ax.plot(runs["flips"], np.pi / 10 * np.sqrt(loose / runs["flips"]), color=color, linestyle="--", linewidth=0.9)
    ax.plot([], [], color=THEORY, linestyle="--", label=r"$(\pi^2\rho / 2a^2 f)^{1/2}$")
    ax.set(xscale="log", yscale="log", xlabel="wrong labels", ylabel=r"$\|w\|$ at the end")
    ticks_at(ax.xaxis, sorted(set(runs["flips"])))
    ax.legend(handletextpad=0.5)


def _phases(ax: Axes, results: Results, quantity: str) -> None:
    """Draw an accuracy, mean over seeds, in its cell of wrong labels over |log delta|."""
    runs = results.runs(FOLLOWED)
    delta = np.abs(np.log(runs["s_pos"].astype(float) / runs["s_neg"].astype(float))).round(3) / 2
    means = results.numbers(runs, quantity).groupby("run").mean().reindex(runs["run"]).to_numpy()
    cells = pd.DataFrame({"delta": delta.to_numpy(), "flips": runs["flips"].to_numpy(), "mean": means})
    table = cells.pivot_table(index="flips", columns="delta", values="mean").sort_index()
    look = {"cmap": "cividis", "vmin": 0.5, "vmax": 1.0, "cbar": False, "annot_kws": {"fontsize": 7}}
    sns.heatmap(table, annot=True, fmt=".2f", xticklabels=[f"{value:.2g}" for value in table], ax=ax, **look)
    ax.invert_yaxis()
    ax.set(xlabel=r"$|\log\,\delta|$", ylabel="wrong labels")
    ax.tick_params(rotation=0)


def _overlap(ax: Axes, results: Results) -> None:
    """Draw ||w|| at the end over the width of the overlap, and the theory's."""
    runs = results.runs("noise-overlap").sort_values("overlap")
    band(ax, _by(results, runs, "overlap", "final_norm"), color=COLORS[0], marker="o", markersize=3, linewidth=0)
    theory = _by(results, runs, "overlap", "norm_predicted").median(axis=1).reindex(runs["overlap"])
    ax.plot(theory.index, theory, color=THEORY, linestyle="--", linewidth=0.9)
    accuracy = results.numbers(runs, ACCURACY).groupby("run").mean()
    for run, norm in zip(runs.itertuples(), theory, strict=True):
        ax.annotate(
            f"{accuracy[run.run]:.2f}", (run.overlap, norm), xytext=(3, 3), textcoords="offset points", **OVER_LINES
        )
    ax.set(xscale="log", yscale="log", xlabel=r"overlap $-\gamma$", ylabel=r"$\|w\|$ at the end")


def _by(results: Results, runs: pd.DataFrame, axis: str, quantity: str) -> pd.DataFrame:
    """Return a number by the runs' place on an axis, one column a seed."""
    values = results.numbers(runs, quantity).rename("value").reset_index().merge(runs[["run", axis]], on="run")
    return values.pivot_table(index=axis, columns="seed", values="value").sort_index()

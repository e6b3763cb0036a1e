"""Logistic regression at d = 1024 against the number of training points: what is learnt, when, and at what cost."""

import pandas as pd
from judging.highdim import balanced_sizes
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import TEST, TRAIN, band, letter, panels


def draw(results: Results) -> Figure:
    """Draw from the tables runs, times, bounds and provenance."""
    runs, jobs = balanced_sizes(results), results.table("provenance")
    trained = jobs[jobs["stage"] == "train_highdim"].merge(runs[["run", "n_seeds"]], on="run")
    costs = trained.assign(seed=0, value=trained["cpu_s"] / trained["n_seeds"]).set_index(["run", "seed"])["value"]
    figure, axes = panels(1, 4, height=2.2, sharex=True)
    _against_size(axes[0, 0], runs, results.numbers(runs, "final_angle"), TRAIN)
    _against_size(axes[0, 1], runs, results.numbers(runs, "final_concentrated_accuracy"), TEST)
    _against_size(axes[0, 2], runs, results.times(runs, "t_separation"), TRAIN)
    _against_size(axes[0, 3], runs, costs, "0.3")
    labels = ["final angle (rad)", "final concentrated acc.", "separation step"]
    for ax, label in zip(axes.flat, [*labels, "training, CPU s a seed"], strict=True):
        ax.set(xscale="log", xlabel="training points $N$", ylabel=label)
    for ax in axes[0, [0, 2]]:
        ax.set_yscale("log")
    axes[0, 1].set_ylim(0.48, 1)
    axes[0, 3].set_ylim(bottom=0)
    letter(axes)
    return figure


def _against_size(ax: Axes, runs: pd.DataFrame, numbers: pd.Series, color) -> None:
    found = numbers.rename("value").reset_index().merge(runs[["run", "size"]], on="run")
    values = found.pivot_table(index="size", columns="seed", values="value")
    band(ax, values, color=color, marker="o", markersize=3)

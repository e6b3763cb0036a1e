"""Figure 6 of the ridge paper: losses under label noise, at one level (left) and over several (right)."""

import pandas as pd
from judging.query import sweep
from matplotlib.figure import Figure

from figures.losses import loss, loss_axes, train_and_test
from figures.style import band, letter, panels, shades, short_number

ROWS = {"6": "one neuron as teacher", "6, zero teacher": "zero teacher"}


def draw(tables: dict[str, pd.DataFrame]) -> Figure:
    """Draw from the tables runs, curves and times."""
    figure, axes = panels(2, 2, sharex=True, sharey=True)
    for (left, right), (name, title) in zip(axes, ROWS.items(), strict=True):
        runs = sweep(tables["runs"], name, "noise_std")
        base = tables["runs"].query("figure == @name").iloc[0]
        train_and_test(left, tables, base["run"])
        loss_axes(left, base["eps"])
        for color, (_, run) in zip(shades(len(runs)), runs.iterrows(), strict=True):
            band(right, loss(tables, run["run"], "population"), label=short_number(run["noise_std"]), color=color)
        loss_axes(right, base["eps"])
        right.legend(title="noise std", loc="lower left")
        left.set_ylabel(f"loss, {title}")
        right.set_ylabel("test loss")
    for ax in axes[0]:
        ax.set_xlabel("")
    letter(axes)
    return figure

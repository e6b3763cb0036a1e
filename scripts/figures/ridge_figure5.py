"""Figure 5 of the ridge paper: the surrogate accuracy P((f - f*)^2 <= eps) beside the losses."""

import pandas as pd
from matplotlib.figure import Figure

from figures.losses import loss_axes, train_and_test
from figures.style import COLORS, SINGLE, band, letter, panels


def draw(tables: dict[str, pd.DataFrame]) -> Figure:
    """Draw from the tables runs, curves and times."""
    run = tables["runs"].query("figure == '5'").iloc[0]
    figure, axes = panels(2, 1, width=SINGLE, height=1.9, sharex=True)
    train_and_test(axes[0, 0], tables, run["run"])
    loss_axes(axes[0, 0], run["eps"])
    rows = tables["curves"].query("run == @run['run'] and quantity == 'surrogate_accuracy' and step > 0")
    band(axes[1, 0], rows.pivot_table(index="step", columns="seed", values="value"), color=COLORS[4])
    axes[1, 0].set(xlabel="step $t$", ylabel="surrogate accuracy", ylim=(0, 1))
    axes[0, 0].set_xlabel("")
    letter(axes)
    return figure

"""Figure 1 (left) of the ridge paper: training and test loss of ridge regression with a zero teacher, 50 seeds."""

import pandas as pd
from matplotlib.figure import Figure

from figures.losses import loss, loss_axes, train_and_test
from figures.style import SINGLE, TEST, TRAIN, panels


def draw(tables: dict[str, pd.DataFrame]) -> Figure:
    """Draw from the tables runs, curves and times."""
    run = tables["runs"].query("figure == '1 left'").iloc[0]
    figure, axes = panels(1, 1, width=SINGLE, height=2.5)
    ax = axes[0, 0]
    train_and_test(ax, tables, run["run"])
    loss_axes(ax, run["eps"])
    for split, color, text, below in (("train", TRAIN, "train $L_n$", True), ("population", TEST, "test $L$", False)):
        start = loss(tables, run["run"], split).median(axis=1).iloc[0]
        offset, align = ((0, -3), "top") if below else ((0, 2), "bottom")
        ax.annotate(text, (1, start), xytext=offset, textcoords="offset points", color=color, va=align)
    return figure

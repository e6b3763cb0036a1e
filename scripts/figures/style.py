"""How every figure looks, and the pieces that figures are made of."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SINGLE, DOUBLE = 3.3, 6.9  # column widths in inches
COLORS = sns.color_palette("colorblind")
TRAIN, TEST, THEORY, PAPER = COLORS[0], COLORS[3], "0.25", COLORS[2]
BAND = (0.05, 0.95)  # quantiles over seeds


def set_style() -> None:
    """Set seaborn's theme and sizes for print: nothing smaller than 7 pt at the final width."""
    sizes = {"font.size": 8, "axes.labelsize": 8, "axes.titlesize": 8, "xtick.labelsize": 7, "ytick.labelsize": 7}
    lines = {"lines.linewidth": 1.2, "axes.linewidth": 0.6, "xtick.major.width": 0.6, "ytick.major.width": 0.6}
    lines |= {f"{axis}tick.minor.{key}": size for axis in "xy" for key, size in (("width", 0.4), ("size", 2.0))}
    fixed = {"pdf.fonttype": 42, "svg.hashsalt": "0", "figure.constrained_layout.use": True, "savefig.dpi": 300}
    legend = {"legend.fontsize": 7, "legend.frameon": False}
    sns.set_theme(style="ticks", palette="colorblind", rc=sizes | lines | fixed | legend)
    mpl.use("Agg")


def panels(rows: int, columns: int, width: float = DOUBLE, height: float = 2.2, **kwargs) -> tuple[Figure, np.ndarray]:
    """Return a figure of `rows` x `columns` panels, each row `height` inches high, and its axes as a 2-d array."""
    figure, axes = plt.subplots(rows, columns, figsize=(width, rows * height), squeeze=False, **kwargs)
    for ax in axes.flat:
        sns.despine(ax=ax)
    return figure, axes


def shades(count: int) -> list:
    """Return `count` colours of one ordered, colour-blind-safe scale, light to dark."""
    return sns.color_palette("flare", count)


def band(ax: Axes, curves: pd.DataFrame, label: str | None = None, **line) -> None:
    """Draw the median of each row of `curves` (index x, a column a seed) with a band from 5 % to 95 % of seeds."""
    (drawn,) = ax.plot(curves.index, curves.median(axis=1), label=label, **line)
    low, high = curves.quantile(BAND[0], axis=1), curves.quantile(BAND[1], axis=1)
    ax.fill_between(curves.index, low, high, color=drawn.get_color(), alpha=0.2, linewidth=0)


def letter(axes: np.ndarray) -> None:
    """Letter the panels a, b, c ... in reading order."""
    for index, ax in enumerate(axes.flat):
        ax.set_title(chr(ord("a") + index), loc="left", fontweight="bold")


def label_end(ax: Axes, x: float, y: float, text: str, color, **kwargs) -> None:
    """Write a direct label to the right of a line's end."""
    ax.annotate(text, (x, y), xytext=(3, 0), textcoords="offset points", color=color, va="center", fontsize=7, **kwargs)


def power_of_ten(value: float) -> str:
    """Return a number for a label: 1e-05 becomes 10^-5 in mathtext, other numbers stay short."""
    exponent = np.log10(value) if value > 0 else np.nan
    if np.isfinite(exponent) and abs(exponent) >= 3 and exponent == round(exponent):
        return f"$10^{{{round(exponent)}}}$"
    if value and (abs(value) < 1e-2 or abs(value) >= 1e4):
        mantissa, exponent = f"{value:.0e}".split("e")
        return f"${mantissa}\\times 10^{{{int(exponent)}}}$"
    return f"{value:g}"

"""Names written on the lines that they name, in place of a legend."""

import pandas as pd
from matplotlib.axes import Axes

from figures.style import OVER_LINES


def label_line(ax: Axes, curves: pd.DataFrame, at: float, text: str, color, dy: float = 4, **kwargs) -> None:
    """Write a name `dy` points above (below, where negative) the median of curves at the first x from `at` on."""
    middle = curves.median(axis=1).dropna().loc[at:]
    if len(middle):
        ax.annotate(
            text,
            (middle.index[0], middle.iloc[0]),
            xytext=(0, dy),
            textcoords="offset points",
            ha="center",
            va="bottom" if dy > 0 else "top",
            color=color,
            **OVER_LINES | kwargs,
        )


def power_of_ten(value: float) -> str:
    """Return a round number as a label: 3e5 as 3 times a power of ten, 1e6 as one."""
    mantissa, exponent = f"{value:.0e}".split("e")
    power = f"10^{{{int(exponent)}}}"
    return f"${power}$" if mantissa == "1" else f"${mantissa}\\!\\times\\!{power}$"

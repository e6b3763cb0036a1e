"""Names written on the lines that they name, in place of a legend."""

import pandas as pd
from matplotlib.axes import Axes

from figures.style import OVER_LINES

SIDES = {  # where a name stands, seen from its point: shift in points, alignments
    "above": ((0, 3), "center", "bottom"),
    "below": ((0, -3), "center", "top"),
    "above right": ((2, 2), "left", "bottom"),
    "below left": ((-2, -2), "right", "top"),
    "above left": ((-2, 2), "right", "bottom"),
    "below right": ((2, -2), "left", "top"),
    "right": ((3, 0), "left", "center"),
}


def label_line(ax: Axes, curves: pd.DataFrame, at: float, text: str, color, side: str = "above") -> None:
    """Write a name beside the median of curves at the first x from `at` on; nothing where they end before."""
    middle = curves.median(axis=1).dropna().loc[at:]
    shift, ha, va = SIDES[side]
    if len(middle):
        point = (middle.index[0], middle.iloc[0])
        ax.annotate(text, point, xytext=shift, textcoords="offset points", ha=ha, va=va, color=color, **OVER_LINES)


def power_of_ten(value: float) -> str:
    """Return a round number as a label: 3e5 as 3 times a power of ten, 1e6 as one."""
    mantissa, exponent = f"{value:.0e}".split("e")
    power = f"10^{{{int(exponent)}}}"
    return f"${power}$" if mantissa == "1" else f"${mantissa}\\!\\times\\!{power}$"

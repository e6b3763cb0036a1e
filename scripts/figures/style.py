"""How every figure looks, and the pieces that figures are made of."""

from collections.abc import Iterable

import matplotlib as mpl
import numpy as np
import pandas as pd
from fontTools.subset import Options
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

SINGLE, DOUBLE = 3.3, 6.9  # column widths in inches
COLORS = ["#0173b2", "#de8f05", "#029e73", "#d55e00", "#cc78bc", "#ca9161", "#fbafe4", "#949494", "#ece133", "#56b4e9"]
"""Seaborn's palette "colorblind"; seaborn itself takes a second to import, and few figures need it."""
TRAIN, TEST, THEORY, PAPER = COLORS[0], COLORS[3], "0.25", COLORS[2]
BAND = (0.05, 0.95)  # quantiles over seeds
OVER_LINES = {"fontsize": 7, "path_effects": [withStroke(linewidth=1.5, foreground="white")]}  # text on top of curves
INK = "0.15"
SHADES, LIGHTEST, DARKEST = mpl.colormaps["plasma"], 0.66, 0.06  # light enough to be told apart, dark enough on white
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "axes.titley": 1.0,  # where it is without ticks on top, for which every drawing would look anew
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.prop_cycle": mpl.rcsetup.cycler(color=COLORS),
    "legend.fontsize": 7,
    "legend.title_fontsize": 7,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "lines.solid_capstyle": "round",
    "figure.dpi": 300,
    "pdf.fonttype": 42,  # TrueType: publishers refuse Type 3
} | dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), INK)
LAYOUT = ("GDEF", "GPOS", "GSUB")
"""Tables of a font for whoever sets text with it: in a PDF each glyph has its place, and they would cost most of it."""
TICKS = {"labelsize": 7, "major.size": 3, "major.width": 0.6, "minor.size": 1.5, "minor.width": 0.4}


def set_style() -> None:
    """Set sizes for print (nothing smaller than 7 pt at the final width), colours and the font.

    All else is matplotlib's default, and fonts are those that come with it, whatever a user's matplotlibrc says and
    fonts are called.
    """
    fonts = mpl.get_data_path()
    fontManager.ttflist = [font for font in fontManager.ttflist if font.fname.startswith(fonts)]
    Options._drop_tables_default = list(
        dict.fromkeys([*Options._drop_tables_default, *LAYOUT])
    )  # matplotlib asks no one
    mpl.rcParams.update(mpl.rcParamsDefault)
    mpl.rcParams.update(STYLE | {f"{axis}tick.{key}": value for axis in "xy" for key, value in TICKS.items()})


def panels(rows: int, columns: int, width: float = DOUBLE, height: float = 2.2, **kwargs) -> tuple[Figure, np.ndarray]:
    """Return a figure of `rows` x `columns` panels, each row `height` inches high, and its axes as a 2-d array."""
    figure = Figure(figsize=(width, rows * height), layout="constrained")
    FigureCanvasAgg(figure)  # no pyplot, which would keep figures and choose a window
    return figure, figure.subplots(rows, columns, squeeze=False, **kwargs)


def fix_layout(figure: Figure) -> None:
    """Place the panels once for all formats: every `savefig` would place them again, which costs more than drawing."""
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine(None)


def shades(count: int) -> list:
    """Return `count` colours of one ordered, colour-blind-safe scale, light to dark."""
    return [SHADES(place) for place in np.linspace(LIGHTEST, DARKEST, count)]


def band(ax: Axes, curves: pd.DataFrame, label: str | None = None, **line) -> None:
    """Draw the median of each row of `curves` (index x, a column a seed) with a band from 5 % to 95 % of seeds.

    Nothing is drawn of curves without a point.
    """
    if curves.empty:
        return
    (drawn,) = ax.plot(curves.index, curves.median(axis=1), label=label, **line)
    low, high = curves.quantile(BAND[0], axis=1), curves.quantile(BAND[1], axis=1)
    ax.fill_between(curves.index, low, high, color=drawn.get_color(), alpha=0.2, linewidth=0)


def letter(axes: np.ndarray) -> None:
    """Letter the panels a, b, c ... in reading order."""
    for index, ax in enumerate(axes.flat):
        ax.set_title(chr(ord("a") + index), loc="left", fontweight="bold")


def name_row(ax: Axes, text: str) -> None:
    """Write what a row of panels shows left of the y label of its first one, bold: neither is taken for the other."""
    place = {"xycoords": ax.yaxis.label, "xytext": (-2, 0), "textcoords": "offset points", "rotation": 90}
    ax.annotate(text, (0, 0.5), ha="right", va="center", fontweight="bold", multialignment="center", **place)


def mark_time(ax: Axes, step: float, name: str, color) -> None:
    """Draw a dotted vertical line at a time and write its name and value beside its foot."""
    ax.axvline(step, color=color, linewidth=0.7, linestyle=":")
    ax.annotate(
        f"{name} = {step:,.0f}".replace(",", "\u2009"),
        (step, 0.03),
        xycoords=("data", "axes fraction"),
        xytext=(-2, 0),
        textcoords="offset points",
        rotation=90,
        ha="right",
        va="bottom",
        color=color,
        **OVER_LINES,
    )


def label_end(ax: Axes, x: float, y: float, text: str, color, **kwargs) -> None:
    """Write a direct label to the right of a line's end."""
    ax.annotate(text, (x, y), xytext=(3, 0), textcoords="offset points", color=color, va="center", fontsize=7, **kwargs)


def ticks_at(axis: Axis, values: Iterable[float]) -> None:
    """Put the ticks of a logarithmic axis at the values of a sweep, written as they are."""
    axis.set_major_locator(FixedLocator(list(values)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))


def short_number(value: float) -> str:
    """Return a number for a label: 1e-05 and 1e+06 as powers of ten, 20000 as it is."""
    if value == 0 or 1e-2 <= abs(value) < 1e6:
        return f"{value:,.6g}".replace(",", "\u2009")
    mantissa, exponent = f"{value:.0e}".split("e")
    power = f"10^{{{int(exponent)}}}"
    return f"${power}$" if mantissa == "1" else f"${mantissa}\\times {power}$"

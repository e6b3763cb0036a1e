"""What an imbalance does at d = 1024, under both readings of the loss: bias, distance, accuracy, and a control."""

import pandas as pd
from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import READINGS, runs_if_any, theory, time_axes
from figures.labels import label_line
from figures.style import COLORS, THEORY, band, letter, name_row, panels

READS = ("runs", "curves", "theory")
SHOWS = ("highdim-classes-*", "highdim-planted-mean", "highdim-plain-*")

CONTROL = "highdim-classes"
SETS = {  # experiment without its reading: name, at the end of a line, colour
    CONTROL: ("classes 3:1", "3:1", COLORS[3]),
    "highdim-planted": ("35 % planted", "planted", COLORS[4]),
    "highdim-plain": ("balanced", "balanced", COLORS[0]),
}
FLAT = (1e5, "above")  # where a name stands on a line that is flat there: step, side
PLACES = {CONTROL: (30, "above"), "highdim-planted": (5e6, "below left"), "highdim-plain": (50, "below right")}
"""Where names stand on the distances by mean loss."""
LEAST_DISTANCE = 1e-6  # below it lies the rounding of float32 in the first steps
DASHED = {"linestyle": "--", "linewidth": 0.8}


def draw(results: Results) -> Figure:
    """Draw from the tables runs, curves and theory, a row for each reading.

    Dashed is, in the middle column, the root mean square distance that the noise of a balanced sample causes, and in
    the last one what the angle alone predicts.
    """
    figure, axes = panels(len(READINGS), 3, height=2.2, sharex=True)
    for row, (reduction, reading) in zip(axes, READINGS.items(), strict=True):
        for experiment, (name, short, color) in SETS.items():
            place = PLACES[experiment] if reduction == "mean" else FLAT
            for _, run in runs_if_any(results, f"{experiment}-{reduction}", bias=True).iterrows():
                _bias(row[0], row[1], results, run, name, color, place)
                _accuracy(row[2], results, run, short, color)
        for _, run in runs_if_any(results, f"{CONTROL}-{reduction}", bias=False).iterrows():
            control = results.curve(run["run"], "accuracy", "concentrated")
            band(row[2], control, color="black", linestyle=":")
            label_line(row[2], control, 1e5, "3:1, no bias", "black", "above left")
        row[0].set_ylabel("bias $b$")
        name_row(row[0], reading)
        row[1].set_ylabel(r"$|b|\,/\,\Vert w\Vert$")
        row[2].set_ylabel("concentrated accuracy")
        row[1].set_yscale("log")
        row[1].set_ylim(bottom=LEAST_DISTANCE)
    axes[-1, 0].set_yscale("symlog", linthresh=1)  # the first steps by sum loss make b larger than the last by far
    time_axes(axes)
    letter(axes)
    return figure


def _bias(bias: Axes, distance: Axes, results: Results, run: pd.Series, name: str, color, place: tuple) -> None:
    size, ratio = (results.curve(run["run"], quantity) for quantity in ("bias", "bias_distance"))
    # Balanced classes leave the bias at 0 in the first step, which a logarithmic axis cannot show.
    for ax, curve, (at, side) in ((bias, size, FLAT), (distance, ratio.where(ratio > 0), place)):
        band(ax, curve, color=color)
        label_line(ax, curve, at, name, color, side)
    expected = theory(results, run, "bias_rms") / theory(results, run, "norm")
    distance.plot(expected, color=THEORY, **DASHED)


def _accuracy(ax: Axes, results: Results, run: pd.Series, name: str, color) -> None:
    accuracy = results.curve(run["run"], "accuracy", "concentrated")
    band(ax, accuracy, color=color)
    label_line(ax, accuracy, run["horizon"], name, color, "right")
    predicted = results.curve(run["run"], "accuracy_from_angle", "concentrated")
    ax.plot(predicted.index, predicted.median(axis=1), color=color, **DASHED)

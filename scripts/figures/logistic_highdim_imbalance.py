"""What an imbalance does at d = 1024, under both readings of the loss: bias, distance, accuracy, and a control."""

from judging.query import NotInResultsError, Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import READINGS, time_axes
from figures.labels import label_line
from figures.style import COLORS, band, letter, panels

SETS = {  # experiment without its reading: name, colour
    "highdim-classes": ("classes 3:1", COLORS[3]),
    "highdim-planted": ("35 % planted", COLORS[4]),
    "highdim-plain": ("balanced", COLORS[0]),
}
CONTROL = "highdim-classes"
PANELS = {
    "bias": ("train", "bias $b$"),
    "bias_distance": ("train", r"$|b|\,/\,\Vert w\Vert$"),
    "accuracy": ("concentrated", "concentrated accuracy"),
}
LEAST_DISTANCE = 1e-6  # below it lies the rounding of float32 in the first steps


def draw(results: Results) -> Figure:
    """Draw from the tables runs and curves, a row for each reading.

    In the last column the dotted line is the 3:1 run without a bias, dashed ones are what the angle alone predicts.
    """
    figure, axes = panels(len(READINGS), len(PANELS), height=2.2, sharex=True)
    for row, (reduction, reading) in zip(axes, READINGS.items(), strict=True):
        for experiment, (name, color) in SETS.items():
            for run in _runs(results, f"{experiment}-{reduction}", bias=True):
                _set(row, results, run, name, color)
        for run in _runs(results, f"{CONTROL}-{reduction}", bias=False):
            without = results.curve(run, "accuracy", "concentrated")
            band(row[2], without, color="black", linestyle=":")
            label_line(row[2], without, 3e4, "3:1, no bias", "black")
        for ax, (_, label) in zip(row, PANELS.values(), strict=True):
            ax.set_ylabel(label)
        row[0].set_ylabel(f"{reading}\n{PANELS['bias'][1]}")
        row[1].set_yscale("log")
        row[1].set_ylim(bottom=LEAST_DISTANCE)
        row[2].set_ylim(0.48, 1)
    time_axes(axes)
    letter(axes)
    return figure


def _set(row: list[Axes], results: Results, run: str, name: str, color) -> None:
    for ax, (quantity, (split, _)) in zip(row, PANELS.items(), strict=True):
        curve = results.curve(run, quantity, split)
        # Balanced classes leave the bias at 0 in the first step, which a logarithmic axis cannot show.
        curve = curve.where(curve > 0) if quantity == "bias_distance" else curve
        band(ax, curve, color=color)
        if quantity != "accuracy":
            label_line(ax, curve, 1e5, name, color)
    predicted = results.curve(run, "accuracy_from_angle", "concentrated")
    band(row[2], predicted, color=color, linestyle="--", linewidth=0.8)


def _runs(results: Results, experiment: str, bias: bool) -> list[str]:
    """Return the experiment's first run with or without a bias; none where this reading has none."""
    try:
        return results.runs(experiment, bias=bias)["run"].iloc[:1].tolist()
    except NotInResultsError:
        return []

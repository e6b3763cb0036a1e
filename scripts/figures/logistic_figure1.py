"""Figure 1 (d = 2) of the logistic paper: accuracies against time on data without planted support vectors."""

from judging.query import Results
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.accuracies import mark, paired, time_axes
from figures.style import COLORS, PAPER, TEST, TRAIN, band, letter, panels

EXPERIMENT = "logistic-plain"
PAPER_TIMES = {"standard": {"T_tr": 5e5, "T_te": 2e6}, "concentrated": {"T_tr": 4e2, "T_te": 7e6}}
ATTACKS = {
    "adversarial_pgd_float32": ("PGD, float32", TEST),
    "adversarial_pgd_float64": ("PGD, float64", COLORS[1]),
    "adversarial_exact": ("exact", COLORS[4]),
}


def draw(results: Results) -> Figure:
    """Draw from the tables runs and curves: a row with and a row without a bias."""
    runs = results.runs(EXPERIMENT)
    figure, axes = panels(len(runs), 3, height=2.1, sharey=True, sharex=True)
    for row, (_, run) in zip(axes, runs.iterrows(), strict=True):
        for ax, (split, times) in zip(row, PAPER_TIMES.items(), strict=False):
            band(ax, paired(results, run["run"], "accuracy", "train"), label="train", color=TRAIN)
            band(ax, paired(results, run["run"], "accuracy", split), label=split, color=TEST)
            if run["bias"]:
                for name, step in times.items():
                    mark(ax, step, f"$T_{{{name[2:]}}}$, paper", PAPER)
        _attacked(row[2], results, run["run"])
        row[0].set_ylabel(f"accuracy, {'with' if run['bias'] else 'without'} bias")
    time_axes(axes)
    axes[0, 0].set_ylim(0.45, 1.02)
    for ax in axes[0]:
        ax.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), ncols=2, columnspacing=1.0, handlelength=1.2)
    letter(axes)
    return figure


def _attacked(ax: Axes, results: Results, run: str) -> None:
    band(ax, paired(results, run, "accuracy", "train"), label="train", color=TRAIN)
    for quantity, (label, color) in ATTACKS.items():
        band(ax, paired(results, run, quantity, "standard"), label=label, color=color)

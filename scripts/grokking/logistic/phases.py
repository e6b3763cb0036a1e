"""What the accuracies and the bias along training say: crossings, phases and summary numbers.

Series are those of one seed over its snapshots, by (quantity, split).
"""

from collections.abc import Mapping
from itertools import product

import numpy as np

from grokking.results.rows import Fact, Series, Time
from grokking.results.snapshots import bin_means, log_bins
from grokking.times import first_crossing, last_crossing

Number = tuple[float | None, str]
"""A value, None where it does not exist, and its definition."""


SPLITS = {"T_tr": "train", "T_te_standard": "standard", "T_te_concentrated": "concentrated"}


CROSSINGS = {"": first_crossing, "_last": last_crossing}


LOGGED_FROM = 100
"""The paper logs every 100 steps: what its figures can show starts here."""


def phases(steps: np.ndarray, found: Series) -> dict[str, int]:
    """Return the first steps of phases 2 and 3, and of the peak that the paper can see, on means over bins of log t.

    Phase 1 ends where b has overtaken 0.5 log(A+/A-), to which it is drawn: b is further from 0 than it, on the same
    side. Phase 2 ends at the peak of |b|/||w||. A phase that is over before the first bin ends has no length.
    `t_peak_logged` is the peak among the steps from LOGGED_FROM on.
    """
    firsts, bins = log_bins(steps)
    b, target = bin_means(found["bias", "train"], bins), bin_means(bias_target(found), bins)
    distance, logged = bin_means(found["bias_distance", "train"], bins), logged_bins(firsts)
    peak = int(np.argmax(distance))
    overtaken = np.flatnonzero(b * np.sign(target) > np.abs(target))
    first = min(int(overtaken[0]) if overtaken.size else peak, peak)
    return {
        "t_phase_2": int(firsts[first]),
        "t_phase_3": int(firsts[peak]),
        "t_peak_logged": int(firsts[logged][np.argmax(distance[logged])]),
    }


def crossings(run: Mapping, steps: np.ndarray, found: Series) -> list[tuple[str, float, Time]]:
    """Return name, eps and time of the first and last crossings of train and test accuracy at every eps."""
    return [
        (name + suffix, eps, crossing(steps, found["accuracy", split], eps, run["horizon"]))
        for (name, split), (suffix, crossing), eps in product(SPLITS.items(), CROSSINGS.items(), run["eps"])
    ]


def bias_and_accuracy(steps: np.ndarray, found: Series) -> dict[str, Number]:
    """Return those numbers of a summary that need the bias and the accuracies alone, from means over bins of log t.

    Means, since single steps of a chaotic run are not reproducible while its means are.
    """
    firsts, bins = log_bins(steps)
    means = {name: bin_means(values, bins) for name, values in found.items()}
    logged = logged_bins(firsts)
    late = (firsts >= firsts[-1] / 100) & (firsts > 1)  # log(log t) is what the slope is on
    b, distance = means["bias", "train"], means["bias_distance", "train"]
    concentrated = means["accuracy", "concentrated"][logged]
    return {
        "bias_plateau": (np.abs(b).max(), "max |b|"),
        "peak_distance": (distance.max(), "max |b|/||w||"),
        "distance_rate": (
            _slope(np.log(firsts[late]), distance[late]),
            "slope of log(|b|/||w||) on log(log t), last two decades",
        ),
        "lowest_concentrated": (concentrated.min(), "min concentrated accuracy, t >= 100"),
        "unlearning": (
            np.max(np.maximum.accumulate(concentrated) - concentrated),
            "greatest fall of concentrated accuracy from an earlier level, t >= 100",
        ),
        "final_train_accuracy": (means["accuracy", "train"][-1], "train accuracy, end"),
        "final_concentrated_accuracy": (means["accuracy", "concentrated"][-1], "concentrated accuracy, end"),
    }


def existing(numbers: Mapping[str, Number]) -> list[Fact]:
    """Return the numbers that exist, to be made rows of `bounds`."""
    return [(name, value, definition) for name, (value, definition) in numbers.items() if value is not None]


def logged_bins(firsts: np.ndarray) -> np.ndarray:
    """Return which bins the paper's figures can show; the last one in any case."""
    return firsts >= min(LOGGED_FROM, firsts[-1])


def _slope(x: np.ndarray, y: np.ndarray) -> float | None:
    """Return the slope of log y on log x; none of fewer than two points, or where y is not positive throughout."""
    return np.polyfit(np.log(x), np.log(y), 1)[0] if len(x) > 1 and np.all(y > 0) else None


def bias_target(found: Series) -> np.ndarray:
    """Return 0.5 log(A+/A-), where the bias is at rest under the exponential loss."""
    return (found["log_A_pos", "train"] - found["log_A_neg", "train"]) / 2

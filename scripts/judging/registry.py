"""What a measure of a claim is: the registry that workflow/claims names its measures from, and their intervals.

Each measure takes the results and the arguments given in workflow/claims and returns a `Measurement`: a number and,
where seeds are a sample from a population that the claim is about, its 95 % interval. The annotations `Experiment` and
`Axis` say which arguments are names of the configuration: they are checked before any job, and the runs of every
experiment among them stand behind the claim.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NewType

import numpy as np
from scipy import stats

Experiment = NewType("Experiment", str)
Axis = NewType("Axis", str)


@dataclass(frozen=True)
class Measurement:
    """A number with its 95 % interval, NaN where there is none, and the values over seeds that it is the middle of."""

    value: float
    ci_low: float = np.nan
    ci_high: float = np.nan
    sample: tuple[float, ...] = field(default=(), compare=False, repr=False)


MEASURES: dict[str, Callable[..., Measurement]] = {}


def measure(function: Callable[..., Measurement]) -> Callable[..., Measurement]:
    """Register a measure under its own name."""
    MEASURES[function.__name__] = function
    return function


def mean(values: np.ndarray) -> Measurement:
    """Return the mean over seeds with its t interval; no interval for one seed, equal values, or a missing one.

    Of no values there is no mean.
    """
    if len(values) == 0:
        return Measurement(np.nan)
    middle, sample = float(np.mean(values)), tuple(map(float, values))
    if len(values) < 2 or np.isnan(values).any() or np.ptp(values) == 0:
        return Measurement(middle, sample=sample)
    low, high = stats.t.interval(0.95, len(values) - 1, loc=middle, scale=stats.sem(values))
    return Measurement(middle, float(low), float(high), sample)


def median(values: np.ndarray) -> Measurement:
    """Return the median with the interval between two order statistics; infinity stands for a time not reached.

    The ranks are those between which the median lies with 95 % probability, whatever the distribution; with fewer
    than six values the interval is their whole range. Of no values there is no median.
    """
    if len(values) == 0:
        return Measurement(np.nan)
    ordered = np.sort(values)
    low, high = (int(rank) for rank in stats.binom.interval(0.95, len(ordered), 0.5))
    middle = np.quantile(ordered, 0.5, method="inverted_cdf")
    ends = float(ordered[max(low - 1, 0)]), float(ordered[min(high, len(ordered) - 1)])
    return Measurement(float(middle), *ends, sample=tuple(map(float, values)))

"""Rows of the tables `curves`, `times` and `bounds`: what one seed of a run adds to each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

Series = Mapping[tuple[str, str], np.ndarray]
"""From (quantity, split) to the values (k,) at k steps."""
Fact = tuple[str, float | None, str]
"""Quantity, value (None, NaN or infinite where it does not exist), and the equation or statement that it belongs to."""


@dataclass(frozen=True)
class Time:
    """A step, or None and censored where it was not reached; `resolution` is the snapshots' spacing there."""

    step: int | None
    censored: bool
    resolution: float


def curve_rows(run: str, seed: int, steps: np.ndarray, series: Series) -> pa.Table:
    """Return the values of every series at `steps` (k,), one series below the other."""
    count = len(series) * len(steps)
    return pa.table(
        {
            "run": [run] * count,
            "seed": pa.array(np.full(count, seed), pa.int64()),
            "step": pa.array(np.tile(steps, len(series)), pa.int64()),
            "quantity": np.repeat([quantity for quantity, _ in series], len(steps)),
            "split": np.repeat([split for _, split in series], len(steps)),
            "value": pa.array(np.concatenate(list(series.values())), pa.float64()),
        }
    )


def time_rows(run: str, seed: int, times: Iterable[tuple[str, float | None, Time]], horizon: int | None) -> pa.Table:
    """Return named times with their levels eps; `horizon` is None where every step to infinity is decided."""
    names, eps, found = zip(*times, strict=True)
    count = len(found)
    return pa.table(
        {
            "run": [run] * count,
            "seed": pa.array([seed] * count, pa.int64()),
            "quantity": names,
            "eps": pa.array(eps, pa.float64()),
            "step": pa.array([time.step for time in found], pa.int64()),
            "censored": [time.censored for time in found],
            "horizon": pa.array([horizon] * count, pa.int64()),
            "resolution": [_relative_resolution(time, horizon) for time in found],
        }
    )


def bound_rows(run: str, seed: int, facts: Iterable[Fact]) -> pa.Table:
    """Return numbers with their equations; one that does not exist, or is not finite, is null."""
    names, values, equations = zip(*facts, strict=True)
    numbers = np.array(values, dtype=float)
    return pa.table(
        {
            "run": [run] * len(names),
            "seed": pa.array([seed] * len(names), pa.int64()),
            "quantity": names,
            "value": pa.array(numbers, pa.float64(), mask=~np.isfinite(numbers)),
            "equation": equations,
        }
    )


def _relative_resolution(time: Time, horizon: int | None) -> float:
    if time.resolution == 0:
        return 0.0
    return time.resolution / (horizon if time.censored else max(time.step, 1))

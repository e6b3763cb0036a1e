"""What a run beyond the papers did, as rows of the tables `curves`, `times` and `bounds`.

Curves, times and numbers have the names and definitions of the runs in two dimensions (`planar.run`), so that they can
be set beside these. Snapshots are at steps from 1 on, several in each tenth of a decade.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa

from grokking.logistic import evaluation
from grokking.logistic.phases import LOGGED_FROM, crossings
from grokking.planar.data import Dataset
from grokking.results.files import write_parquet
from grokking.results.rows import Fact, Series, Time, bound_rows, curve_rows, time_rows
from grokking.results.snapshots import bin_means, log_bins, shown

PEAK_FROM = 20
"""Steps before are the first ones of a bias that overshoots."""
NamedTime = tuple[str, float | None, Time]
"""Quantity, level eps and time."""
STATE = {"norm": "||w||", "bias": "b", "bias_distance": "|b|/||w||"}


class Measured(Protocol):
    """What the measures need of a run, named as in the table `runs`."""

    run: str
    horizon: int
    eps: tuple[float, ...]


def linear_series(sets: Mapping[str, Dataset], w: np.ndarray, b: np.ndarray) -> Series:
    """Return what snapshots w (k, 2), b (k,) of a linear classifier say: norm, bias, distance, and accuracies."""
    return {
        ("norm", "train"): np.linalg.norm(w, axis=1),
        ("bias", "train"): b,
        ("bias_distance", "train"): evaluation.bias_distance(w, b),
        **{("accuracy", split): evaluation.accuracy(points.x, points.y, w, b) for split, points in sets.items()},
    }


class Outcome:
    """Rows of the three tables, gathered seed by seed and written at the end of a job."""

    def __init__(self) -> None:
        self._curves: list[pa.Table] = []
        self._times: list[pa.Table] = []
        self._bounds: list[pa.Table] = []

    def add(
        self,
        run: Measured,
        seed: int,
        steps: np.ndarray,
        series: Series,
        facts: Iterable[Fact] = (),
        times: Iterable[NamedTime] = (),
    ) -> None:
        """Add one seed: series (k,) at `steps` (k,), their times and numbers, and the study's own `facts` and `times`.

        `series` must have the accuracies on train, standard and concentrated; any others are shown as curves. Curves
        keep about 20 steps a decade, times and numbers are read from all.
        """
        kept = shown(steps, smooth=True)
        self._curves.append(curve_rows(run.run, seed, steps[kept], {name: of[kept] for name, of in series.items()}))
        self._times.append(time_rows(run.run, seed, [*crossings(vars(run), steps, series), *times], run.horizon))
        self._bounds.append(bound_rows(run.run, seed, [*summary(steps, series), *facts]))

    def write(self, curves: Path, times: Path, bounds: Path) -> None:
        """Write the three tables."""
        for path, rows in ((curves, self._curves), (times, self._times), (bounds, self._bounds)):
            write_parquet(pa.concat_tables(rows), path)


def summary(steps: np.ndarray, series: Series) -> Iterator[Fact]:
    """Yield the numbers of every study: accuracies are means over tenths of a decade, the state is the last one."""
    firsts, bins = log_bins(steps)
    means = {split: bin_means(of, bins) for (name, split), of in series.items() if name == "accuracy"}
    for split, accuracy in means.items():
        yield f"final_{split}_accuracy", accuracy[-1], f"{split} accuracy, end"
    logged = firsts >= min(LOGGED_FROM, firsts[-1])
    yield "lowest_concentrated", means["concentrated"][logged].min(), "min concentrated accuracy, t >= 100"
    if ("bias_distance", "train") in series:
        peak = series["bias_distance", "train"][steps >= min(PEAK_FROM, steps[-1])].max()
        yield "peak_distance", peak, "max |b|/||w||, t >= 20"
    for name, meaning in STATE.items():
        if (name, "train") in series:
            yield f"final_{name}", series[name, "train"][-1], f"{meaning}, last step"

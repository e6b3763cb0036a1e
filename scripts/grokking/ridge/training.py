"""Ridge regression trained by the closed form of gradient descent: loss curves, exact times and what theory says."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.results.files import read_arrays, write_parquet
from grokking.results.jobs import stage
from grokking.results.rows import Time, curve_rows, time_rows
from grokking.ridge.audit import bound_table
from grokking.ridge.path import RidgePath
from grokking.ridge.run import Run


@stage
def train(run: Run, seed: int, data: Path, curves: Path, times: Path, bounds: Path) -> None:
    """Solve every seed and write the three tables; `seed`, from which the data was drawn, is only recorded."""
    seeds = run.paths(read_arrays(data))
    write_parquet(curve_table(run, seeds), curves)
    write_parquet(time_table(run, seeds), times)
    write_parquet(bound_table(run, seeds), bounds)


def curve_table(run: Run, seeds: list[RidgePath]) -> pa.Table:
    """Return L_n (split `train`) and L (split `population`) of every seed at the logged steps.

    Where there is something to learn, `loss_from_zero` is L of the same problem started at theta_0 = 0.
    """
    parts = []
    for seed, path in enumerate(seeds):
        both = {"train": path.training, "population": path.population}
        losses = {("loss", split): curve.squared_norm(run.steps) for split, curve in both.items()}
        if np.any(path.problem.labels):
            losses["loss_from_zero", "population"] = path.from_zero.population.squared_norm(run.steps)
        parts.append(curve_rows(run.run, seed, run.steps, losses))
    return pa.concat_tables(parts)


def time_table(run: Run, seeds: list[RidgePath]) -> pa.Table:
    """Return the times of every seed, exact to the step; with no horizon, a null step means that none exists."""
    parts = []
    for seed, path in enumerate(seeds):
        found = [(name, run.eps, Time(step, step is None, 0)) for name, step in path.times(run.eps).items()]
        parts.append(time_rows(run.run, seed, found, horizon=None))
    return pa.concat_tables(parts)

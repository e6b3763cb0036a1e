"""Ridge regression trained by the closed form of gradient descent: loss curves, exact times and what theory says."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.results.experiment import Experiment
from grokking.results.files import read_arrays, write_parquet
from grokking.results.jobs import StageError, stage
from grokking.results.rows import Time, curve_rows, time_rows
from grokking.ridge.audit import bound_table
from grokking.ridge.path import RidgePath
from grokking.ridge.run import Run


@stage
def train(experiment: Experiment, seed: int, data: list[Path], curves: Path, times: Path, bounds: Path) -> None:
    """Solve every seed of every run of an experiment and write the three tables.

    `data` has the data sets in the order in which the runs name them; `seed`, from which they were drawn, is only
    recorded. Raises StageError, naming run and key, where gradient descent diverges or rounding hides a time.
    """
    makers = {curves: curve_table, times: time_table, bounds: bound_table}
    drawn, tables = {}, {path: [] for path in makers}
    for run in experiment.each(Run):
        if run.dataset not in drawn:
            drawn[run.dataset] = read_arrays(data[len(drawn)])
        try:
            seeds = run.paths(drawn[run.dataset])
            for path, table in makers.items():
                tables[path].append(table(run, seeds))
        except ValueError as error:
            raise StageError(f"{run.run}: {error}") from error
    for path, parts in tables.items():
        write_parquet(pa.concat_tables(parts), path)


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

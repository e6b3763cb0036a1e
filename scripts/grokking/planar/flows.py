"""Training on the mean loss in two dimensions: all runs of an experiment, followed as flows where descent is smooth."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.logistic.trajectory import trajectory_table
from grokking.planar.data import read_points
from grokking.results.files import write_parquet
from grokking.results.jobs import StageError, seeds_of, stage
from grokking.results.rows import bound_rows
from grokking.smooth.descent import SmoothRun, UnstableError, descend
from grokking.steps import flow_steps


@dataclass(frozen=True)
class FlowRun:
    """What training on the mean loss depends on, named as in the table `runs`."""

    run: str
    dataset: str
    eta: float
    bias: bool
    b_0: float
    horizon: int
    n_seeds: int


@dataclass(frozen=True)
class FlowExperiment:
    """The runs of an experiment."""

    name: str
    runs: tuple[FlowRun, ...]


@stage
def train_flows(experiment: FlowExperiment, seed: int, data: list[Path], trajectory: Path, certificate: Path) -> None:
    """Train every run of an experiment on every replicate; write snapshots, and rows of `bounds` that vouch for them.

    The root `seed` is only recorded. Raises StageError, naming run and seed, where descent is not smooth.
    """
    drawn = read_points(data)
    snapshots, certificates = [], []
    for run in experiment.runs:
        sets = (drawn[run.dataset, replicate]["train"] for replicate in seeds_of(run.run, run.n_seeds, "trained"))
        found = [followed(run, replicate, one.x, one.y, one.weight) for replicate, one in enumerate(sets)]
        w, b = (np.stack([getattr(one, name) for one in found], axis=1) for name in ("w", "b"))
        snapshots.append(trajectory_table(run.run, found[0].steps, w, b))
        certificates += certificate_tables(run.run, found)
    write_parquet(pa.concat_tables(snapshots), trajectory)
    write_parquet(pa.concat_tables(certificates), certificate)


def followed(run: FlowRun, seed: int, x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> SmoothRun:
    """Return a run on points x (n, 2), y (n,) with weights (n,): a step is eta / n times the sum's gradient."""
    given = {"step": run.eta / len(y), "bias": run.bias, "b_0": run.b_0, "weights": weight}
    try:
        return descend(x, y, steps=flow_steps(run.horizon), **given)
    except UnstableError as error:
        nearer = f", or a b_0 nearer to 0 than {run.b_0}" if run.b_0 else ""
        reason = f"eta: {run.eta} is not allowed with reduction mean; expected a smaller one{nearer}, as at {error}"
        raise StageError(f"{run.run}, seed {seed}: {reason}") from error


def certificate_tables(run: str, found: list[SmoothRun]) -> Iterator[pa.Table]:
    """Yield, as rows of `bounds`, what makes each seed's descent a smooth one."""
    statement = "certificate: multipliers of a step, 1 - eta / N lambda of the Hessian, are above -1"
    for seed, one in enumerate(found):
        yield bound_rows(run, seed, [("largest_sharpness", one.sharpness, statement)])

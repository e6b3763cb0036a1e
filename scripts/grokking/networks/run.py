"""One configuration of the two-layer networks, seed by seed: loss curves, times and predictions of times."""

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.networks.descent import NetworkRun, train_network
from grokking.networks.model import gaussian_points, homogeneous_time, initial_parameters, linear_t1
from grokking.results.files import write_parquet
from grokking.results.jobs import seeds_of, stage
from grokking.results.rows import Fact, Time, bound_rows, curve_rows, time_rows
from grokking.steps import log_grid

log = logging.getLogger(__name__)

# How far the accelerated times may be from those of plain gradient descent: `check` holds them to it.
T1_TOLERANCE = 1  # steps
T2_TOLERANCE = 1e-3  # relative


@dataclass(frozen=True)
class Run:
    """The parameters of one run, named as in the table `runs`: both losses are compared with eps."""

    run: str
    d: int
    n: int
    m: int
    eta: float
    weight_decay: float
    nu2: float
    eps: float
    horizon: int
    points_per_decade: int
    n_seeds: int

    def problem(self, root: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Return one seed's points (n, d) and initial parameters (m, d + 1)."""
        X = gaussian_points(root, seed, self.n, self.d)
        return X, initial_parameters(root, seed, self.m, self.d, self.nu2)


@dataclass(frozen=True)
class Trained:
    """One seed's accelerated run, and what linear theory says of its t1 (None where L_n starts below eps)."""

    descent: NetworkRun
    t1_linear: int | None


@stage
def train(run: Run, seed: int, curves: Path, times: Path, bounds: Path) -> None:
    """Train one replicate after the other, drawn from the root seed `seed`, and write the three tables."""
    seeds = []
    for replicate in seeds_of(run.run, run.n_seeds, "trained"):
        seeds.append(trained(run, seed, replicate))
        descent = seeds[-1].descent
        log.info("t1 %s, t2 %s, %d gradients", descent.t1, descent.t2, descent.gradients)
    write_parquet(curve_table(run, seeds), curves)
    write_parquet(time_table(run, seeds), times)
    write_parquet(bound_table(run, seeds), bounds)


def trained(run: Run, root: int, seed: int) -> Trained:
    """Train one seed by the accelerated descent."""
    X, theta = run.problem(root, seed)
    eta, weight_decay, eps = run.eta, run.weight_decay, run.eps
    steps = log_grid(run.horizon, run.points_per_decade)
    descent = train_network(X, theta, eta, weight_decay, eps, eps, steps)
    return Trained(descent, linear_t1(X, theta, eta, weight_decay, eps))


def curve_table(run: Run, seeds: list[Trained]) -> pa.Table:
    """Return L_n (split `train`) and L (split `population`) of every seed at the logged steps."""
    return pa.concat_tables(
        curve_rows(
            run.run,
            seed,
            one.descent.steps,
            {("loss", "train"): one.descent.train_loss, ("loss", "population"): one.descent.test_loss},
        )
        for seed, one in enumerate(seeds)
    )


def time_table(run: Run, seeds: list[Trained]) -> pa.Table:
    """Return t1 and t2 of every seed; their resolution is the accuracy that `check` holds the acceleration to."""
    parts = []
    for seed, one in enumerate(seeds):
        t1, t2 = one.descent.t1, one.descent.t2
        found = [
            ("t1", run.eps, Time(t1, t1 is None, T1_TOLERANCE)),
            ("t2", run.eps, Time(t2, t2 is None, T2_TOLERANCE * (t2 or run.horizon))),
        ]
        parts.append(time_rows(run.run, seed, found, run.horizon))
    return pa.concat_tables(parts)


def bound_table(run: Run, seeds: list[Trained]) -> pa.Table:
    """Return the predictions of every seed: of linear theory from step 0, of homogeneity from t1 (null without it)."""
    return pa.concat_tables(bound_rows(run.run, seed, _predictions(run, one)) for seed, one in enumerate(seeds))


def _predictions(run: Run, one: Trained) -> list[Fact]:
    eta, weight_decay, eps = run.eta, run.weight_decay, run.eps
    start, t1 = one.descent.test_loss[0], one.descent.t1
    late = None
    if t1 is not None:
        late = homogeneous_time(t1, one.descent.test_loss_at_t1, eps, eta, weight_decay)
    linear_t2 = homogeneous_time(0, start, eps, eta, weight_decay, degree=1)
    return [
        ("t1_linear", one.t1_linear, "t1 of the linear model on the tangent features at step 0"),
        ("t2_linear", linear_t2, "ln(L(0) / c) / (-2 ln(1 - eta lambda))"),
        ("t2_homogeneous", late, "t1 + ln(L(t1) / c) / (-4 ln(1 - eta lambda))"),
    ]

"""One configuration of the two-layer networks, seed by seed: loss curves, times and predictions of times."""

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.networks.descent import SETTLED as SETTLED_LOSS
from grokking.networks.descent import NetworkRun, train_network
from grokking.networks.model import gaussian_points, homogeneous_time, initial_parameters, linear_t1
from grokking.results.files import write_parquet
from grokking.results.jobs import StageError, seeds_of, stage
from grokking.results.rows import Fact, Time, bound_rows, curve_rows, time_rows
from grokking.steps import log_grid

log = logging.getLogger(__name__)

# How far the times may be from those of every step executed, in steps: `check` holds them to it.
T1_TOLERANCE = 1  # that of t1
T2_TOLERANCE = 1e-4  # that of t2, relative, where that is more than a step
HOMOGENEOUS = "ln(L({}) / c) / (-4 ln(1 - eta lambda))"
SETTLED = f"s + {HOMOGENEOUS.format('s')}, s a step with L_n at most {SETTLED_LOSS:g} eps"


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

    @property
    def steps(self) -> np.ndarray:
        """The steps (k,) at which the losses are logged: with no points a decade the first and the last."""
        if self.points_per_decade == 0:
            return np.array([0, self.horizon])
        return log_grid(self.horizon, self.points_per_decade)

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
        log.info("t1 %s, t2 %s, %d kernels", descent.t1, descent.t2, descent.kernels)
    write_parquet(curve_table(run, seeds), curves)
    write_parquet(time_table(run, seeds), times)
    write_parquet(bound_table(run, seeds), bounds)


def trained(run: Run, root: int, seed: int) -> Trained:
    """Train one seed by pieces of many steps.

    Raises StageError, naming run and key, where a step of size eta overshoots, and where eps asks for too many pieces.
    """
    X, theta = run.problem(root, seed)
    eta, weight_decay, eps = run.eta, run.weight_decay, run.eps
    try:
        descent = train_network(X, theta, eta, weight_decay, eps, eps, run.steps)
        return Trained(descent, linear_t1(X, theta, eta, weight_decay, eps))
    except ValueError as error:
        raise StageError(f"{run.run}: {error}") from error


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
    """Return t1 and t2 of every seed; their resolution is the error that `check` allows them."""
    parts = []
    for seed, one in enumerate(seeds):
        times = {"t1": one.descent.t1, "t2": one.descent.t2}
        found = [(name, run.eps, Time(t, t is None, tolerance(name, t or run.horizon))) for name, t in times.items()]
        parts.append(time_rows(run.run, seed, found, run.horizon))
    return pa.concat_tables(parts)


def tolerance(quantity: str, step: int) -> float:
    """Return how many steps t1 or t2, about `step`, may be from that of every step executed."""
    return T1_TOLERANCE if quantity == "t1" else max(1.0, T2_TOLERANCE * step)


def bound_table(run: Run, seeds: list[Trained]) -> pa.Table:
    """Return the predictions of every seed: of linear theory from step 0, of homogeneity from t1 and once settled."""
    return pa.concat_tables(bound_rows(run.run, seed, _predictions(run, one)) for seed, one in enumerate(seeds))


def _predictions(run: Run, one: Trained) -> list[Fact]:
    descent, start = one.descent, one.descent.test_loss[0]
    linear = homogeneous_time(0, start, run.eps, run.eta, run.weight_decay, degree=1)
    return [
        ("t1_linear", one.t1_linear, "t1 of the linear model on the tangent features at step 0"),
        ("t2_linear", linear, "ln(L(0) / c) / (-2 ln(1 - eta lambda))"),
        ("t2_homogeneous", _decayed(run, descent.t1, descent.test_loss_at_t1), "t1 + " + HOMOGENEOUS.format("t1")),
        ("t2_settled", _decayed(run, descent.settled, descent.test_loss_at_settled), SETTLED),
    ]


def _decayed(run: Run, step: int | None, loss: float | None) -> float | None:
    """Return t2 if from `step` on, where L is `loss`, only decay acts; None without such a step before t2."""
    if step is None or loss <= run.eps:
        return None
    return homogeneous_time(step, loss, run.eps, run.eta, run.weight_decay)

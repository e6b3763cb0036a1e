"""One configuration of the two-layer networks, seed by seed: loss curves, times, predictions, and the check on them.

A configuration ("run") is a mapping with the keys of the `runs` table: run, d, n, m, eta, weight_decay, nu2, eps,
horizon, points_per_decade, n_seeds. `curves`, `times` and `bounds` return rows of the table they are named after.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from grokking.networks.descent import NetworkRun, plain_times, train_network
from grokking.networks.model import gaussian_points, homogeneous_time, initial_parameters, linear_t1
from grokking.results.rows import Fact, Time, bound_rows, curve_rows, time_rows
from grokking.steps import log_grid

# How far the accelerated times may be from those of plain gradient descent: `check` holds them to it.
T1_TOLERANCE = 1  # steps
T2_TOLERANCE = 1e-3  # relative
LOOKS = 20_000  # plain descent looks at L this many times up to the horizon
EVERY_STEP = "times with every step of gradient descent executed"


@dataclass(frozen=True)
class Trained:
    """One seed's accelerated run, and what linear theory says of its t1 (None where L_n starts below eps)."""

    descent: NetworkRun
    t1_linear: int | None


def problem(run: Mapping, root: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return one seed's points (n, d) and initial parameters (m, d + 1)."""
    X = gaussian_points(root, seed, run["n"], run["d"])
    return X, initial_parameters(root, seed, run["m"], run["d"], run["nu2"])


def train(run: Mapping, root: int, seed: int) -> Trained:
    """Train one seed by the accelerated descent."""
    X, theta = problem(run, root, seed)
    eta, weight_decay, eps = run["eta"], run["weight_decay"], run["eps"]
    steps = log_grid(run["horizon"], run["points_per_decade"])
    descent = train_network(X, theta, eta, weight_decay, eps, eps, steps)
    return Trained(descent, linear_t1(X, theta, eta, weight_decay, eps))


def curves(run: Mapping, seeds: list[Trained]) -> pa.Table:
    """Return L_n (split `train`) and L (split `population`) of every seed at the logged steps."""
    return pa.concat_tables(
        curve_rows(
            run["run"],
            seed,
            trained.descent.steps,
            {("loss", "train"): trained.descent.train_loss, ("loss", "population"): trained.descent.test_loss},
        )
        for seed, trained in enumerate(seeds)
    )


def times(run: Mapping, seeds: list[Trained]) -> pa.Table:
    """Return t1 and t2 of every seed; their resolution is the accuracy that `check` holds the acceleration to."""
    parts = []
    for seed, trained in enumerate(seeds):
        t1, t2 = trained.descent.t1, trained.descent.t2
        found = [
            ("t1", run["eps"], Time(t1, t1 is None, T1_TOLERANCE)),
            ("t2", run["eps"], Time(t2, t2 is None, T2_TOLERANCE * (t2 or run["horizon"]))),
        ]
        parts.append(time_rows(run["run"], seed, found, run["horizon"]))
    return pa.concat_tables(parts)


def bounds(run: Mapping, seeds: list[Trained]) -> pa.Table:
    """Return the predictions of every seed: of linear theory from step 0, of homogeneity from t1 (null without it)."""
    return pa.concat_tables(bound_rows(run["run"], seed, _predictions(run, one)) for seed, one in enumerate(seeds))


def _predictions(run: Mapping, trained: Trained) -> list[Fact]:
    eta, weight_decay, eps = run["eta"], run["weight_decay"], run["eps"]
    start, t1 = trained.descent.test_loss[0], trained.descent.t1
    late = None
    if t1 is not None:
        late = homogeneous_time(t1, trained.descent.test_loss_at_t1, eps, eta, weight_decay)
    linear_t2 = homogeneous_time(0, start, eps, eta, weight_decay, degree=1)
    return [
        ("t1_linear", trained.t1_linear, "t1 of the linear model on the tangent features at step 0"),
        ("t2_linear", linear_t2, "ln(L(0) / c) / (-2 ln(1 - eta lambda))"),
        ("t2_homogeneous", late, "t1 + ln(L(t1) / c) / (-4 ln(1 - eta lambda))"),
    ]


def check(run: Mapping, root: int, seed: int, t1: int | None, t2: int | None) -> pa.Table:
    """Train one seed with every step executed and compare its times with t1 and t2: rows of the table `bounds`.

    Takes as long as it takes: 0.5 s of CPU for 1000 steps at n = 50, m = 1000.
    """
    every = max(1, run["horizon"] // LOOKS)
    eta, weight_decay, eps = run["eta"], run["weight_decay"], run["eps"]
    plain_t1, plain_t2 = plain_times(*problem(run, root, seed), eta, weight_decay, eps, eps, run["horizon"], every)
    violations = [not _agree(t1, plain_t1, T1_TOLERANCE), not _agree(t2, plain_t2, T2_TOLERANCE * (plain_t2 or 0))]
    facts = {"t1_plain": plain_t1, "t2_plain": plain_t2, "checks": len(violations), "violations": sum(violations)}
    return bound_rows(run["run"], seed, [(*fact, EVERY_STEP) for fact in facts.items()])


def _agree(accelerated: int | None, plain: int | None, tolerance: float) -> bool:
    if accelerated is None or plain is None:
        return accelerated is plain
    return abs(accelerated - plain) <= tolerance

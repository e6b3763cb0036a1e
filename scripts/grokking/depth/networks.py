"""Networks of several depths: every step of gradient descent executed, t1 and t2, and how fast L falls in the end."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.depth.model import Weights, forward, initial_weights, points, population_loss_of, pull_back
from grokking.results.experiment import Experiment
from grokking.results.files import write_parquet
from grokking.results.jobs import StageError, stage
from grokking.results.rows import Fact, Time, bound_rows, curve_rows, time_rows
from grokking.seeds import Role
from grokking.steps import log_grid

POINTS_PER_DECADE = 8
TEST_POINTS = 1000  # of the test loss of ReLU networks of three layers and more
# L is looked at again when this part of the steps has gone in which decay alone would take it to eps.
LOOK = 0.5
LATE = 3  # training is over, and the late rate is measured, from this many times t1 on


@dataclass(frozen=True)
class Run:
    """The parameters of one run, named as in the table `runs`: `layers` matrices, hidden layers of m neurons."""

    run: str
    layers: int
    activation: str
    d: int
    n: int
    m: int
    eta: float
    weight_decay: float
    nu2: float
    nu2_first: float
    eps: float
    horizon: int
    n_seeds: int

    @property
    def relu(self) -> bool:
        """Whether hidden layers are ReLUs; they are linear otherwise."""
        return self.activation == "relu"

    def weights(self, root: int) -> Weights:
        """Return the initial weights of all seeds."""
        widths = [self.d, *[self.m] * (self.layers - 1), 1]
        return initial_weights(root, self.n_seeds, widths, self.relu, self.nu2, self.nu2_first)


@dataclass(frozen=True)
class Trained:
    """One seed's looks (k,) at L_n and L, which of them are on the curves' grid, and the times t1 and t2.

    t1 = max{t : L_n >= eps} and t2 = min{t : L <= eps} to the step, None where there is none up to the horizon.
    """

    steps: np.ndarray
    train_loss: np.ndarray
    test_loss: np.ndarray
    logged: np.ndarray
    t1: int | None
    t2: int | None


@stage
def train(experiment: Experiment, seed: int, curves: Path, times: Path, bounds: Path) -> None:
    """Train every run of an experiment, drawn from the root seed `seed`, and write the three tables."""
    tables = {curves: [], times: [], bounds: []}
    for run in experiment.each(Run):
        for replicate, one in enumerate(trained(run, seed)):
            tables[curves].append(curve_table(run, replicate, one))
            tables[times].append(time_table(run, replicate, one))
            tables[bounds].append(bound_rows(run.run, replicate, [late_rate(run, one)]))
    for path, parts in tables.items():
        write_parquet(pa.concat_tables(parts), path)


def trained(run: Run, root: int) -> list[Trained]:
    """Train all seeds with every step executed, until the last one has L <= eps, or to the horizon.

    Raises StageError, naming run and eta, where gradient descent diverges.
    """
    X, test = points(root, run.n_seeds, run.n, run.d), points(root, run.n_seeds, TEST_POINTS, run.d, Role.TEST)
    grid = set(log_grid(run.horizon, POINTS_PER_DECADE).tolist())
    looks: list[list[tuple]] = [[] for _ in range(run.n_seeds)]
    due, above = np.zeros(run.n_seeds), np.full(run.n_seeds, -1)
    for step, weights, train_loss in descent(run, X, run.weights(root)):
        _require_finite(run, step, train_loss)
        above[train_loss >= run.eps] = step
        for seed in range(run.n_seeds) if step in grid else np.flatnonzero(due <= step):
            loss = population_loss_of(weights, seed, run.relu, test)
            _require_finite(run, step, loss)
            looks[seed].append((step, train_loss[seed], loss, step in grid))
            due[seed] = np.inf if loss <= run.eps else step + max(1, int(LOOK * decay_time(run, loss)))
        if step == run.horizon or np.isinf(due).all():
            break
    return [_summary(run, found, int(last), step) for found, last in zip(looks, above, strict=True)]


def _require_finite(run: Run, step: int, loss: np.ndarray | float) -> None:
    if not np.isfinite(loss).all():
        reason = f"expected a smaller one: gradient descent diverges at step {step}"
        raise StageError(f"{run.run}: eta: {run.eta:g} is too large; {reason}")


def _summary(run: Run, looks: list[tuple], above: int, end: int) -> Trained:
    """Return a seed's looks and times; `above` is the last step with L_n >= eps or -1, `end` the last step of all."""
    steps, train_loss, test_loss, logged = (np.array(column) for column in zip(*looks, strict=True))
    reached = np.flatnonzero(test_loss <= run.eps)
    t2 = int(steps[reached[0]]) if reached.size else None
    return Trained(steps, train_loss, test_loss, logged, above if 0 <= above < end else None, t2)


def descent(run: Run, X: np.ndarray, weights: Weights) -> Iterator[tuple[int, Weights, np.ndarray]]:
    """Yield step, weights and L_n (seeds,) of gradient descent, without end; the weights are changed in place."""
    for step in count():
        values = forward(weights, X, run.relu)
        outputs = values[-1]
        yield step, weights, np.mean(outputs**2, axis=(1, 2)) / 2
        gradients = pull_back(weights, values, run.eta / run.n * outputs, run.relu)
        for W, gradient in zip(weights, gradients, strict=True):
            W *= 1 - run.eta * run.weight_decay
            W -= gradient


def decay_time(run: Run, loss: float) -> float:
    """Return the steps in which decay alone takes L from `loss` to eps: it falls as (1 - eta lambda)^(2 D t)."""
    return np.log(loss / run.eps) / (-2 * run.layers * np.log1p(-run.eta * run.weight_decay))


def late_rate(run: Run, one: Trained) -> Fact:
    """Return the rate at which L falls between the first look after LATE t1 and t2, over that of decay alone."""
    late = np.flatnonzero((one.steps >= LATE * (one.t1 or 0)) & (one.test_loss > run.eps))
    rate = None
    if one.t1 is not None and one.t2 is not None and late.size:
        start, end = late[0], np.flatnonzero(one.steps == one.t2)[0]
        decay = decay_time(run, one.test_loss[start]) - decay_time(run, one.test_loss[end])
        rate = decay / (one.steps[end] - one.steps[start])
    return "late_rate", rate, f"d ln L / dt / (2 D ln(1 - eta lambda)) from {LATE} t1 to t2"


def curve_table(run: Run, seed: int, one: Trained) -> pa.Table:
    """Return L_n (split `train`) and L (split `population`) at the logged steps."""
    losses = {"train": one.train_loss, "population": one.test_loss}
    series = {("loss", split): values[one.logged] for split, values in losses.items()}
    return curve_rows(run.run, seed, one.steps[one.logged], series)


def time_table(run: Run, seed: int, one: Trained) -> pa.Table:
    """Return t1, exact to the step, and t2, whose resolution is the distance to the look before if that is no step."""
    found = [("t1", run.eps, Time(one.t1, one.t1 is None, 0)), ("t2", run.eps, _located(one))]
    return time_rows(run.run, seed, found, run.horizon)


def _located(one: Trained) -> Time:
    if one.t2 is None:
        return Time(None, True, 0)
    gap = int(one.t2 - one.steps[one.steps < one.t2].max(initial=0))
    return Time(one.t2, False, 0 if gap <= 1 else gap)

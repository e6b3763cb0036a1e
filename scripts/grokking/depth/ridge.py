"""Ridge regression of figure 2 under other optimisers: every step executed, t1 and t2."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.optimisers import COORDINATEWISE, RULES
from grokking.results.experiment import Experiment
from grokking.results.files import write_parquet
from grokking.results.jobs import StageError, stage
from grokking.results.rows import Fact, Time, bound_rows, curve_rows, time_rows
from grokking.ridge.features import draw_map
from grokking.ridge.path import RidgePath
from grokking.ridge.problem import draw_problem
from grokking.seeds import Role, generator
from grokking.steps import log_grid

POINTS_PER_DECADE = 8


@dataclass(frozen=True)
class Run:
    """The parameters of one run, named as in the table `runs`: m Gaussian features, a unit teacher, nu^2 = 1."""

    run: str
    optimiser: str
    n: int
    m: int
    eta: float
    weight_decay: float
    eps: float
    horizon: int
    n_seeds: int


@dataclass(frozen=True)
class Problem:
    """Ridge regression on noiseless labels; seeds are the first axis of `Phi` (seeds, n, k), `start` and `teacher`.

    In the parameters' own coordinates k is m; L is the squared distance of theta to the teacher over m.
    """

    Phi: np.ndarray
    start: np.ndarray
    teacher: np.ndarray
    m: int

    def rotated(self) -> "Problem":
        """Return the problem in an orthonormal basis of what theta can reach: the rows of Phi, theta_0 and theta*."""
        span = np.concatenate([self.Phi, self.start[:, None], self.teacher[:, None]], axis=1)
        basis = np.linalg.qr(span.swapaxes(1, 2)).Q
        start, teacher = ((vector[:, None] @ basis)[:, 0] for vector in (self.start, self.teacher))
        return Problem(self.Phi @ basis, start, teacher, self.m)

    def each(self) -> Iterator["Problem"]:
        """Yield the problem of every seed alone, whose Phi stays in the cache."""
        for seed in range(len(self.Phi)):
            own = slice(seed, seed + 1)
            yield Problem(self.Phi[own], self.start[own], self.teacher[own], self.m)

    def at(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return L_n (seeds,), L (seeds,) and the gradient of L_n (seeds, k) at theta (seeds, k)."""
        n, error = self.Phi.shape[1], theta - self.teacher
        residual = (self.Phi @ error[:, :, None])[:, :, 0]
        gradient = (residual[:, None] @ self.Phi)[:, 0] / n
        return np.sum(residual**2, axis=1) / (2 * n), np.sum(error**2, axis=1) / self.m, gradient


def draw(run: Run, root: int) -> Problem:
    """Draw points, teacher and theta_0 ~ N(0, I_m) of all seeds, from the streams that figure 2's are drawn from."""
    Phi, start, teacher = [], [], []
    for seed in range(run.n_seeds):
        features = draw_map("gaussian", run.m, run.m, root, seed)
        Phi.append(features.inputs(run.n, generator(root, Role.DATA, seed)))
        start.append(generator(root, Role.INIT, seed).standard_normal(run.m))
        teacher.append(features.teacher)
    return Problem(np.array(Phi), np.array(start), np.array(teacher), run.m)


@dataclass(frozen=True)
class Trained:
    """One seed's losses at the logged steps (k,), and t1 and t2 to the step, None where there is none."""

    steps: np.ndarray
    train_loss: np.ndarray
    test_loss: np.ndarray
    t1: int | None
    t2: int | None


@stage
def train(experiment: Experiment, seed: int, curves: Path, times: Path, bounds: Path) -> None:
    """Train every run of an experiment, drawn from the root seed `seed`, and write the three tables."""
    tables = {curves: [], times: [], bounds: []}
    for run in experiment.each(Run):
        for replicate, one in enumerate(trained(run, seed)):
            losses = {("loss", "train"): one.train_loss, ("loss", "population"): one.test_loss}
            tables[curves].append(curve_rows(run.run, replicate, one.steps, losses))
            found = [(name, run.eps, Time(t, t is None, 0)) for name, t in (("t1", one.t1), ("t2", one.t2))]
            tables[times].append(time_rows(run.run, replicate, found, run.horizon))
            tables[bounds].append(bound_rows(run.run, replicate, predictions(run, seed, replicate, one.t2)))
    for path, parts in tables.items():
        write_parquet(pa.concat_tables(parts), path)


def trained(run: Run, root: int) -> list[Trained]:
    """Train all seeds with every step executed."""
    problem = draw(run, root)
    if run.optimiser in COORDINATEWISE:
        return [one for alone in problem.each() for one in follow(run, alone)]
    return follow(run, problem.rotated())


def follow(run: Run, problem: Problem) -> list[Trained]:
    """Execute every step from the start until all seeds of the problem have L <= eps, or to the horizon.

    Raises StageError, naming run and eta, where the rule diverges.
    """
    grid = set(log_grid(run.horizon, POINTS_PER_DECADE).tolist())
    rule, theta, logged = RULES[run.optimiser](run.eta, run.weight_decay), problem.start.copy(), []
    above, reached = (np.full(len(theta), -1) for _ in range(2))
    for step in range(run.horizon + 1):
        train_loss, test_loss, gradient = problem.at(theta)
        if not np.isfinite([train_loss, test_loss]).all():
            reason = f"expected a smaller one: {run.optimiser} diverges at step {step}"
            raise StageError(f"{run.run}: eta: {run.eta:g} is too large; {reason}")
        above[train_loss >= run.eps] = step
        reached[(reached < 0) & (test_loss <= run.eps)] = step
        if step in grid:
            logged.append((step, train_loss, test_loss))
        if (reached >= 0).all():
            break
        rule(theta, gradient)
    steps, train_losses, test_losses = (np.array(column) for column in zip(*logged, strict=True))
    t1 = [int(last) if 0 <= last < step else None for last in above]
    t2 = [int(first) if first >= 0 else None for first in reached]
    return [Trained(steps, *one) for one in zip(train_losses.T, test_losses.T, t1, t2, strict=True)]


def predictions(run: Run, root: int, seed: int, t2: int | None) -> list[Fact]:
    """Return t2 of gradient descent in closed form at the same eta and lambda, and t2 in units of 1 / (eta lambda).

    The first is None where gradient descent diverges, as it may at an eta that is small enough for another rule.
    """
    problem = draw_problem("gaussian", run.m, run.m, run.n, root, seed).rescaled(run.n, 1.0, 1.0, 1.0, noise_std=0.0)
    try:
        exact = RidgePath(problem, run.eta, run.weight_decay).times(run.eps)["t2"]
    except ValueError:
        exact = None
    units = None if t2 is None else run.eta * run.weight_decay * t2
    return [
        ("t2_gradient_descent", exact, "t2 of gradient descent in closed form"),
        ("t2_in_decay_times", units, "eta lambda t2"),
    ]

"""Optimisers: what momentum, adaptive steps, steps of a given length and mini-batches do to the delay.

Every step is executed, of all seeds together, but for plain descent on all points: its motion is smooth, and followed
to any horizon.

Two predictions stand beside the curves. Momentum mu makes a step of eta / (1 - mu) out of one of eta and changes
nothing else: descent with that step is the clock of heavy ball and Nesterov. And where the bias has come to rest at
what the present w asks of it, a run's |b| / ||w|| and its accuracy on concentrated points depend on ||w|| alone,
whatever made w as long as it is: `smooth.theory` says how.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from grokking.beyond.outcome import Outcome, linear_series
from grokking.beyond.sets import PlanarRun, Sets, draw, require_bounded, smooth_or_refused, surely_smooth
from grokking.logistic.evaluation import accuracy, bias_distance
from grokking.logistic.geometry import W_TRUE
from grokking.logistic.theory import kappa
from grokking.optimisers import MOMENTUM, RULES
from grokking.results.experiment import Experiment
from grokking.results.jobs import StageError, seeds_of, stage
from grokking.results.rows import Fact, Series
from grokking.seeds import Role, generator
from grokking.smooth import theory
from grokking.smooth.descent import UnstableError, descend
from grokking.smooth.execution import AXES, AllPoints, Batches, execute, replicate
from grokking.smooth.losses import LOSSES
from grokking.steps import flow_steps

LEVEL = 0.01
"""Share of concentrated test points that may be wrong where a run is said to generalise."""
FURTHEST = 10**11
"""Descent is followed to this step where its T_te is looked for."""
CLOCK_FROM = 1000
"""Momentum takes 1 / (1 - mu) steps to gather: it comes that much later, which shows less and less."""
LONG, LONGEST = 1.0, 1e6
"""The ||w|| between which the law of plain data's accuracy is given: it is that of a long w."""


@dataclass(frozen=True)
class Run(PlanarRun):
    """A run of an optimiser with gradients over `batch_size` points, 0 for all of them.

    `axes` are those that the optimiser works in: of the data (w_1, w_2), or of the true separator, (w_p, w_u).
    """

    optimiser: str
    decoupled_decay: float
    batch_size: int
    axes: str

    @property
    def smooth(self) -> bool:
        """Whether the run is plain descent on all points."""
        return self.optimiser == "gradient-descent" and self.batch_size == 0 and self.decoupled_decay == 0

    @property
    def has_momentum(self) -> bool:
        """Whether the run is descent with another clock."""
        return self.optimiser in ("heavy-ball", "nesterov") and self.batch_size == 0 and self.decoupled_decay == 0


@stage
def train(experiment: Experiment, seed: int, curves: Path, times: Path, bounds: Path) -> None:
    """Train every run of an experiment, drawn from the root seed `seed`, and write the three tables."""
    outcome = Outcome()
    for run in experiment.each(Run):
        steps = flow_steps(run.horizon)
        drawn = [draw(run, seed, replicate) for replicate in seeds_of(run.run, run.n_seeds, "drawn")]
        states = trained(run, [sets["train"] for sets in drawn], seed, steps)
        descent = of_descent(run.law, run.alpha)
        for number, sets in enumerate(drawn):
            w, b = states[:, number, :2], states[:, number, 2]
            series = linear_series(sets, w, b)
            predicted, facts = predictions(run, sets, steps, w, b)
            facts += generalisation(steps, series, descent)
            outcome.add(run, number, steps, series | predicted, facts)
    outcome.write(curves, times, bounds)


def trained(run: Run, points: Sequence, root: int, steps: np.ndarray) -> np.ndarray:
    """Return (w_1, w_2, b), (k, B, 3), at `steps` (k,) of a run on B training sets.

    Raises StageError for a batch size that does not divide their number of points, and for an eta that is too large.
    """
    if run.smooth:
        with smooth_or_refused(run, hint=f"; no step overshoots up to {min(map(surely_smooth, points)):.3g}"):
            runs = [descend(one.x, one.y, step=run.step, steps=steps) for one in points]
        return np.stack([np.column_stack([found.w, found.b]) for found in runs], axis=1)
    replicates = [replicate(one.x, one.y) for one in points]
    try:
        gradient = _gradient(run, replicates, root)
    except ValueError as error:
        raise StageError(f"{run.run}: batch_size: {error}") from error
    rule = RULES[run.optimiser](run.eta, run.decoupled_decay)
    states = execute(gradient, rule, len(points), steps, AXES if run.axes == "data" else np.eye(3))
    require_bounded(run, states)
    return states


def _gradient(run: Run, replicates: Sequence, root: int) -> AllPoints | Batches:
    loss = LOSSES["logistic"]
    if run.batch_size == 0:
        return AllPoints(replicates, loss)
    streams = [generator(root, Role.BATCHES, seed) for seed in range(len(replicates))]
    return Batches(replicates, loss, run.batch_size, streams)


def predictions(run: Run, sets: Sets, steps: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[Series, list[Fact]]:
    """Return the curves that theory expects of one seed's w (k, 2) and b (k,), and how far its clock is wrong.

    There is no clock where descent with its longer steps is not smooth.
    """
    norm, law = np.linalg.norm(w, axis=1), run.law
    if run.s_pos == run.s_neg == 0 and run.n_pos == run.n_neg:
        expected = np.interp(np.log(norm), *of_plain_data(law, run.alpha), left=np.nan)
        series = {("accuracy_predicted", "concentrated"): expected}
    else:
        series = {("bias_distance_predicted", "train"): np.abs(theory.slaved_bias(law, norm)) / norm}
    if not run.has_momentum:
        return series, []
    train, test = sets["train"], sets["concentrated"]
    try:
        clock = descend(train.x, train.y, step=run.step / (1 - MOMENTUM), steps=steps)
    except UnstableError:
        return series, []
    series["bias_distance_clock", "train"] = bias_distance(clock.w, clock.b)
    series["accuracy_clock", "concentrated"] = accuracy(test.x, test.y, clock.w, clock.b)
    return series, [clock_error(steps, np.column_stack([w, b]), np.column_stack([clock.w, clock.b]))]


@cache
def of_plain_data(law: theory.Law, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """Return log ||w||, (k,), from LONG to LONGEST, and the expected accuracy (k,) on concentrated points there."""
    norm = np.geomspace(LONG, LONGEST, 121)
    return np.log(norm), np.array([theory.concentrated_accuracy(law, one, alpha=alpha) for one in norm])


def clock_error(steps: np.ndarray, states: np.ndarray, clock: np.ndarray) -> Fact:
    """Return how far states (k, 3) are at most from descent's, relative to these."""
    gathered = steps >= min(CLOCK_FROM, steps[-1])
    error = np.linalg.norm(states - clock, axis=1) / np.linalg.norm(clock, axis=1)
    return "clock_error", error[gathered].max(), "descent with eta / (1 - mu), greatest relative error, t >= 1000"


@cache
def of_descent(law: theory.Law, alpha: float) -> tuple[float, float] | None:
    """Return T_te(LEVEL) of descent on this law of the points, and ||w|| there.

    None without an imbalance, with an eta that is too large for descent, and where there is no such time to FURTHEST.
    """
    if law.s_pos == law.s_neg:
        return None
    steps = flow_steps(FURTHEST)
    try:
        w, b = theory.curves(law, steps)
    except UnstableError:
        return None
    time = theory.geometric_time(steps, np.outer(w, W_TRUE), b, kappa=kappa(LEVEL, alpha), gamma=law.gamma)
    if not np.isfinite(time):
        return None
    return time, float(np.exp(np.interp(np.log(time), np.log(steps), np.log(w))))


def generalisation(steps: np.ndarray, series: Series, descent: tuple[float, float] | None) -> Iterator[Fact]:
    """Yield ||w|| where concentrated accuracy has come to 1 - LEVEL for good, and how much later descent is there.

    `descent` is the time of descent and its ||w||; there is nothing to say without, or where the run ends below.
    """
    if descent is None:
        return
    below = np.flatnonzero(series["accuracy", "concentrated"] < 1 - LEVEL)
    after = int(below[-1]) + 1 if len(below) else 0
    reached = after < len(steps)
    norm = series["norm", "train"][after] if reached else None
    yield "norm_at_T_te", norm, "||w|| where concentrated accuracy is 0.99 for good"
    yield "norm_at_T_te_predicted", descent[1], "||w|| at T_te of descent on the law of the data, eps = 0.01"
    speed = descent[0] / steps[after] if reached else None
    yield (
        "speed_up",
        speed,
        "T_te of descent on the law of the data, eps = 0.01, over the step from which accuracy is 0.99",
    )

"""Weight decay: descent on data with support vectors, where w comes to rest before it has outgrown the bias.

The boundary is as far from the true one as it is at rest, |b| / ||w||, for ever; late generalisation is complete only
where that is below gamma / 2, that is with weight decays below a threshold (`smooth.rest.decay_threshold`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from grokking.beyond.outcome import Outcome, linear_series
from grokking.beyond.sets import PlanarRun, draw, followed
from grokking.planar.data import Dataset
from grokking.results.experiment import Experiment
from grokking.results.jobs import seeds_of, stage
from grokking.results.rows import Fact
from grokking.smooth.rest import decay_threshold, expected_accuracy, expected_points, minimum


@dataclass(frozen=True)
class Run(PlanarRun):
    """A run with weight decay lambda of w, and of b too if `decay_bias`: the loss has lambda/2 of its square more."""

    weight_decay: float
    decay_bias: bool

    @property
    def decay(self) -> tuple[float, float]:
        """The parts of themselves that w and b lose at a step."""
        lost = self.eta * self.weight_decay
        return lost, lost * self.decay_bias


@stage
def train(experiment: Experiment, seed: int, curves: Path, times: Path, bounds: Path) -> None:
    """Train every run of an experiment, drawn from the root seed `seed`, and write the three tables."""
    outcome = Outcome()
    for run in experiment.each(Run):
        for replicate in seeds_of(run.run, run.n_seeds, "trained"):
            sets = draw(run, seed, replicate)
            points = sets["train"]
            found = followed(run, replicate, points, run.decay)
            outcome.add(
                run, replicate, found.steps, linear_series(sets, found.w, found.b), facts(run, points, seed, replicate)
            )
    outcome.write(curves, times, bounds)


def facts(run: Run, points: Dataset, root: int, seed: int) -> Iterator[Fact]:
    """Yield what is said of a run on these training points without training: where it ends, and how accurate it is."""
    yield "norm_at_rest", rest_norm(run, points), "||w|| at the minimum of the loss, by Newton's method"
    norm, distance, accuracy = predicted(run)
    yield "norm_predicted", norm, "||w|| of the law of the data, at rest"
    yield "bias_distance_predicted", distance, "|b|/||w|| there"
    yield "accuracy_predicted", accuracy, "expected concentrated accuracy there"
    if run.s_pos != run.s_neg:
        yield from thresholds(replace(run, run="", weight_decay=0.0), root, seed)


def rest_norm(run: Run, points: Dataset) -> float | None:
    """Return ||w|| at the minimum of the loss on these points; none where Newton's method does not find it."""
    try:
        return float(np.linalg.norm(minimum(points.x, points.y, step=run.step, decay=run.decay)[0]))
    except ValueError:
        return None


@cache
def predicted(run: Run) -> tuple[float, float, float] | tuple[None, None, None]:
    """Return ||w||, |b|/||w|| and concentrated accuracy that the law of the data has at rest; None as `rest_norm`."""
    points = expected_points(run.law)
    try:
        w, b = minimum(points.x, points.y, step=run.step, weights=points.weights, decay=run.decay)
    except ValueError:
        return None, None, None
    norm = float(np.linalg.norm(w))
    of_step = (run.decay[0] / run.step, run.decay[1] / run.step)
    return norm, abs(b) / norm, expected_accuracy(points, norm, b, gamma=run.gamma, alpha=run.alpha, decay=of_step)


@cache
def thresholds(run: Run, root: int, seed: int) -> list[Fact]:
    """Return the weight decay below which one replicate rests within the margin, and that of the law of the data.

    They are the same for all weight decays of a run, whose own does not matter.
    """
    given = {"step": run.step, "eta": run.eta, "gamma": run.gamma, "both": run.decay_bias}
    points, law = draw(run, root, seed)["train"], expected_points(run.law)
    own = decay_threshold(points.x, points.y, **given)
    predicted = decay_threshold(law.x, law.y, weights=law.weights, **given)
    return [
        ("decay_threshold", own, "lambda with |b|/||w|| = gamma/2 at rest"),
        ("decay_threshold_predicted", predicted, "... of the law of the data"),
    ]

"""Label noise: descent on data with wrong labels, which no line separates, from the first step until it is at rest."""

from dataclasses import dataclass
from pathlib import Path

from grokking.beyond.outcome import Outcome, linear_series
from grokking.beyond.sets import PlanarRun, Sets, draw, flipped, overlapping
from grokking.results.experiment import Experiment
from grokking.results.jobs import seeds_of, stage
from grokking.smooth.descent import descend
from grokking.steps import flow_steps


@dataclass(frozen=True)
class Run(PlanarRun):
    """A run on data with `flips` wrong labels, or with classes that overlap over the width `overlap`."""

    flips: int
    overlap: float


def noisy(run: Run, root: int, seed: int) -> Sets:
    """Draw the sets of one replicate; the labels of the test sets are right."""
    sets = draw(run, root, seed)
    train = flipped(sets["train"], root, seed, run.flips)
    return sets | {"train": overlapping(train, root, seed, run.overlap)}


@stage
def train(experiment: Experiment, seed: int, curves: Path, times: Path, bounds: Path) -> None:
    """Train every run of an experiment, drawn from the root seed `seed`, and write the three tables."""
    outcome = Outcome()
    for run in experiment.each(Run):
        for replicate in seeds_of(run.run, run.n_seeds, "trained"):
            sets = noisy(run, seed, replicate)
            points = sets["train"]
            found = descend(points.x, points.y, step=run.step, steps=flow_steps(run.horizon))
            outcome.add(run, replicate, found.steps, linear_series(sets, found.w, found.b))
    outcome.write(curves, times, bounds)

"""Weight decay: descent on data with support vectors, where w comes to rest before it has outgrown the bias."""

from dataclasses import dataclass
from pathlib import Path

from grokking.beyond.outcome import Outcome, linear_series
from grokking.beyond.sets import PlanarRun, draw
from grokking.results.experiment import Experiment
from grokking.results.jobs import seeds_of, stage
from grokking.smooth.descent import descend
from grokking.steps import flow_steps


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
            found = descend(points.x, points.y, step=run.step, steps=flow_steps(run.horizon), decay=run.decay)
            outcome.add(run, replicate, found.steps, linear_series(sets, found.w, found.b))
    outcome.write(curves, times, bounds)

"""One high-dimensional logistic configuration trained seed after seed, on data that is drawn again at every pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grokking.highdim import descent
from grokking.highdim.data import Population
from grokking.highdim.resident import RESIDENT_BYTES
from grokking.highdim.separated import NotContractingError
from grokking.results.files import write_arrays
from grokking.results.jobs import StageError, seeds_of, stage

Trajectories = Mapping[str, np.ndarray]
"""The fields of `descent.Trajectory` by name: step (S,), others with the seed as first axis; `run` (1,) is the name."""


REFUSALS = {
    descent.NotSeparatedError: ("max_chaotic", "more"),
    descent.NotResidentError: ("n_pos + n_neg", f"at most {RESIDENT_BYTES / 4:g} / d"),
    descent.NotCertifiedError: ("eta", "a smaller one"),
    descent.NotSettledError: ("horizon", f"at most {descent.EXECUTABLE}"),
    NotContractingError: ("eta", "a smaller one"),
}
"""Which key is to be changed, and to what, where a run is refused."""


@dataclass(frozen=True)
class Sampled:
    """The parameters that say what runs are trained on, named as in the table `runs`."""

    run: str
    d: int
    n_pos: int
    n_neg: int
    s_pos: int
    s_neg: int
    gamma: float

    def training_set(self, root: int, seed: int) -> Population:
        """Return the training points of one replicate, drawn when they are run through."""
        sizes = (self.n_pos, self.n_neg, self.s_pos, self.s_neg)
        return Population(root, seed, self.d, *sizes, gamma=self.gamma)


@dataclass(frozen=True)
class TrainingRun(Sampled):
    """A run with what its trajectory depends on; of `max_chaotic` see `descent.train`."""

    n_seeds: int
    eta: float
    bias: bool
    horizon: int
    max_chaotic: int

    def trained(self, root: int, seed: int, every_step: bool = False) -> descent.Trajectory:
        """Return one replicate's trajectory.

        Raises StageError, naming run, seed and the key to change, where the data is not separated in time, where what
        was left out is not certified, and where the flow does not stand in for the steps.
        """
        population = self.training_set(root, seed)
        try:
            return descent.train(population, self.eta, self.horizon, self.bias, every_step, self.max_chaotic)
        except tuple(REFUSALS) as error:
            key, expected = REFUSALS[type(error)]
            value = self.n_pos + self.n_neg if key == "n_pos + n_neg" else getattr(self, key)
            line = f"{self.run}, seed {seed}: {key}: {value} is not allowed; expected {expected}, as {error}"
            raise StageError(line) from error


@stage
def train(run: TrainingRun, seed: int, trajectory: Path) -> None:
    """Train one replicate after the other, drawn from the root seed `seed`, and write all trajectories.

    Raises StageError as `TrainingRun.trained` does.
    """
    write_arrays(trajectories(run, seed), trajectory)


def trajectories(run: TrainingRun, root: int) -> Trajectories:
    """Return the trajectories of all seeds. Raises StageError as `TrainingRun.trained` does."""
    found = [run.trained(root, seed) for seed in seeds_of(run.run, run.n_seeds, "trained")]
    fields = ("w", "b", "separation", "left_out", "flow_from", "n_core")
    stacked = {name: np.stack([getattr(one, name) for one in found]) for name in fields}
    return {"run": np.array([run.run]), "step": found[0].step, **stacked}

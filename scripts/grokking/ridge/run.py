"""One ridge configuration: its parameters, and the trajectories of all its seeds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from grokking.ridge.path import RidgePath
from grokking.ridge.problem import unstack
from grokking.steps import log_grid

POINTS_PER_DECADE = 30


@dataclass(frozen=True)
class Run:
    """The parameters of one run, named as in the table `runs`: n points of its data set, losses compared with eps."""

    run: str
    dataset: str
    features: str
    n: int
    eta: float
    weight_decay: float
    nu2: float
    teacher_scale: float
    noise_std: float
    init_variance: float
    unseen_scale: float
    eps: float
    horizon: int
    n_seeds: int

    @property
    def steps(self) -> np.ndarray:
        """The steps (k,) at which curves are logged."""
        return log_grid(self.horizon, POINTS_PER_DECADE)

    @property
    def scales(self) -> tuple[float, float]:
        """The factors on theta_0 and on phi.

        nu2 is the variance of theta_0, but of the hidden weights for ReLU features (figure 3): there it scales phi.
        init_variance multiplies the variance of theta_0, whatever nu2 is.
        """
        nu, init = float(np.sqrt(self.nu2)), float(np.sqrt(self.init_variance))
        return (init, nu) if self.features == "relu" else (init * nu, 1.0)

    def paths(self, problems: Mapping[str, np.ndarray]) -> list[RidgePath]:
        """Return the trajectory of every seed from the stacked problems of the run's data set."""
        scales = (*self.scales, self.teacher_scale, self.noise_std)
        stored = (unstack(problems, seed) for seed in range(self.n_seeds))
        scaled = (problem.rescaled(self.n, *scales) for problem in stored)
        changed = scaled if self.unseen_scale == 1 else (one.with_unseen(self.unseen_scale) for one in scaled)
        return [RidgePath(problem, self.eta, self.weight_decay) for problem in changed]

"""Small runs that several test modules train."""

from collections.abc import Callable, Sequence

import numpy as np
from grokking.highdim.training import TrainingRun
from grokking.logistic.trajectory import Trajectory
from grokking.networks.run import Run as NetworkRun
from grokking.planar.descent import Checkpoint, execute, prepared, trajectory

NETWORK = NetworkRun(
    run="test",
    d=20,
    n=8,
    m=60,
    eta=2e-3,
    weight_decay=0.5,
    nu2=1.0,
    eps=0.01,
    horizon=2000,
    points_per_decade=5,
    n_seeds=2,
)

# Its steps contract early, so that the flow takes over.
HIGHDIM = TrainingRun(
    run="wide",
    d=64,
    n_pos=150,
    n_neg=50,
    s_pos=2,
    s_neg=1,
    gamma=1e-3,
    n_seeds=1,
    eta=0.15,
    bias=True,
    horizon=30_000,
    max_chaotic=5000,
)


def execute_to(
    data: Sequence[tuple[np.ndarray, np.ndarray]],
    *,
    eta: float,
    horizon: int,
    bias: bool = True,
    resume: Checkpoint | None = None,
    on_chunk: Callable[[Checkpoint], None] | None = None,
) -> Trajectory:
    """Execute every step of descent on the summed loss in two dimensions; arguments as for `trainer.train`."""
    steps, state = prepared(len(data), eta, horizon, resume)
    return trajectory(steps, execute(data, state, steps, horizon, eta=eta, bias=bias, on_chunk=on_chunk))

"""Snapshots (w, b) of gradient descent in two dimensions as rows."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa


@dataclass(frozen=True)
class Trajectory:
    """Snapshots of B replicates: steps (k,), w (k, B, 2), b (k, B), and how they were found.

    omitted (B,) : the greatest certified bound on the gradient left out at an executed step, relative to it.
    flow_from (B,) : the step from which the flow was followed, 0 where every step was executed.
    """

    steps: np.ndarray
    w: np.ndarray
    b: np.ndarray
    omitted: np.ndarray
    flow_from: np.ndarray


def trajectory_table(trajectory: Trajectory) -> pa.Table:
    """Return rows (seed, step, w_1, w_2, b), seeds below each other."""
    count, seeds = trajectory.b.shape
    return pa.table(
        {
            "seed": pa.array(np.repeat(np.arange(seeds), count), pa.int64()),
            "step": pa.array(np.tile(trajectory.steps, seeds), pa.int64()),
            "w_1": trajectory.w[..., 0].T.ravel(),
            "w_2": trajectory.w[..., 1].T.ravel(),
            "b": trajectory.b.T.ravel(),
        }
    )


def read_trajectory(trajectory: pa.Table, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return steps (k,), w (k, 2) and b (k,) of one seed."""
    chosen = trajectory["seed"].to_numpy() == seed
    steps, w_1, w_2, b = (trajectory[name].to_numpy()[chosen] for name in ("step", "w_1", "w_2", "b"))
    return steps, np.column_stack([w_1, w_2]), b

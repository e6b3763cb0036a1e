"""Snapshots (w, b) of gradient descent in two dimensions as rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.results.files import read_parquet


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


def trajectory_table(run: str, steps: np.ndarray, w: np.ndarray, b: np.ndarray) -> pa.Table:
    """Return rows (run, seed, step, w_1, w_2, b) of steps (k,), w (k, B, 2), b (k, B), seeds below each other."""
    count, seeds = b.shape
    return pa.table(
        {
            "run": [run] * b.size,
            "seed": pa.array(np.repeat(np.arange(seeds), count), pa.int64()),
            "step": pa.array(np.tile(steps, seeds), pa.int64()),
            "w_1": w[..., 0].T.ravel(),
            "w_2": w[..., 1].T.ravel(),
            "b": b.T.ravel(),
        }
    )


def read_trajectories(files: Iterable[Path]) -> dict[tuple[str, int], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return steps (k,), w (k, 2) and b (k,) by run and seed from files of `trajectory_table`s."""
    table = pa.concat_tables([read_parquet(file) for file in files])
    run, seed = table["run"].combine_chunks().dictionary_encode(), table["seed"].to_numpy()
    changes = (np.diff(run.indices.to_numpy()) != 0) | (np.diff(seed) != 0)
    edges = [0, *(np.flatnonzero(changes) + 1).tolist(), len(table)]
    steps, w_1, w_2, b = (table[name].to_numpy() for name in ("step", "w_1", "w_2", "b"))
    w = np.column_stack([w_1, w_2])
    return {
        (run[first].as_py(), int(seed[first])): (steps[first:end], w[first:end], b[first:end])
        for first, end in pairwise(edges)
    }

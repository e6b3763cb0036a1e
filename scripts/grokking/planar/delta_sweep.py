"""A sweep over balances of support vectors: its replicates, their points and their snapshots as rows.

A sweep is a mapping with sweep, eta, bias, n_seeds and `runs`, a list of mappings with run, s_pos and s_neg. One
replicate is a run and a seed; tables hold it as rows with s_pos, s_neg and seed.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grokking.logistic.trajectory import Trajectory
from grokking.planar.data import as_table, draw, points


def draw_design(design: Mapping, root: int) -> pa.Table:
    """Return the points of every pair of `support` and every seed of a design of `delta.data`."""
    parts = []
    for s_pos, s_neg in design["support"]:
        dataset = design | {"s_pos": s_pos, "s_neg": s_neg, "perturbation": 0.0}
        for seed in range(design["n_seeds"]):
            splits = draw(dataset, root, seed)
            parts += [_labelled(as_table(seed, split, splits[split]), s_pos, s_neg) for split in splits]
    return pa.concat_tables(parts)


def replicates(sweep: Mapping) -> list[tuple[Mapping, int]]:
    """Return (run, seed) of all replicates, the seeds of a run together."""
    return [(run, seed) for run in sweep["runs"] for seed in range(sweep["n_seeds"])]


def rows_of(table: pa.Table, run: Mapping, seed: int) -> pa.Table:
    """Return the rows of one replicate."""
    field = pc.field
    chosen = (field("s_pos") == run["s_pos"]) & (field("s_neg") == run["s_neg"]) & (field("seed") == seed)
    return table.filter(chosen)


def training_points(sweep: Mapping, data: pa.Table) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (x, y) of all replicates."""
    drawn = [points(rows_of(data, run, seed), seed, "train") for run, seed in replicates(sweep)]
    return [(one.x, one.y) for one in drawn]


def states_table(run: Mapping, seed: int, steps: np.ndarray, w: np.ndarray, b: np.ndarray) -> pa.Table:
    """Return steps (k,), w (k, 2) and b (k,) of one replicate as rows (s_pos, s_neg, seed, step, w_1, w_2, b)."""
    columns = {"seed": np.full(len(steps), seed), "step": steps, "w_1": w[:, 0], "w_2": w[:, 1], "b": b}
    return _labelled(pa.table(columns), run["s_pos"], run["s_neg"])


def trajectory_table(sweep: Mapping, trajectory: Trajectory) -> pa.Table:
    """Return the snapshots of all replicates."""
    return pa.concat_tables(
        states_table(run, seed, trajectory.steps, trajectory.w[:, index], trajectory.b[:, index])
        for index, (run, seed) in enumerate(replicates(sweep))
    )


def _labelled(table: pa.Table, s_pos: int, s_neg: int) -> pa.Table:
    for name, value in (("s_neg", s_neg), ("s_pos", s_pos)):
        table = table.add_column(0, name, pa.array(np.full(len(table), value), pa.int64()))
    return table

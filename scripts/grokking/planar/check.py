"""The runs in two dimensions against gradient descent written in the most naive way, and the rows that say how close.

A configuration ("run") is a mapping with run, eta, bias, horizon, n_seeds and eps, a list; `data`, `trajectory`,
`series` and `times` are its data set and the tables that its jobs wrote.
"""

import logging
import time
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grokking.logistic.comparison import compared_row, relative_errors
from grokking.logistic.trajectory import read_trajectory
from grokking.planar.data import points
from grokking.planar.run import UNSTABLE, series, times_table

log = logging.getLogger(__name__)

TOLERANCE = 1e-9
"""Largest relative error of (w, b) that is accepted of a contracting run, and of any run up to the step SHORT."""
SHORT = 100
CHAOTIC = 1000
"""To this step the error is measured and not judged: it grows where descent is chaotic."""
SETTLED = 10_000
"""A run is called contracting where eta lambda_max <= 2 at every snapshot from this step on."""
REPORT_EVERY = 30.0  # seconds


def compared(run: Mapping, data: pa.Table, trajectory: pa.Table, found: pa.Table, times: pa.Table) -> Iterator[dict]:
    """Yield rows of `brute_force`: every seed to the steps SHORT and CHAOTIC, a contracting seed 0 to the horizon."""
    for seed in range(run["n_seeds"]):
        contracting = is_contracting(found, seed)
        steps, w, b = read_trajectory(trajectory, seed)
        last = steps[-1] if contracting and seed == 0 else min(CHAOTIC, steps[-1])
        kept = steps <= last
        steps, stored = steps[kept], np.column_stack([w, b])[kept]
        train = points(data, seed, "train")
        executed = descend(train.x, train.y, steps, eta=run["eta"], bias=run["bias"], name=f"{run['run']}, seed {seed}")
        errors = relative_errors(stored, executed)
        about = {"run": run["run"], "model": "logistic", "seed": seed, "contracting": contracting}
        for end, tolerance in ((SHORT, TOLERANCE), (CHAOTIC, None)):
            yield compared_row(about, "(w, b)", steps[steps <= end], errors[steps <= end], tolerance)
        if last > CHAOTIC:
            known, again = times.filter(pc.field("seed") == seed), _times(run, data, seed, steps, executed)
            yield compared_row(about, "(w, b)", steps, errors, TOLERANCE, **_compared_times(known, again))


def is_contracting(found: pa.Table, seed: int) -> bool:
    """Whether eta lambda_max <= 2 at every snapshot of this seed from step SETTLED on, as its `series` say."""
    field = pc.field
    chosen = (field("quantity") == "sharpness") & (field("seed") == seed) & (field("step") >= SETTLED)
    sharpness = found.filter(chosen)["value"].to_numpy()
    return bool(len(sharpness) and np.all(sharpness <= UNSTABLE))


def descend(x: np.ndarray, y: np.ndarray, steps: np.ndarray, *, eta: float, bias: bool, name: str) -> np.ndarray:
    """Return (w_1, w_2, b) at each of `steps` (k,), shape (k, 3), by full passes over all points x (n, 2), y (n,).

    theta <- theta + eta sum_i sigmoid(-m_i) y_i (x_i, 1), m_i = y_i (w.x_i + b), from 0.
    """
    signed = y[:, None] * np.column_stack([x, np.full(len(y), float(bias))])
    theta, done = np.zeros(3), 0
    states = np.empty((len(steps), 3))
    started = reported = time.monotonic()
    with np.errstate(over="ignore"):  # exp(m) = inf: the point pulls with 0, as it should
        for row, step in enumerate(steps):
            for _ in range(step - done):
                theta = theta + eta * ((1 / (1 + np.exp(signed @ theta))) @ signed)
            done, states[row] = int(step), theta
            if (now := time.monotonic()) - reported > REPORT_EVERY:
                rate, reported = done / (now - started), now
                left = (steps[-1] - done) / rate
                log.info("%s: %d of %d steps, %.0f a second, %.0f s left", name, done, steps[-1], rate, left)
    return states


def _compared_times(known: pa.Table, again: pa.Table) -> dict:
    by_name = {(row["quantity"], row["eps"]): row for row in again.to_pylist()}
    rows = known.to_pylist()
    same = [_is_same(row, by_name[row["quantity"], row["eps"]]) for row in rows]
    return {"n_times": len(rows), "n_times_equal": sum(same)}


def _times(run: Mapping, data: pa.Table, seed: int, steps: np.ndarray, states: np.ndarray) -> pa.Table:
    columns = {"seed": np.full(len(steps), seed), "step": steps}
    columns |= {name: states[:, index] for index, name in enumerate(("w_1", "w_2", "b"))}
    return times_table(run, seed, *series(run, data, pa.table(columns), seed))


def _is_same(one: Mapping, other: Mapping) -> bool:
    if one["censored"] or other["censored"]:
        return one["censored"] and other["censored"]
    return abs(one["step"] - other["step"]) <= one["resolution"] * one["step"]

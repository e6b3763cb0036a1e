"""Gradient descent in two dimensions to any horizon: every step executed until the motion contracts, followed from there.

All replicates are executed together (`descent`). At each of `attempts` the flow in the logarithm of the step (`late`)
is tried on every one of them: started from half that step it must give the executed snapshots since, and from there to
the horizon it must not be refused. A replicate that passes is followed to the horizon, the others are executed on; one
that never passes has every step executed. The attempts are part of the definition of a run, whatever it is resumed from.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from grokking.logistic.trajectory import Trajectory
from grokking.planar.descent import CHUNK, Checkpoint, execute, prepared, trajectory
from grokking.planar.late import UnstableError, extend

FIRST_ATTEMPT, LAST_ATTEMPT, ATTEMPTS_PER_DECADE = 10**4, 10**7, 2
EXECUTABLE = 10**8
"""The longest horizon to which every step is executed."""
AGREEMENT = 1e-9
"""Greatest error of (w, b), relative to its norm, at the executed snapshots before an attempt."""


class UnsettledError(ValueError):
    """A replicate that cannot be followed has a horizon that cannot be executed."""


def attempts(horizon: int) -> list[int]:
    """Return the steps below the horizon at which the flow is tried, ends of chunks."""
    decades = np.log10(LAST_ATTEMPT / FIRST_ATTEMPT)
    exact = np.geomspace(FIRST_ATTEMPT, LAST_ATTEMPT, round(decades * ATTEMPTS_PER_DECADE) + 1)
    return [step for step in (CHUNK * np.rint(exact / CHUNK).astype(int)).tolist() if step < horizon]


def train(
    data: Sequence[tuple[np.ndarray, np.ndarray]],
    *,
    eta: float,
    horizon: int,
    bias: bool = True,
    resume: Checkpoint | None = None,
    on_chunk: Callable[[Checkpoint], None] | None = None,
) -> Trajectory:
    """Run gradient descent to step `horizon` on each data set (x (n, 2), y (n,)) of `data`; n may differ.

    Arguments, and the bytes of a resumed run, are as for `descent.train`. Raises UnsettledError, naming the replicate,
    where a horizon beyond EXECUTABLE is not reached by the flow, and ValueError as `descent.train` does.
    """
    steps, state = prepared(len(data), eta, horizon, resume)
    refused = {}
    for attempt in attempts(horizon):
        if attempt < state.step:
            continue
        state = execute(data, state, steps, attempt, eta=eta, bias=bias, on_chunk=on_chunk)
        state, refused = _follow(data, state, steps, eta, bias)
        if not refused:
            return trajectory(steps, state)
    if horizon > EXECUTABLE:
        replicate, reason = next(iter(refused.items()))
        raise UnsettledError(
            f"seed {replicate}: the motion has not settled by step {attempt} ({reason}) and the horizon {horizon} is too "
            f"far to execute every step; choose one of at most {EXECUTABLE}, or points on which descent is smooth"
        )
    return trajectory(steps, execute(data, state, steps, horizon, eta=eta, bias=bias, on_chunk=on_chunk))


def _follow(
    data: Sequence[tuple[np.ndarray, np.ndarray]], state: Checkpoint, steps: np.ndarray, eta: float, bias: bool
) -> tuple[Checkpoint, dict[int, UnstableError]]:
    """Follow to the horizon those executed replicates that can be; return why others cannot, by replicate."""
    flow_from, refused = state.flow_from.copy(), {}
    half, now = np.searchsorted(steps, [state.step / 2, state.step], side="right") - 1
    for replicate in np.flatnonzero(flow_from == 0).tolist():
        snapshots = state.snapshots[:, replicate]
        try:
            _require_agreement(
                snapshots[half : now + 1], _flow(data[replicate], snapshots, steps, half, now, eta, bias)
            )
            snapshots[now:] = _flow(data[replicate], snapshots, steps, now, len(steps) - 1, eta, bias)
            flow_from[replicate] = steps[now]
        except UnstableError as error:
            refused[replicate] = error
    return replace(state, flow_from=flow_from), refused


def _flow(
    points: tuple[np.ndarray, np.ndarray],
    snapshots: np.ndarray,
    steps: np.ndarray,
    first: int,
    last: int,
    eta: float,
    bias: bool,
) -> np.ndarray:
    """Return the states at steps[first], ..., steps[last] that the flow gives from the first of them."""
    w, b = snapshots[first, :2], snapshots[first, 2]
    late = extend(*points, w, b, eta=eta, start=int(steps[first]), steps=steps[first : last + 1], bias=bias)
    return np.column_stack([late.w, late.b])


def _require_agreement(executed: np.ndarray, followed: np.ndarray) -> None:
    error = (np.linalg.norm(followed - executed, axis=1) / np.linalg.norm(executed, axis=1)).max()
    if not error <= AGREEMENT:
        raise UnstableError(f"the flow misses executed steps by {error:.2g}, expected at most {AGREEMENT:g}")

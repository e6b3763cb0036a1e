"""Gradient descent in two dimensions to any horizon: executed until its motion contracts, followed from there.

All replicates are executed together (`descent`). At each of `attempts` the flow in the logarithm of the step (`late`)
is tried on every one of them: started from half that step it must give the executed snapshots since, and from there to
the horizon it must not be refused. A replicate that passes is followed to the horizon, the others are executed on; one
that never passes has every step executed. Attempts are part of a run's definition: where it was interrupted is not.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from grokking.logistic.trajectory import Trajectory
from grokking.planar.descent import CHUNK, Checkpoint, execute, prepared, trajectory
from grokking.smooth.descent import UnstableError
from grokking.smooth.late import extend

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

    `on_chunk` and the bytes of a run that goes on from `resume` are as `descent.execute` says. Raises UnsettledError,
    naming the replicate, where a horizon beyond EXECUTABLE is not reached by the flow, and ValueError as
    `descent.prepared` does.
    """
    steps, state = prepared(len(data), eta, horizon, resume)
    for attempt in attempts(horizon):
        if attempt < state.step:
            continue
        state = execute(data, state, steps, attempt, eta=eta, bias=bias, on_chunk=on_chunk)
        state, refused = _follow(data, state, steps, eta, bias)
        if not refused:
            return trajectory(steps, state)
        if horizon > EXECUTABLE and attempt == attempts(horizon)[-1]:
            replicate, reason = next(iter(refused.items()))
            raise UnsettledError(
                f"seed {replicate}: horizon: {horizon} is not allowed with reduction sum; expected at most "
                f"{EXECUTABLE}, as it has not settled by step {attempt}: {reason}"
            )
    return trajectory(steps, execute(data, state, steps, horizon, eta=eta, bias=bias, on_chunk=on_chunk))


def _follow(
    data: Sequence[tuple[np.ndarray, np.ndarray]], state: Checkpoint, steps: np.ndarray, eta: float, bias: bool
) -> tuple[Checkpoint, dict[int, UnstableError]]:
    """Follow to the horizon those executed replicates that can be; return why others cannot, by replicate."""

    def flow(replicate: int, first: int, end: int | None) -> np.ndarray:
        w, b, chosen = snapshots[first, :2], snapshots[first, 2], steps[first:end]
        late = extend(*data[replicate], w, b, eta=eta, start=int(chosen[0]), steps=chosen, bias=bias)
        return np.column_stack([late.w, late.b])

    flow_from, refused = state.flow_from.copy(), {}
    half, now = np.searchsorted(steps, [state.step / 2, state.step], side="right") - 1
    for replicate in np.flatnonzero(flow_from == 0).tolist():
        snapshots = state.snapshots[:, replicate]
        try:
            _require_agreement(snapshots[half : now + 1], flow(replicate, half, now + 1))
            snapshots[now:] = flow(replicate, now, None)
            flow_from[replicate] = steps[now]
        except UnstableError as error:
            refused[replicate] = error
    return replace(state, flow_from=flow_from), refused


def _require_agreement(executed: np.ndarray, followed: np.ndarray) -> None:
    error = (np.linalg.norm(followed - executed, axis=1) / np.linalg.norm(executed, axis=1)).max()
    if not error <= AGREEMENT:
        raise UnstableError(f"the flow misses executed steps by {error:.2g}, expected at most {AGREEMENT:g}")

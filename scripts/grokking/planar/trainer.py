"""Gradient descent in two dimensions to any horizon: executed until its motion contracts, followed from there.

All replicates are executed together (`descent`). At each of `attempts` two flows in the logarithm of the step are tried
on every one of them, that of single steps (`smooth.descent`) and that of pairs (`smooth.late`): started from half that
step one must give the executed snapshots since, and from there to the horizon it must not be refused. A replicate that
passes is followed to the horizon, the others are executed on; one that never passes has every step executed. Attempts
are part of a run's definition: where it was interrupted is not.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from grokking.logistic.trajectory import Trajectory
from grokking.planar.descent import CHUNK, Checkpoint, execute, prepared, trajectory
from grokking.smooth.descent import UnstableError, follow
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
    naming the replicate, where a horizon beyond EXECUTABLE is not reached by the flow, OverflowError as
    `descent.execute` does, and ValueError as `descent.prepared` does.
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
    flow_from, refused = state.flow_from.copy(), {}
    half, now = np.searchsorted(steps, [state.step / 2, state.step], side="right") - 1
    for replicate in np.flatnonzero(flow_from == 0).tolist():
        snapshots = state.snapshots[:, replicate]
        for flow in (_smooth, _cycling):
            try:
                followed = flow(*data[replicate], snapshots[half], steps[half : now + 1], eta, bias)
                _require_agreement(snapshots[half + 1 : now + 1], followed)
                snapshots[now + 1 :] = flow(*data[replicate], snapshots[now], steps[now:], eta, bias)
                flow_from[replicate] = steps[now]
                break
            except UnstableError as error:
                refused[replicate] = error
    return replace(state, flow_from=flow_from), {one: why for one, why in refused.items() if flow_from[one] == 0}


def _smooth(x: np.ndarray, y: np.ndarray, state: np.ndarray, steps: np.ndarray, eta: float, bias: bool) -> np.ndarray:
    """Return the states (k - 1, 3) at steps[1:] of a flow that is at `state` (3,) at the first of steps (k,)."""
    found = follow(x, y, state[:2], state[2], step=eta, start=int(steps[0]), steps=steps[1:], bias=bias)
    return np.column_stack([found.w, found.b])


def _cycling(x: np.ndarray, y: np.ndarray, state: np.ndarray, steps: np.ndarray, eta: float, bias: bool) -> np.ndarray:
    """Return what `_smooth` does, of a flow that may be a cycle of period 2."""
    found = extend(x, y, state[:2], state[2], eta=eta, start=int(steps[0]), steps=steps[1:], bias=bias)
    return np.column_stack([found.w, found.b])


def _require_agreement(executed: np.ndarray, followed: np.ndarray) -> None:
    error = (np.linalg.norm(followed - executed, axis=1) / np.linalg.norm(executed, axis=1)).max()
    if not error <= AGREEMENT:
        raise UnstableError(f"the flow misses executed steps by {error:.2g}, expected at most {AGREEMENT:g}")

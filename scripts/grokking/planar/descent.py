"""Full-batch gradient descent on the sum-logistic loss in two dimensions, with every step executed.

The model is f(x) = w.x + b, the loss sum_i log(1 + exp(-y_i f(x_i))), the start w = 0, b = 0
(arXiv 2602.08302, section 5.1). `logistic.model.gradient_step` is one step, written plainly. Here the same steps are
taken for many replicates at once, and points are skipped only under a certificate, as follows.

With z_i = y_i (p_i, u_i, 1) and theta = (w_p, w_u, b) in the frame of the true separator, the margin of a
point is theta.z_i. Over a chunk of steps theta stays in a box of centre c and half-width h, where every
margin is at least c.z_i - h.|z_i|. Points are left out where that bound is high. When a chunk is done, its
own box gives

    omitted = sum of ||z_i|| exp(-(c.z_i - h.|z_i|)) over the points left out,

at least the norm of the gradient missed at any of its steps. The chunk stands if omitted <= TOLERANCE ||g||
with ||g|| the least norm of its gradients; otherwise it is repeated with more points.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from grokking.logistic.geometry import FRAME
from grokking.logistic.trajectory import Trajectory
from grokking.steps import snapshot_steps

CHUNK = 512
"""Steps between choices of the active points. Chunks start at its multiples, wherever a run was stopped."""
TOLERANCE = 1e-15
"""Gradient that may be left out at a step, relative to the gradient."""
RATIO = 1.002
"""... steps in this ratio, each with the step after it, so that motion of period 2 is seen."""


@dataclass(frozen=True)
class Checkpoint:
    """A training run of B replicates between two chunks: all that is needed to go on with the same bytes.

    step : steps done. theta (B, 3) : parameters in the trainer's units. box (2, B, 3) : least and greatest theta in
    the last chunk. omitted (B,) : greatest bound so far on the gradient left out, relative to the gradient.
    flow_from (B,) : 0 for a replicate that is executed; else it is not, whatever its theta. snapshots (k, B, 3) :
    (w_1, w_2, b) at the run's steps, filled up to `step`.
    """

    step: int
    theta: np.ndarray
    box: np.ndarray
    omitted: np.ndarray
    flow_from: np.ndarray
    snapshots: np.ndarray

    @classmethod
    def at_start(cls, replicates: int, snapshots: int) -> "Checkpoint":
        """Return the state at step 0."""
        zero = np.zeros((replicates, 3))
        flow_from = np.zeros(replicates, dtype=np.int64)
        return cls(0, zero, np.stack([zero, zero]), zero[:, 0], flow_from, np.zeros((snapshots, replicates, 3)))


def prepared(replicates: int, eta: float, horizon: int, resume: Checkpoint | None) -> tuple[np.ndarray, Checkpoint]:
    """Return the steps (k,) of a run's snapshots and the state it begins with. Raises ValueError
    unless eta > 0 and horizon is whole, and for a checkpoint of another shape.
    """
    if not 0 < eta < np.inf:
        raise ValueError(f"eta is {eta}: expected a positive, finite step size")
    if horizon != int(horizon) or horizon < 1:
        raise ValueError(f"horizon is {horizon}: expected a whole number of steps, 1 or more")
    steps = snapshot_steps(int(horizon), RATIO)
    if resume is None:
        return steps, Checkpoint.at_start(replicates, len(steps))
    found, expected = resume.snapshots.shape, (len(steps), replicates, 3)
    if found != expected:
        raise ValueError(f"resume has snapshots of shape {found}: expected {expected} for this data and horizon")
    return steps, replace(resume, snapshots=resume.snapshots.copy())


def trajectory(steps: np.ndarray, state: Checkpoint) -> Trajectory:
    """Return the snapshots of a state all of whose replicates have reached the last of `steps`."""
    return Trajectory(steps, state.snapshots[..., :2], state.snapshots[..., 2], state.omitted, state.flow_from)


def execute(
    data: Sequence[tuple[np.ndarray, np.ndarray]],
    state: Checkpoint,
    steps: np.ndarray,
    until: int,
    *,
    eta: float,
    bias: bool,
    on_chunk: Callable[[Checkpoint], None] | None = None,
) -> Checkpoint:
    """Return the state at step `until` of those replicates that are executed, snapshots at `steps` (k,) filled in.

    `on_chunk` receives a checkpoint every CHUNK steps; given as `state`, with the other arguments as they were, it
    leads to the same bytes as the undisturbed run. Its snapshots are written on: copy or save them before returning.
    The rounding of a replicate may depend on the others in `data`. Raises OverflowError where (w, b) is not finite.
    """
    chosen = np.flatnonzero(state.flow_from == 0)
    points = _Points.of([data[replicate] for replicate in chosen], eta, bias)
    path = np.empty((CHUNK + 1, len(chosen), 1, 3))
    while state.step < until:
        length = min(CHUNK - state.step % CHUNK, until - state.step)
        path[0, :, 0] = state.theta[chosen]
        box, omitted = _certified_chunk(points, state.box[:, chosen], path[: length + 1])
        first, last = np.searchsorted(steps, [state.step, state.step + length], side="right")
        reached = np.sqrt(eta) * path[steps[first:last] - state.step, :, 0]
        reached[..., :2] @= FRAME
        state.snapshots[first:last, chosen] = reached
        state = replace(
            state,
            step=state.step + length,
            theta=_with(state.theta, chosen, path[length, :, 0]),
            box=np.stack([_with(old, chosen, new) for old, new in zip(state.box, box, strict=True)]),
            omitted=_with(state.omitted, chosen, np.maximum(state.omitted[chosen], omitted)),
        )
        if on_chunk:
            on_chunk(state)
    return state


def _with(old: np.ndarray, chosen: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return a copy of `old` (B, ...) in which the chosen replicates are `new`."""
    changed = old.copy()
    changed[chosen] = new
    return changed


@dataclass(frozen=True)
class _Points:
    """Signed features sqrt(eta) z (B, 3, n), their moduli and norms (B, 1, n); zeros fill shorter data sets.

    With theta/sqrt(eta) as the unknown, margins and gradient take the same array, and the step size is 1.
    """

    signed: np.ndarray
    moduli: np.ndarray
    norms: np.ndarray

    @classmethod
    def of(cls, data: Sequence[tuple[np.ndarray, np.ndarray]], eta: float, bias: bool) -> "_Points":
        signed = np.zeros((len(data), 3, max(len(y) for _, y in data)))
        for row, (x, y) in zip(signed, data, strict=True):
            if np.shape(x) != (len(y), 2):
                raise ValueError(f"x has shape {np.shape(x)}: expected ({len(y)}, 2), as y has {len(y)} labels")
            row[:2, : len(y)] = (y[:, None] * (x @ FRAME)).T
            row[2, : len(y)] = y if bias else 0
        signed *= np.sqrt(eta)
        return cls(signed, np.abs(signed), np.linalg.norm(signed, axis=1, keepdims=True))

    def margins_at_least(self, box: np.ndarray) -> np.ndarray:
        """Return lower bounds (B, 1, n) on the margins at all theta of `box` (2, B, 3)."""
        centre, half_width = box.mean(axis=0)[:, None], (np.ptp(box, axis=0) / 2)[:, None]
        return centre @ self.signed - half_width @ self.moduli

    def needed(self, bounds: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return the points (B, 1, n) not to be left out, given bounds on the margins and ||gradient|| (B,).

        Were every margin at the cutoff, all points together would weigh TOLERANCE/e of the gradient.
        """
        with np.errstate(over="ignore", divide="ignore"):  # of a gradient of 0 no point may be left out
            cutoff = 1 + np.log(self.norms.sum(axis=2, keepdims=True) / (TOLERANCE * gradient[:, None, None]))
        return (bounds < cutoff) & (self.norms > 0)

    def pack(self, active: np.ndarray) -> np.ndarray:
        """Return the signed features (B, 3, K) of the points where active (B, 1, n), K the greatest count."""
        packed = np.zeros((len(active), 3, max(1, active.sum(axis=2).max())))
        for row, signed, chosen in zip(packed, self.signed, active[:, 0], strict=True):
            row[:, : np.count_nonzero(chosen)] = signed[:, chosen]
        return packed


def _certified_chunk(points: _Points, last_box: np.ndarray, path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fill path[1:] with steps from path[0]; return the chunk's box and relative omitted gradient."""
    gradient = np.linalg.norm(_steps(points.signed, path[:2]), axis=-1).min(axis=0)
    active = points.needed(points.margins_at_least(_widened(last_box)), gradient)
    while True:
        gradient = np.linalg.norm(_steps(points.pack(active), path), axis=-1).min(axis=0)
        box = np.stack([path.min(axis=0), path.max(axis=0)])[:, :, 0]
        if not np.isfinite(box).all():
            raise OverflowError("(w, b) has left the range of numbers")
        bounds = points.margins_at_least(box)
        with np.errstate(over="ignore", divide="ignore"):
            missed = np.sum(points.norms * np.exp(-bounds), axis=(1, 2), where=~active)
            # Where every pull underflows the gradient is 0: nothing of it is left out if no point is.
            omitted = np.divide(missed, gradient, out=np.zeros_like(missed), where=missed > 0)
        if np.all(omitted <= TOLERANCE):
            return box, omitted
        # A bound that fails has points below the cutoff: every repetition has more of them, up to all.
        active |= points.needed(bounds, gradient)


def _widened(box: np.ndarray) -> np.ndarray:
    """Return the last chunk's box with room for the next: a guess, on which only the speed depends."""
    room = 0.5 * np.ptp(box, axis=0)
    return np.stack([box[0] - room, box[1] + room])


def _steps(signed: np.ndarray, path: np.ndarray) -> np.ndarray:
    """Fill path[1:] (k, B, 1, 3) with steps from path[0] over `signed`; return the differences."""
    transposed = signed.transpose(0, 2, 1)
    margins = np.empty((len(signed), 1, signed.shape[2]))
    gradient = np.empty((len(signed), 1, 3))
    with np.errstate(over="ignore"):
        for now, following in pairwise(list(path)):
            np.matmul(now, signed, out=margins)
            np.exp(margins, out=margins)
            np.add(margins, 1.0, out=margins)
            np.reciprocal(margins, out=margins)
            np.matmul(margins, transposed, out=gradient)
            np.add(now, gradient, out=following)
    return np.diff(path, axis=0)[:, :, 0]

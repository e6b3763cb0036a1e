"""Full-batch gradient descent on the sum-logistic loss in high dimension, followed to 1e7 steps and beyond.

Until the data is separated the dynamics is chaotic: every step is executed, on the rows that matter
(`resident`). Afterwards only the rows near the margin push: steps are executed in the dual until they are
small against the curvature, and from there followed as a flow in log t (`separated`).
"""

import logging
import time
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from grokking.highdim.data import CHUNK, Population
from grokking.highdim.resident import CUTOFF, SPREAD, ResidentRows, smallest_streamed_margin, stream_two_steps
from grokking.highdim.separated import REACH, SeparatedRows
from grokking.steps import DENSE, snapshot_steps

log = logging.getLogger(__name__)

RATIO = 1.02
BLOCK = 32  # chaotic steps between two certificates
CORE = CUTOFF + 32.0  # rows with margins under this at separation enter the dual
REPORT_EVERY = 10.0  # seconds
TOLERANCE = 1e-12  # of the relative gradient left out
EXECUTABLE = 10**8  # steps after separation that are executed at most


class NotSeparatedError(RuntimeError):
    """The data was not separated within the chaotic steps allowed."""


class NotResidentError(RuntimeError):
    """Rows that were not kept in memory might have entered the gradient."""


class NotCertifiedError(RuntimeError):
    """The rows left out might have changed the gradient by more than TOLERANCE, or none pushes."""


class NotSettledError(RuntimeError):
    """Steps were still large against the curvature after EXECUTABLE of them."""


@dataclass(frozen=True)
class Trajectory:
    """Snapshots of a run and the numbers that vouch for it.

    step (S,), w (S, d), b (S,); `separation`: first step from which every margin stays positive, -1 if the
    horizon came first; `left_out`: bound of the gradient left out at any step, relative to its norm;
    `flow_from`: step from which the flow replaces the steps, -1 if every step was executed; `n_core`: number
    of rows in the dual.
    """

    step: np.ndarray
    w: np.ndarray
    b: np.ndarray
    separation: int
    left_out: float
    flow_from: int
    n_core: int


class _Recorder:
    """Keeps the states of the wanted steps and logs how far the run is, every REPORT_EVERY seconds."""

    def __init__(self, steps: np.ndarray, width: int):
        self.steps = steps
        self.states = np.empty((len(steps), width))
        self._row = {int(step): row for row, step in enumerate(steps)}
        self._start = self._reported = time.monotonic()

    def report(self, step: int, separated: bool) -> None:
        now = time.monotonic()
        if now - self._reported > REPORT_EVERY:
            rate = step / (now - self._start)
            # Before separation the rate says nothing of the steps to come.
            left = f"at most {(self.steps[-1] - step) / rate:.0f} s left" if separated else "not yet separated"
            log.info("step %d: %.0f steps a second, %s", step, rate, left)
            self._reported = now

    def take(self, step: int, state: np.ndarray) -> None:
        if step in self._row:
            self.states[self._row[step]] = state


def train(
    population: Population,
    eta: float,
    horizon: int,
    bias: bool = True,
    every_step: bool = False,
    max_chaotic: int = 100_000,
) -> Trajectory:
    """Run gradient descent theta += eta sum_i sigmoid(-m_i) v_i from 0 for `horizon` steps.

    With `every_step` no step after separation is replaced by the flow. Raises ValueError for eta <= 0 or
    horizon < 2, NotSeparatedError where the data is not separated after max_chaotic steps, NotResidentError where rows
    that are not in memory came near, NotCertifiedError where the bound on what was left out exceeds TOLERANCE or where
    nothing pushes any more at separation, NotSettledError where the flow does not stand in for the steps after
    EXECUTABLE of them, and NotContractingError as `SeparatedRows.flow` does.
    """
    if not eta > 0 or horizon < 2:
        raise ValueError(f"eta must be positive and the horizon at least 2 steps, not {eta} and {horizon}")
    steps = snapshot_steps(horizon, RATIO, first=0, pairs_from=DENSE * RATIO)
    recorder = _Recorder(steps, population.d + bias)
    first_states, rows, left_out = stream_two_steps(population, eta, bias)
    for step, state in enumerate(first_states):
        recorder.take(step, state)
    chaos = _chaotic_phase(rows, first_states[-1], eta, horizon, max_chaotic, recorder)
    if len(chaos.unproven) and smallest_streamed_margin(population, rows, chaos.unproven) < CUTOFF:
        raise NotResidentError("a row that was not kept in memory came near")
    left_out, flow_from, n_core = max(left_out, chaos.left_out), -1, 0
    if chaos.step < horizon:
        flow_from, n_core, late_left_out = _separated_phase(rows, chaos.step, chaos.state, eta, recorder, every_step)
        left_out = float(np.maximum(left_out, late_left_out))
    if not left_out <= TOLERANCE:
        raise NotCertifiedError(f"what was left out may reach {left_out:.2g} of the gradient")
    b = recorder.states[:, population.d] if bias else np.zeros(len(steps))
    w = recorder.states[:, : population.d]
    return Trajectory(steps, w, b, chaos.separation, float(left_out), int(flow_from), n_core)


@dataclass(frozen=True)
class _Chaos:
    """Where the chaotic phase ended: step, state, separation step (-1: never) and relative gradient left out.

    `unproven`: the states at which a bound did not show that the resident rows suffice.
    """

    step: int
    state: np.ndarray
    separation: int
    left_out: float
    unproven: np.ndarray


def _chaotic_phase(
    rows: ResidentRows, state: np.ndarray, eta: float, horizon: int, max_chaotic: int, recorder: _Recorder
) -> _Chaos:
    """Execute steps from 2 on until the data is separated and the steps contract, or to the horizon."""
    step, last_unseparated, left_out, spread, unproven = 2, 1, 0.0, SPREAD, []
    while step < horizon:
        if step >= max_chaotic:
            raise NotSeparatedError(
                f"after {step} steps a margin is negative or eta lambda_max may exceed 1, so that the flow cannot "
                f"stand in for the steps: allow more of them, or set the horizon to {step}"
            )
        descents = rows.block(state, eta, min(BLOCK, horizon - step), spread)
        spread = SPREAD if descents else 1.5 * spread
        for descent in descents:
            if descent.smallest_margin <= 0:
                last_unseparated = step
            elif eta * descent.trace < 1:
                return _Chaos(step, state, last_unseparated + 1, left_out, np.array(unproven))
            if not rows.covers(state):
                unproven.append(state)
            left_out = max(left_out, rows.left_out(descent.direction))
            state, step = state + eta * descent.direction, step + 1
            recorder.take(step, state)
        recorder.report(step, separated=False)
    return _Chaos(horizon, state, -1, left_out, np.array(unproven))


def _separated_phase(
    rows: ResidentRows, start: int, state: np.ndarray, eta: float, recorder: _Recorder, every_step: bool
) -> tuple[int, int, float]:
    """Fill the snapshots after `start`; return the flow's first step, the core's size, the bound left out."""
    core, dual = core_of(rows, state, eta)
    if len(core) == 0:
        raise NotCertifiedError(f"every margin is above {CORE:g} at separation, step {start}, so that nothing pushes")
    v = rows.rows(core)
    # Where separation comes late the snapshots are too coarse to certify the fast motion just after it.
    offsets = np.round(RATIO ** np.arange(int(np.log(start) / np.log(RATIO)) + 1)).astype(np.int64)
    steps = np.union1d(recorder.steps, start + offsets)
    steps = steps[(steps > start) & (steps <= recorder.steps[-1])]
    alphas = np.empty((len(steps), len(core)))
    alpha, step, flow_from = np.zeros(len(core)), start, -1
    for i, wanted in enumerate(steps):
        if not every_step and wanted > step + 1 and dual.is_smooth(alpha):
            flow_from = step
            alphas[i:] = _followed(dual, alpha, step, steps[i:])
            break
        if not every_step and wanted > start + EXECUTABLE:
            raise NotSettledError(f"steps are still large against the curvature at step {step}")
        alpha, step = dual.descend(alpha, wanted - step), wanted
        alphas[i] = alpha
        recorder.report(step, separated=True)
    states = state + alphas @ v
    for step, late_state in zip(steps, states, strict=True):
        recorder.take(int(step), late_state)
    return flow_from, len(core), _left_out_late(rows, core, dual, alphas, v, states)


def core_of(rows: ResidentRows, state: np.ndarray, eta: float) -> tuple[np.ndarray, SeparatedRows]:
    """Return the indices of the rows with margins under CORE at a separated state, and their dual."""
    reach = rows.reach(state[None], CORE)
    core = np.flatnonzero(rows.margins(state[None], 0, reach)[:, 0] < CORE)
    v = rows.rows(core)
    return core, SeparatedRows(v @ v.T, rows.exact_margins(core, state), eta)


def _followed(dual: SeparatedRows, alpha: np.ndarray, start: int, steps: np.ndarray) -> np.ndarray:
    """Follow the flow to `steps`; a step whose predecessor is among them is executed from it."""
    after = np.flatnonzero(np.diff(steps, prepend=start) == 1)
    flowing = np.setdiff1d(np.arange(len(steps)), after)
    alphas = np.empty((len(steps), len(alpha)))
    alphas[flowing] = dual.flow(alpha, start, steps[flowing])
    for i in after:
        alphas[i] = dual.step(alphas[i - 1] if i else alpha)
    return alphas


def _left_out_late(
    rows: ResidentRows,
    core: np.ndarray,
    dual: SeparatedRows,
    alphas: np.ndarray,
    v: np.ndarray,
    states: np.ndarray,
) -> float:
    """Bound of the relative gradient that rows outside the core, or skipped in it, could add at any step.

    Between two snapshots a state is at most the length of their chord from one of them, the path being
    smooth: that moves a margin by at most R times the chord.
    """
    if not all(rows.covers(state) for state in states):
        raise NotResidentError("rows that are not kept in memory may have come near")
    chord = np.linalg.norm(np.diff(states, axis=0), axis=1).max(initial=0.0)
    slack = rows.radius * chord
    pushes = expit(-(dual.margins_ref + alphas @ dual.gram))
    gradients = np.linalg.norm(pushes @ v, axis=1)
    reach = rows.reach(states, CUTOFF + slack)
    skipped = np.where(pushes < np.exp(slack - REACH) * pushes.max(axis=1, keepdims=True), pushes, 0.0)
    outside = skipped.sum(axis=1) * np.exp(slack) + (len(rows.p) - reach) * np.exp(-CUTOFF)
    in_core = np.zeros(reach, dtype=bool)
    in_core[core[core < reach]] = True
    for first in range(0, reach, CHUNK):
        last = min(first + CHUNK, reach)
        likely = np.exp(slack - rows.margins(states, first, last))
        outside += likely[~in_core[first:last]].sum(axis=0)
    return float((rows.radius * outside / gradients).max())

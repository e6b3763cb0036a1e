"""Training of a two-layer ReLU network by pieces of many steps, and the grokking times t1 and t2."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq

from grokking.networks.pieces import Pieces, State

# Estimated error of a piece: root mean square over the points, relative to that of the outputs at L_n = eps. At 3e-3
# narrow networks (m = 100) have t1 wrong by 6 steps of 11000; below 3e-4 t1 no longer moves by more than one.
TOLERANCE = 3e-4
FIRST_PIECE = 64  # steps
GROWTH = 4.0  # of a piece over the one before, at most
# Training counts as over below this fraction of the threshold eps on L_n.
SETTLED = 1e-3
LOCATED = 1e-2  # steps to which a crossing is located, below the error of the pieces
MOST_PIECES = 100_000  # of a run to its horizon: hundreds are usual


@dataclass(frozen=True)
class NetworkRun:
    """Losses on a grid of steps, and the two times.

    `train_loss` is L_n (half the mean square), `test_loss` is L (no half). t1 = max{t : L_n >= eps} and
    t2 = min{t : L <= c}; t1 is None if L_n starts below eps or ends above it, t2 is None if L ends above c.
    `settled` is the first step that was looked at with L_n at most SETTLED eps, None if there is none.
    `test_loss_at_t1` and `test_loss_at_settled` are L there: `homogeneous_time` predicts t2 from either.
    `kernels` counts the eigenproblems of size n that the run took, its cost but for the test losses.
    """

    steps: np.ndarray
    train_loss: np.ndarray
    test_loss: np.ndarray
    t1: int | None
    t2: int | None
    test_loss_at_t1: float | None
    settled: int | None
    test_loss_at_settled: float | None
    kernels: int


class Descent:
    """Gradient descent at step size eta with weight decay on the points X (n, d), many steps at a time.

    Raises ValueError if weight_decay is not positive (without it L does not fall to zero), if a step overshoots, or if
    the tolerance, which eps sets, asks for more than MOST_PIECES.
    """

    def __init__(self, X: np.ndarray, m: int, eta: float, weight_decay: float, eps: float):
        if weight_decay <= 0:
            raise ValueError(f"weight_decay: {weight_decay} is not allowed; expected a positive number")
        self._pieces = Pieces(X, m, eta, weight_decay)
        self._tolerance, self._eps = TOLERANCE * np.sqrt(2 * eps), eps
        self.kernels = 0

    def start(self, theta: np.ndarray) -> State:
        """Return the state of step 0."""
        return self._pieces.start(theta, FIRST_PIECE)

    def advance(self, state: State, target: float) -> State:
        """Return the state at step `target`, which is not before `state`."""
        while state.step < target:
            state = self._piece(state, target - state.step)
        return state

    def states(self, theta: np.ndarray, horizon: int) -> Iterator[State]:
        """Yield the states at the ends of the pieces, from step 0 to that at `horizon`."""
        state = self.start(theta)
        yield state
        for _ in range(MOST_PIECES):
            if state.step >= horizon:
                return
            state = self._piece(state, horizon - state.step)
            yield state
        reason = f"{MOST_PIECES} pieces end at step {state.step:.4g} of {horizon}"
        raise ValueError(f"eps: {self._eps:g} is too small; expected a larger one, as {reason}")

    def _piece(self, state: State, remaining: float) -> State:
        """Return the state after as many steps, up to `remaining`, as the tolerance lets one piece take."""
        wanted = state.piece
        while True:
            steps = min(wanted, remaining)
            after, error = self._pieces.follow(state, steps)
            self.kernels += 1
            growth = 0.9 * np.sqrt(self._tolerance / max(error, np.finfo(float).tiny))
            # Nothing is shorter than a step, whatever the estimate says.
            if error <= self._tolerance or steps <= 1:
                break
            wanted = max(1.0, float(int(max(growth, 0.1) * steps)))
        if steps == wanted or growth < 1:
            wanted = max(1.0, float(int(min(growth, GROWTH) * steps)))
        return replace(after, piece=wanted)


def train_network(
    X: np.ndarray,
    theta: np.ndarray,
    eta: float,
    weight_decay: float,
    eps: float,
    c: float,
    steps: np.ndarray,
) -> NetworkRun:
    """Train from theta (m, d + 1) on the points X (n, d), log the losses at `steps` and locate t1 and t2.

    `steps` rises from 0 to the horizon. Each loss is taken to cross its level once: L_n falls in a stable descent, and
    a dip of L below c and back before t2 would be missed.
    """
    descent = Descent(X, len(theta), eta, weight_decay, eps)
    states = list(descent.states(theta, int(steps[-1])))
    settled = next((state for state in states if state.train_loss <= SETTLED * eps), None)
    above_eps = crossing(descent, states, lambda state: _log_ratio(state.train_loss, eps))
    above_c = crossing(descent, states, lambda state: _log_ratio(state.test_loss, c))
    t1 = None if above_eps in (None, 0) else int(np.floor(above_eps))
    logged = [at_step(descent, states, step) for step in steps.tolist()]
    return NetworkRun(
        steps=steps,
        train_loss=np.array([state.train_loss for state in logged]),
        test_loss=np.array([state.test_loss for state in logged]),
        t1=t1,
        t2=None if above_c is None else int(np.ceil(above_c)),
        test_loss_at_t1=None if t1 is None else at_step(descent, states, t1).test_loss,
        settled=None if settled is None else int(settled.step),
        test_loss_at_settled=None if settled is None else settled.test_loss,
        kernels=descent.kernels,
    )


def at_step(descent: Descent, states: list[State], step: float) -> State:
    """Return the state at `step`, from the last one of `states` before it."""
    before = bisect_right(states, step, key=lambda state: state.step) - 1
    return descent.advance(states[before], step)


def crossing(descent: Descent, states: list[State], excess: Callable[[State], float]) -> float | None:
    """Return where `excess` turns from positive to not for the last time, a fraction of steps.

    0 if it is positive at none of `states`, None if it is at the last one.
    """
    above = next((index for index in reversed(range(len(states))) if excess(states[index]) > 0), -1)
    if above in (-1, len(states) - 1):
        return 0.0 if above == -1 else None
    low, high = states[above], states[above + 1].step
    return brentq(lambda step: excess(descent.advance(low, step)), low.step, high, xtol=LOCATED)


def _log_ratio(loss: float, level: float) -> float:
    return float(np.log(max(loss, np.finfo(float).tiny) / level))

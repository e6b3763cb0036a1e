"""Training and population loss of a two-layer ReLU network, and the grokking times t1 and t2.

Plain gradient descent needs about 2e5 steps a run. Here `leap` covers up to a few hundred steps by three
gradients until the training residual is small, and `SettledTraining` the rest in closed form.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from grokking.networks.leaps import leap
from grokking.networks.model import Network, SettledTraining, gradient_step, training_loss
from grokking.networks.population import population_loss

log = logging.getLogger(__name__)

# Estimated error of a leap: root mean square over the points, relative to that of the outputs at L_n = eps.
# At 3e-3 narrow networks (m = 100) have t1 wrong by 2 steps of 11343; at 1e-4 and below t1 no longer moves
# by more than one.
LEAP_TOLERANCE = 1e-4
# Largest decay of theta in a leap: a radial error is not seen in the outputs once they are near zero.
LEAP_DECAY = 0.05
# Training counts as settled below this fraction of the threshold eps on L_n.
SETTLED = 1e-3


@dataclass(frozen=True)
class NetworkRun:
    """Losses on a grid of steps, and the two times.

    `train_loss` is L_n (half the mean square), `test_loss` is L (no half). t1 = max{t : L_n >= eps} and
    t2 = min{t : L <= c}; t1 is None if L_n starts below eps or ends above it, t2 is None if L ends above c.
    Both are located to the step; the error of the acceleration (zero or one step in t1, below 1e-4 of t2 wherever it
    was checked) comes on top.
    `test_loss_at_t1` is L there: with `homogeneous_time` it predicts t2 without measuring it.
    `gradients` counts the passes over the points, forward and back, that the run took.
    """

    steps: np.ndarray
    train_loss: np.ndarray
    test_loss: np.ndarray
    t1: int | None
    t2: int | None
    test_loss_at_t1: float | None
    gradients: int


@dataclass(frozen=True)
class State:
    """Parameters after `step` steps of gradient descent, and what the next steps start from."""

    step: int
    theta: np.ndarray
    outputs: np.ndarray
    increment: np.ndarray
    leap_steps: int
    settled: SettledTraining | None = None
    settled_at: int = 0

    @property
    def train_loss(self) -> float:
        """L_n, half the mean squared output."""
        return 0.5 * float(np.mean(self.outputs**2))


class Descent:
    """Gradient descent at step size eta with weight decay on the points X (n, d), many steps at a time.

    Raises ValueError if weight_decay is not positive: without it L does not fall to zero.
    """

    def __init__(
        self,
        X: np.ndarray,
        m: int,
        eta: float,
        weight_decay: float,
        eps: float,
    ):
        if weight_decay <= 0:
            raise ValueError(f"weight_decay must be positive, not {weight_decay}")
        self.network = Network(X, m)
        self.eta, self.weight_decay = eta, weight_decay
        self.settled_loss = SETTLED * eps
        self.longest_leap = max(3, int(LEAP_DECAY / (eta * weight_decay)))
        self.output_tolerance = LEAP_TOLERANCE * np.sqrt(2 * eps)
        self.gradients = 0

    def start(self, theta: np.ndarray) -> State:
        """Return the state of step 0."""
        outputs, increment = self._increment(theta)
        return State(0, theta, outputs, increment, leap_steps=3)

    def advance(self, state: State, target: int) -> State:
        """Return the state at step `target`, which is not before `state`.

        Raises FloatingPointError if the descent diverges.
        """
        while state.step < target and state.settled is None:
            state = self._leap(state, target - state.step)
            if state.train_loss <= self.settled_loss:
                settled = SettledTraining(self.network, state.theta, self.eta, self.weight_decay)
                state = replace(state, settled=settled, settled_at=state.step)
        if state.step == target:
            return state
        theta, outputs = state.settled.after(target - state.settled_at)
        return replace(state, step=target, theta=theta, outputs=outputs)

    def _increment(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the outputs and the change of theta in one step."""
        self.gradients += 1
        outputs = self.network.outputs(theta)
        increment = self.network.pull_back(theta, -self.eta / len(outputs) * outputs)
        increment -= self.eta * self.weight_decay * theta
        return outputs, increment

    def _leap(self, state: State, remaining: int) -> State:
        """Return the state after as many steps, up to `remaining`, as the tolerance lets one leap take."""
        wanted = state.leap_steps
        while True:
            steps = min(wanted, remaining, self.longest_leap)
            theta, correction = leap(lambda at: self._increment(at)[1], state.theta, state.increment, steps)
            lower_order = self.network.outputs(theta - correction)
            outputs, increment = self._increment(theta)
            error = np.nan_to_num(np.sqrt(np.mean((outputs - lower_order) ** 2)), nan=np.inf)
            growth = 0.9 * (self.output_tolerance / max(error, np.finfo(float).tiny)) ** (1 / 3)
            # Up to three steps a leap is exact, whatever the estimate says.
            if error <= self.output_tolerance or steps <= 3:
                break
            wanted = max(3, int(growth * steps))
        if not np.isfinite(outputs).all():
            raise FloatingPointError(f"gradient descent diverges at step {state.step}: eta is too large")
        if steps == wanted or growth < 1:
            wanted = max(3, int(min(growth, 2.0) * steps))
        return State(state.step + steps, theta, outputs, increment, wanted)


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

    `steps` rises from 0 to the horizon. The integer steps are found inside a logging interval: for t1 the
    last one in which L_n falls below eps (a stable descent crosses it once), for t2 the first in which L
    falls to c. A dip of L below c and back within one interval would be missed.
    """
    descent = Descent(X, len(theta), eta, weight_decay, eps)
    state = descent.start(theta)
    train, test = [state.train_loss], [population_loss(theta)]
    t1 = loss_at_t1 = None
    t2 = 0 if test[0] <= c else None
    for step in steps[1:].tolist():
        before, state = state, descent.advance(state, step)
        train.append(state.train_loss)
        test.append(population_loss(state.theta))
        if train[-1] < eps <= train[-2]:
            t1 = locate(descent, before, step, lambda at: np.log(at.train_loss / eps)) - 1
            loss_at_t1 = population_loss(descent.advance(before, t1).theta)
        if t2 is None and test[-1] <= c:
            t2 = locate(descent, before, step, lambda at: np.log(population_loss(at.theta) / c))
    if train[-1] >= eps:
        t1 = loss_at_t1 = None
    return NetworkRun(steps, np.array(train), np.array(test), t1, t2, loss_at_t1, descent.gradients)


def locate(descent: Descent, low: State, high: int, excess: Callable[[State], float]) -> int:
    """Return the step at which `excess` turns from positive to non-positive, between `low` and step `high`.

    Regula falsi in its Illinois form on integers: the bracket closes to two neighbouring steps.
    """
    above, below = excess(low), excess(descent.advance(low, high))
    while high - low.step > 1:
        guess = low.step + (high - low.step) * above / (above - below)
        middle = descent.advance(low, min(max(round(guess), low.step + 1), high - 1))
        value = excess(middle)
        if value > 0:
            low, above, below = middle, value, below / 2
        else:
            high, above, below = middle.step, above / 2, value
    return high


def plain_times(
    X: np.ndarray,
    theta: np.ndarray,
    eta: float,
    weight_decay: float,
    eps: float,
    c: float,
    horizon: int,
    every: int,
) -> tuple[int | None, int | None]:
    """Return t1 and t2 by plain gradient descent with each step executed: the check on `train_network`.

    The run ends at t2 or at `horizon`. L is evaluated at multiples of `every` steps, the resolution of t2.
    None has the meaning that it has in `NetworkRun`; t1 is that of the steps up to t2.
    """
    above, t2, step = -1, None, 0
    while True:
        train_loss = training_loss(X, theta)
        if train_loss >= eps:
            above = step
        if step % every == 0 and population_loss(theta) <= c:
            t2 = step
        if t2 is not None or step == horizon:
            break
        if step % 10_000 == 0:
            log.info("plain descent, step %d of at most %d: L_n %.3g", step, horizon, train_loss)
        theta, step = gradient_step(X, theta, eta, weight_decay), step + 1
    return (above if 0 <= above < step else None), t2

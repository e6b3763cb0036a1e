"""Gradient descent on a two-layer network with every step executed: the check on the pieces.

In the coordinates H = X W^T (n, m) a step needs one product of n x n by n x m in place of two of n x d by d x m.
"""

import logging

import numpy as np

from grokking.networks.population import population_loss

log = logging.getLogger(__name__)


class PlainDescent:
    """Gradient descent from theta (m, d + 1) on the points X (n, d), a step at a time.

    The part of W (m, d) that the points do not see decays by 1 - eta weight_decay a step, the other one is H (X^+)^T.
    """

    def __init__(self, X: np.ndarray, theta: np.ndarray, eta: float, weight_decay: float):
        W = theta[:, :-1]
        self.step_count = 0
        self._eta, self._decay = eta, 1 - eta * weight_decay
        self._gram, self._inverse = X @ X.T, np.linalg.pinv(X)
        self._H, self._a = X @ W.T, theta[:, -1].copy()
        self._unseen = W - (self._inverse @ self._H).T
        self._hidden, self._back, self._change = (np.empty_like(self._H) for _ in range(3))

    @property
    def theta(self) -> np.ndarray:
        """The parameters (m, d + 1)."""
        unseen = self._decay**self.step_count * self._unseen
        return np.column_stack([unseen + (self._inverse @ self._H).T, self._a])

    def outputs(self) -> np.ndarray:
        """Return N(x_i) (n,) and keep the activations for `step`."""
        np.maximum(self._H, 0.0, out=self._hidden)
        return self._hidden @ self._a

    def step(self, outputs: np.ndarray) -> None:
        """Take one step from the outputs just computed."""
        residual = -self._eta / len(outputs) * outputs
        np.greater(self._H, 0.0, out=self._back)
        self._back *= residual[:, None]
        self._back *= self._a
        np.matmul(self._gram, self._back, out=self._change)
        self._H *= self._decay
        self._H += self._change
        self._a *= self._decay
        self._a += residual @ self._hidden
        self.step_count += 1


def plain_times(
    X: np.ndarray,
    theta: np.ndarray,
    eta: float,
    weight_decay: float,
    eps: float,
    c: float,
    horizon: int,
) -> tuple[int | None, int | None]:
    """Return t1 and t2 with each step executed, as in `NetworkRun`; t1 is that of the steps up to t2.

    The run ends at t2 or at `horizon`. L is looked at again when half the steps have gone in which decay alone would
    take it to c, in the end at every step: t2 is exact to the step unless L falls twice as fast as that. Raises
    ValueError, naming eta, where descent diverges.
    """
    descent = PlainDescent(X, theta, eta, weight_decay)
    above, look, t2 = -1, 0, None
    for step in range(horizon + 1):
        outputs = descent.outputs()
        if np.mean(outputs**2) / 2 >= eps:
            above = step
        if step == look:
            loss = population_loss(descent.theta)
            log.info("every step executed, step %d of at most %d: L %.4g", step, horizon, loss)
            if not np.isfinite(loss):
                raise ValueError(f"eta: {eta:g} is too large; expected a smaller one: descent diverges by step {step}")
            if loss <= c:
                t2 = step
                break
            look = step + max(1, int(np.log(loss / c) / (-8 * np.log1p(-eta * weight_decay))))
        descent.step(outputs)
    return (above if 0 <= above < step else None), t2

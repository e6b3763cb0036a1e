"""Descent in two dimensions with every step executed, for any loss and update rule, many replicates at once.

A replicate is z (3, n), its columns z_i = y_i (p_i, u_i, 1) in the frame of the true separator, and pulled (3, n), the
columns c_i z_i with c_i the weight of a point. With theta = (w_p, w_u, b) and m_i = theta.z_i the gradient is

    -sum_i pull(m_i) c_i z_i,    pull = -l' of `losses`.

An update rule works in the axes of the data, since some rules depend on the coordinates.

Points far from the boundary are left out where rounding would lose them, too. Let theta stay in a box of centre c and
half-width h: margins there are c.z_i -+ h.|z_i|, and pulls fall with margins. Points may be left out as long as, in
each component j of the gradient,

    sum_left |c_i z_ij| pull(c.z_i - h.|z_i|) <= UNIT sum_all |c_i z_ij| pull(c.z_i + h.|z_i|):

what is missing is below the unit in which the sum of the moduli is rounded. As soon as theta has left the box, before
the gradient there is taken, they are chosen anew.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from grokking.logistic.geometry import FRAME
from grokking.smooth.losses import Loss

AXES = np.block([[FRAME, np.zeros((2, 1))], [np.zeros((1, 2)), np.ones((1, 1))]])
"""From (w_1, w_2, b) to (w_p, w_u, b) and back: it is its own inverse."""
UNIT = 2.0**-53
"""Relative rounding of a sum of two numbers."""
ROOM = 0.05
"""Half-width of a box, relative to |theta| + 1: only the speed depends on it."""

Replicate = tuple[np.ndarray, np.ndarray]
"""z and pulled, each (3, n)."""
Gradient = Callable[[np.ndarray], np.ndarray]
"""From theta (B, 3) in the frame to the gradient (B, 3)."""


def replicate(x: np.ndarray, y: np.ndarray, weights: np.ndarray | None = None, *, bias: bool = True) -> Replicate:
    """Return z and pulled of points x (n, 2), y (n,) on the mean loss, or on the sum of losses with these weights."""
    z = (y[:, None] * np.column_stack([x @ FRAME, np.ones(len(y))])).T
    pulled = z / len(y) if weights is None else z * weights
    if not bias:
        pulled[2] = 0
    return z, pulled


def execute(
    gradient: Gradient, rule: Callable, replicates: int, steps: np.ndarray, axes: np.ndarray = AXES
) -> np.ndarray:
    """Return (w_1, w_2, b), (k, B, 3), at `steps` (k,), ascending from 0 or later, of B replicates that start at 0.

    The rule works in the axes of the data, or in those that `axes` (3, 3) leads to from the frame.
    """
    theta, states = np.zeros((replicates, 3)), np.empty((len(steps), replicates, 3))
    now = 0
    with np.errstate(over="ignore"):
        for place, step in enumerate(steps.tolist()):
            for _ in range(step - now):
                rule(theta, gradient(theta @ axes.T) @ axes)
            now = step
            states[place] = theta
    return states @ axes.T @ AXES


class AllPoints:
    """The gradient over all points, those left out that rounding would lose."""

    def __init__(self, replicates: Sequence[Replicate], loss: Loss) -> None:
        self._z, self._pulled = (_stacked(arrays) for arrays in zip(*replicates, strict=True))
        self._loss = loss
        self._centre, self._reach = np.zeros((len(self._z), 3)), -1.0

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """Return the gradient (B, 3) at theta (B, 3)."""
        if not (np.abs(theta - self._centre) <= self._reach).all():
            self._choose(theta)
        np.matmul(theta[:, None], self._near, out=self._margins)
        return -(self._loss.pull(self._margins) @ self._near_pulled)[:, 0]

    @property
    def kept(self) -> int:
        """The greatest number of points that a replicate has now."""
        return self._near.shape[2]

    def _choose(self, theta: np.ndarray) -> None:
        """Choose the points that are needed while theta is in a box around its value now."""
        self._centre, self._reach = theta.copy(), ROOM * (np.abs(theta) + 1)
        chosen = [np.flatnonzero(one) for one in self.needed(self._centre, self._reach)]
        self._near = _stacked([z[:, one] for z, one in zip(self._z, chosen, strict=True)])
        pulled = _stacked([z[:, one] for z, one in zip(self._pulled, chosen, strict=True)])
        self._near_pulled = np.ascontiguousarray(pulled.swapaxes(1, 2))
        self._margins = np.empty((len(theta), 1, self._near.shape[2]))

    def needed(self, centre: np.ndarray, reach: np.ndarray) -> np.ndarray:
        """Return which points (B, n) may not be left out while theta is in the box centre -+ reach, each (B, 3)."""
        with np.errstate(over="ignore"):
            return self._needed(centre, reach)

    def _needed(self, centre: np.ndarray, reach: np.ndarray) -> np.ndarray:
        middle, spread = (centre[:, None] @ self._z)[:, 0], (reach[:, None] @ np.abs(self._z))[:, 0]
        size = np.abs(self._pulled)
        least = np.sum(size * self._loss.pull(middle + spread)[:, None], axis=2, keepdims=True)
        most = size * self._loss.pull(middle - spread)[:, None]
        order = np.argsort(middle - spread, axis=1)[:, ::-1]
        together = np.cumsum(np.take_along_axis(most, order[:, None], axis=2), axis=2)
        needed = np.empty(order.shape, dtype=bool)
        np.put_along_axis(needed, order, ~np.all(together <= UNIT * least, axis=1), axis=1)
        return needed


class Batches:
    """The gradient of the mean loss over `size` points at a time: all in each epoch, in an order drawn anew for it.

    `generators` has a stream for each replicate; replicates have as many points each, a multiple of `size`, which weigh
    alike.
    """

    def __init__(
        self, replicates: Sequence[Replicate], loss: Loss, size: int, generators: Sequence[np.random.Generator]
    ) -> None:
        points = np.stack([z.T for z, _ in replicates])
        if points.shape[1] % size:
            raise ValueError(f"size is {size}: expected a divisor of the number of points, {points.shape[1]}")
        self._batches = _batches(points, size, generators)
        self._loss, self._size = loss, size

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """Return the gradient (B, 3) at theta (B, 3) over the next batch."""
        z = next(self._batches)
        margins = np.matvec(z, theta)
        return -np.vecmat(self._loss.pull(margins), z) / self._size


def _batches(points: np.ndarray, size: int, generators: Sequence[np.random.Generator]) -> Iterator[np.ndarray]:
    """Yield points (B, size, 3) of batch after batch, given all points (B, n, 3)."""
    replicates, count, _ = points.shape
    while True:
        orders = [rng.permutation(count) for rng in generators]
        # `take` is four times as fast as an index.
        shuffled = np.stack([own.take(order, axis=0) for own, order in zip(points, orders, strict=True)])
        yield from shuffled.reshape(replicates, -1, size, 3).swapaxes(0, 1)


def _stacked(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Return arrays (3, n) as one (B, 3, N), N the greatest n, shorter ones filled with zeros, which pull nowhere."""
    stacked = np.zeros((len(arrays), 3, max(1, *(array.shape[1] for array in arrays))))
    for row, array in zip(stacked, arrays, strict=True):
        row[:, : array.shape[1]] = array
    return stacked

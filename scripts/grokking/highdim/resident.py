"""Gradients of the sum-logistic loss on a data set too large to hold, with a certificate of what is left out.

Decompose w = a u + w_perp with u = w_true. The margin of row i is a p_i + z_i.w_perp + y_i b, at least
a p_i - R ||w_perp|| - |b|, where R is the largest norm of a row: rows sorted by p need be looked at only up
to some p, and only the first of them are kept in memory (float32). Rows whose margin may be under CUTOFF
enter the gradient in float64; what the others would add is bounded by size * R * exp(-CUTOFF).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from grokking.highdim.data import Population
from grokking.logistic.geometry import HALF_SIDE

CUTOFF = 64.0
RESIDENT_BYTES = 1_300_000_000
BATCH = 64  # rows converted to float64 at a time: they stay in cache
SPREAD = 5.0  # standard deviations of z.w_perp that a speculative block of steps looks ahead
COORDINATE_STD = HALF_SIDE / np.sqrt(3)


def split(states: np.ndarray, d: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a (n,), w_perp (n, d) and b (n,) of states (n, d) without or (n, d + 1) with a bias."""
    w = states[:, :d]
    a = w.sum(axis=1) / np.sqrt(d)
    b = states[:, d] if states.shape[1] > d else np.zeros(len(states))
    return a, w - (a / np.sqrt(d))[:, None], b


@dataclass(frozen=True)
class Descent:
    """Sum of sigmoid(-m_i) v_i, the smallest margin (at most CUTOFF) and a bound of the Hessian's trace."""

    direction: np.ndarray
    smallest_margin: float
    trace: float


@dataclass(frozen=True)
class ResidentRows:
    """The rows of smallest p, z (K, d) float32; p and y of all rows (N,), sorted by p; the largest norm R."""

    z: np.ndarray
    p: np.ndarray
    y: np.ndarray
    radius: float
    bias: bool

    def reach(self, states: np.ndarray, cutoff: float) -> int:
        """Return the number of resident rows beyond which every margin at every state is at least cutoff."""
        return min(self._bound(states, cutoff), len(self.z))

    def covers(self, state: np.ndarray) -> bool:
        """Whether every row that is not resident has a margin of at least CUTOFF, by the bound alone."""
        return self._bound(state[None], CUTOFF) <= len(self.z)

    def _bound(self, states: np.ndarray, cutoff: float) -> int:
        a, w_perp, b = split(states, self.z.shape[1])
        distance = cutoff + self.radius * np.linalg.norm(w_perp, axis=1) + np.abs(b)
        return int(np.searchsorted(self.p, (distance / a).max())) if (a > 0).all() else len(self.p)

    def likely_reach(self, state: np.ndarray, spread: float) -> int:
        """Return how many rows would have a margin under CUTOFF with z.w_perp `spread` deviations low."""
        a, w_perp, b = split(state[None], self.z.shape[1])
        noise = spread * COORDINATE_STD * np.linalg.norm(w_perp)
        likely = np.searchsorted(self.p, (CUTOFF + noise + abs(b[0])) / a[0]) if a[0] > 0 else len(self.p)
        return min(int(likely), self.reach(state[None], CUTOFF))

    def margins(self, states: np.ndarray, first: int, last: int) -> np.ndarray:
        """Lower bounds of the margins of rows first..last at states, shape (last - first, n).

        The product is taken in float32; its worst rounding error, 2 d 2^-24 R ||w_perp||, is subtracted.
        """
        d = self.z.shape[1]
        a, w_perp, b = split(states, d)
        slack = 2 * d * 2.0**-24 * self.radius * np.linalg.norm(w_perp, axis=1)
        margins = (self.z[first:last] @ w_perp.astype(np.float32).T).astype(float)
        margins += self.p[first:last, None] * a + self.y[first:last, None] * b - slack
        return margins

    def rows(self, index: np.ndarray) -> np.ndarray:
        """Rows in float64 with, where the bias is learned, their label as last column."""
        d = self.z.shape[1]
        rows = np.empty((len(index), d + self.bias))
        rows[:, :d] = self.z[index]
        rows[:, d:] = self.y[index, None]
        return rows

    def exact_margins(self, index: np.ndarray, state: np.ndarray) -> np.ndarray:
        """Margins of some rows in float64.

        They are taken as a p + z.w_perp + y b because the terms of z.w cancel: with ||w|| = 1e4 and margins
        of order 1 a plain product loses two more digits.
        """
        a, w_perp, b = split(state[None], self.z.shape[1])
        return a[0] * self.p[index] + self.z[index].astype(float) @ w_perp[0] + b[0] * self.y[index]

    def gradient(self, state: np.ndarray, reach: int) -> Descent:
        """Return the gradient over the rows up to `reach` with margins under CUTOFF, at one state."""
        near = np.flatnonzero(self.margins(state[None], 0, reach)[:, 0] < CUTOFF)
        direction, smallest, trace = np.zeros_like(state), CUTOFF, 0.0
        for first in range(0, len(near), BATCH):
            batch = near[first : first + BATCH]
            margins = self.exact_margins(batch, state)
            s = expit(-margins)
            direction += s @ self.rows(batch)
            smallest = min(smallest, float(margins.min()))
            trace += float((s * (1 - s)).sum()) * self.radius**2
        return Descent(direction, smallest, trace)

    def left_out(self, direction: np.ndarray) -> float:
        """Bound, relative to a gradient, of what all rows with margins of at least CUTOFF could add to it."""
        return len(self.p) * self.radius * np.exp(-CUTOFF) / float(np.linalg.norm(direction))

    def block(self, state: np.ndarray, eta: float, n_steps: int, spread: float) -> list[Descent]:
        """Return the gradients of up to n_steps steps in a row, taken on a likely prefix and then certified.

        The list ends before the first state at which a resident row beyond the prefix was under CUTOFF; it is
        empty where that is the given state, which it never is with a spread that leads to all rows within reach of it.
        """
        prefix = self.likely_reach(state, spread)
        # Such a prefix is proven at this state by a bound that rounding in the margins of `failed` could miss.
        proven = int(prefix == self.reach(state[None], CUTOFF))
        states, descents = [], []
        for _ in range(n_steps):
            states.append(state)
            descents.append(self.gradient(state, prefix))
            state = state + eta * descents[-1].direction
        reach = self.reach(np.array(states), CUTOFF)
        if reach > prefix:
            failed = np.flatnonzero(self.margins(np.array(states), prefix, reach).min(axis=0) < CUTOFF)
            return descents[: max(failed[0], proven)] if failed.size else descents
        return descents


def stream_two_steps(population: Population, eta: float, bias: bool) -> tuple[np.ndarray, ResidentRows, float]:
    """Execute the first two steps from 0 over the whole data set and gather the resident rows on the way.

    Return the states after 0, 1 and 2 steps, the rows, and the bound of the relative gradient left out.
    """
    d, size = population.d, population.size
    p, y, radius = np.empty(size), np.empty(size), 0.0
    states = np.zeros((3, d + bias))
    first = 0
    for chunk in population.chunks():
        rows = slice(first, first := first + len(chunk.p))
        p[rows], y[rows] = chunk.p, chunk.y
        radius = max(radius, float(np.einsum("ij,ij->i", chunk.z, chunk.z).max()))
        states[1, :d] += eta / 2 * chunk.z.sum(axis=0, dtype=float)
        states[1, d:] += eta / 2 * chunk.y.sum()
    radius = np.sqrt(radius * 1.001 + bias)  # the float32 sum of squares errs by less than a thousandth

    order = np.argsort(p, kind="stable")
    rank = np.empty(size, dtype=np.int64)
    rank[order] = np.arange(size)
    resident = np.empty((min(size, RESIDENT_BYTES // (4 * d)), d), np.float32)
    store = ResidentRows(resident, p[order], y[order], radius, bias)
    descent = np.zeros(d + bias)
    first = 0
    for chunk in population.chunks():
        here = rank[first : first + len(chunk.p)]
        first += len(chunk.p)
        resident[here[here < len(resident)]] = chunk.z[here < len(resident)]
        in_chunk = ResidentRows(chunk.z, chunk.p, chunk.y, radius, bias)
        descent += in_chunk.gradient(states[1], len(chunk.p)).direction
    states[2] = states[1] + eta * descent
    return states, store, store.left_out(descent)


def smallest_streamed_margin(population: Population, rows: ResidentRows, states: np.ndarray) -> float:
    """Lower bound of the margins of the rows that are not resident at states (n, width), in one pass."""
    smallest, nearest = np.inf, rows.p[len(rows.z)]
    for chunk in population.chunks():
        far = chunk.p >= nearest
        streamed = ResidentRows(chunk.z[far], chunk.p[far], chunk.y[far], rows.radius, rows.bias)
        smallest = min(smallest, float(streamed.margins(states, 0, len(streamed.p)).min(initial=np.inf)))
    return smallest

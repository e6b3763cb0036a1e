"""Gradients of the logistic loss at many states in one pass over a data set too large to hold.

In the frame of w_true = u a state is a row (w_perp, a, b) of width d + 2: w = w_perp + a u with w_perp.u = 0. Row i of
the data has p_i = u.z_i and the margin m_i = a p_i + z_i.w_perp + y_i b; with s = sigmoid(-m) the `force` is
sum_i s_i (z_i, p_i, y_i), with the part along u taken out of z_i, and the `curvature` sums s_i (1 - s_i) times
(1, p_i^2, p_i y_i). a p is taken in float64, since ||w|| grows and its terms cancel; only z.w_perp goes through a
matrix product over all states in the precision asked for, and sums over chunks are float64.

Three things make a pass fast. Rows with p under `near` are kept in memory, float32: 22 % of them at near = 0.8, and all
that are not what their stream drew first (redrawn, planted). The others are drawn again, but as the uniform numbers r
themselves: the row is +-(10 r - 5), r - 1/2 is exact in float32, and constants drop out because w_perp is orthogonal to
u; p and the sign are remembered. Last, with the rows of a chunk in order of p, a state needs only those whose margin
may lie under a cutoff, p < (cutoff + 6 sd(z.w_perp) + |b|)/a: late states need few rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from grokking.highdim.data import CHUNK, Population, to_cube
from grokking.highdim.resident import COORDINATE_STD
from grokking.logistic.geometry import HALF_SIDE

CUTOFF = {"float32": 23.0, "float64": 36.0}
"""Margins beyond which a row is left out: e^-23 is 1e-10, e^-36 rounding."""
SPREAD = 6.0  # standard deviations of z.w_perp allowed for
TOGETHER = 6  # states that share a cut, so that matrix products stay wide


@dataclass(frozen=True)
class Block:
    """Rows factor (n,) times z (n, d), in order of p (n,), with labels y (n,); no factor means 1."""

    z: np.ndarray
    p: np.ndarray
    y: np.ndarray
    factor: np.ndarray | None = None


@dataclass(frozen=True)
class Weighted:
    """Rows z (n, d) in memory, float32, with p and y, and their s (1 - s) at the first k states (n, k), float32."""

    z: np.ndarray
    p: np.ndarray
    y: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class Gradients:
    """Sums over all rows at k states: force (k, d + 2), curvature (k, 3); the rows in memory with their weights."""

    force: np.ndarray
    curvature: np.ndarray
    near: list[Weighted]


@dataclass(frozen=True)
class Rows:
    """The rows of a population: p, y and sign of all (N,); `near` ones in memory; far ones that were replaced."""

    population: Population
    near_limit: float
    p: np.ndarray
    y: np.ndarray
    sign: np.ndarray
    near: list[Block] = field(default_factory=list)
    replaced: dict[int, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)

    def gradients(self, states: np.ndarray, dtype: type) -> Gradients:
        """Return the gradients at states (k, d + 2), later ones with larger a, in one pass."""
        sums = _Sums(states, dtype)
        for block in self.near:
            sums.add(block, remember=True)
        for block in self._far_blocks(dtype):
            sums.add(block)
        return sums.finished()

    @property
    def all_near(self) -> bool:
        """Whether every row is in memory."""
        return bool(self.near_limit == np.inf)

    def _far_blocks(self, dtype: type) -> Iterator[Block]:
        if self.all_near:
            return
        for index in range(self.population.n_chunks):
            here = slice(index * CHUNK, (index + 1) * CHUNK)
            far = _in_order(self.p[here], lambda p: p >= self.near_limit)
            z = self.population.uniform(index)
            factor = self.sign[here][far].astype(float)
            if dtype is np.float64:
                z = to_cube(z)
            else:
                z -= np.float32(0.5)
                factor *= 2 * HALF_SIDE
            if index in self.replaced:
                which, rows = self.replaced[index]
                z[which] = rows if dtype is np.float64 else rows / np.float32(2 * HALF_SIDE)
            yield Block(z[far], self.p[here][far], self.y[here][far].astype(float), factor)


def gather(
    population: Population, near_limit: float, states: np.ndarray | None, dtype: type
) -> tuple[Rows, Gradients | None]:
    """Draw all rows once: keep those with p < near_limit; return the gradients at `states` (k, d + 2) if given."""
    size = population.size
    rows = Rows(population, near_limit, np.empty(size), np.empty(size, np.int8), np.empty(size, np.int8))
    sums = None if states is None else _Sums(states, dtype)
    for index in range(population.n_chunks):
        here = slice(index * CHUNK, (index + 1) * CHUNK)
        chunk, sign, replaced = population.traced_chunk(index)
        rows.p[here], rows.y[here], rows.sign[here] = chunk.p, chunk.y, sign
        near, far = (_in_order(chunk.p, where) for where in (lambda p: p < near_limit, lambda p: p >= near_limit))
        rows.near.append(Block(chunk.z[near], chunk.p[near], chunk.y[near]))
        kept = np.flatnonzero(replaced & (chunk.p >= near_limit))
        if kept.size:
            # Stored as drawn, before the reflection, like the rows they stand among.
            rows.replaced[index] = kept, chunk.z[kept] * sign[kept, None].astype(np.float32)
        if sums is not None:
            sums.add(rows.near[-1], remember=True)
            sums.add(Block(chunk.z[far], chunk.p[far], chunk.y[far]))
    return rows, None if sums is None else sums.finished()


def _in_order(p: np.ndarray, where) -> np.ndarray:
    order = np.argsort(p, kind="stable")
    return order[where(p[order])]


class _Sums:
    """Sums over rows at states (k, d + 2), a block at a time."""

    def __init__(self, states: np.ndarray, dtype: type):
        k, d = len(states), states.shape[1] - 2
        self._d, self._dtype = d, dtype
        self._w_perp = np.ascontiguousarray(states[:, :d].T, dtype=dtype)
        self._along = states[:, d:].T.copy()
        self._reach = _reach(states, CUTOFF[np.dtype(dtype).name])
        self._force, self._curvature = np.zeros((k, d + 2)), np.zeros((k, 3))
        self._near: list[Weighted] = []

    def add(self, block: Block, remember: bool = False) -> None:
        """Add a block's rows at all states that need them; `remember` their weights."""
        d = self._d
        for rows, k in self._pieces(block.p):
            z, p, y = block.z[rows].astype(self._dtype, copy=False), block.p[rows], block.y[rows]
            along = np.column_stack([p, y])
            margins = along @ self._along[:, :k]
            factor = None if block.factor is None else block.factor[rows, None]
            if self._w_perp.any():
                across = z @ self._w_perp[:, :k]
                margins += across if factor is None else across * factor
            with np.errstate(over="ignore"):  # exp of a margin in the hundreds: its push is 0, as it should be
                np.exp(margins, out=margins)
            margins += 1
            push = np.reciprocal(margins, out=margins)
            self._force[:k, d:] += push.T @ along
            factored = push if factor is None else push * factor
            self._force[:k, :d] += factored.T.astype(self._dtype, copy=False) @ z
            push *= 1 - push
            self._curvature[:k] += push.T @ np.column_stack([np.ones_like(p), p * p, p * y])
            if remember:
                self._near.append(Weighted(block.z[rows], p, y, push.astype(np.float32)))

    def finished(self) -> Gradients:
        """Return the sums, the force orthogonal to u in its first d components."""
        across = self._force[:, : self._d]
        across -= across.mean(axis=1, keepdims=True)
        return Gradients(self._force, self._curvature, self._near)

    def _pieces(self, p: np.ndarray) -> Iterator[tuple[slice, int]]:
        """Rows in order of p that need the same number of states; the first states need most rows."""
        k = len(self._reach)
        needed = k - np.searchsorted(self._reach[::-1], p, side="right")
        needed = np.minimum(k, -(-needed // TOGETHER) * TOGETHER)
        cuts = np.flatnonzero(np.diff(needed)) + 1
        for first, last in zip([0, *cuts], [*cuts, len(p)], strict=True):
            if first < last and needed[first]:
                yield slice(int(first), int(last)), int(needed[first])


def _reach(states: np.ndarray, cutoff: float) -> np.ndarray:
    """Projections p (k,) from which on a state needs no row, made non-increasing."""
    w_perp, a, b = states[:, :-2], states[:, -2], states[:, -1]
    distance = cutoff + SPREAD * COORDINATE_STD * np.linalg.norm(w_perp, axis=1) + np.abs(b)
    reach = np.divide(distance, a, out=np.full(len(a), np.inf), where=a > 0)
    return np.maximum.accumulate(reach[::-1])[::-1]

"""Curves in a Hilbert space whose components decay geometrically, and the exact times at which they cross a level.

Gradient descent on a quadratic moves along g(t) = sum_j x_j^t h_j + g_inf with |x_j| < 1. Losses are squared norms
||g(t)||^2, so all that is needed of the h_j is their Gram matrix, and the times asked of a loss are questions about
one curve at integer t. They are answered by branch and bound: over a whole interval of steps ||g|| is enclosed by
its value at the left end and a bound on how far g can move, so that a step is never missed between grid points.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

LEAF = 256  # steps evaluated one by one once an interval is this short
BRANCHES = 32  # parts into which a longer undecided interval is cut
DOUBLINGS = 2 ** np.arange(54)  # steps beyond the last are not exact in float64
SMALLEST = 1e-300  # stands in for |x_j| = 0, whose logarithm is not finite
MOST_LOOKS = 10_000  # at an interval, for one time: some tens are usual


class UndecidedError(ValueError):
    """A curve is so near to a level, or to its limit, that rounding decides when it crosses."""


@dataclass(frozen=True)
class DecayingCurve:
    """g(t) = sum_j x_j^t h_j + g_inf, known through `rates` and `gram`.

    `rates` holds 1 - x_j, shape `(k,)`, each in (0, 2): the small number is stored because x_j^t needs it exactly.
    `gram` holds the inner products of (h_1, ..., h_k, g_inf), shape `(k + 1, k + 1)`.
    Raises ValueError for other rates, and for a `gram` that is not finite.
    """

    rates: np.ndarray
    gram: np.ndarray

    def __post_init__(self) -> None:
        if not np.isfinite(self.gram).all():
            raise ValueError("inner products are not finite: expected finite ones")
        if not np.all((self.rates > 0) & (self.rates < 2)):
            raise ValueError(
                f"rates between {self.rates.min():.6g} and {self.rates.max():.6g}: "
                "expected all in (0, 2), otherwise gradient descent does not converge"
            )

    def powers(self, steps: np.ndarray) -> np.ndarray:
        """Return x_j^t, shape `(len(steps), k)`, accurate for any t because log(1 - rate) is."""
        powers = self._magnitudes(steps)
        alternating = self.rates > 1
        if alternating.any():
            powers[np.ix_(np.asarray(steps) % 2 == 1, alternating)] *= -1
        return powers

    def squared_norm(self, steps: np.ndarray) -> np.ndarray:
        """Return ||g(t)||^2 at integer steps, shape `(len(steps),)`."""
        powers = self.powers(steps)
        coefficients = np.column_stack([powers, np.ones(len(powers))])
        return np.maximum(np.einsum("tj,tj->t", coefficients @ self.gram, coefficients), 0)

    @property
    def limit(self) -> float:
        """||g_inf||^2, the value that the squared norm tends to."""
        return float(self.gram[-1, -1])

    def first_at_most(self, level: float) -> int | None:
        """Return min{t >= 0 : ||g(t)||^2 <= level}, or None where no such t exists.

        Raises UndecidedError, as the methods below do, where that is lost in rounding.
        """
        return self._search(0, self._settled_by(level), level, np.inf, last=False)

    def last_at_least(self, level: float) -> int | None:
        """Return max{t >= 0 : ||g(t)||^2 >= level}, or None where no t is the last.

        That is so where the squared norm is below the level from the start, or above it for ever (`limit` tells).
        """
        if self.limit >= level:
            return None
        return self._search(0, self._settled_by(level), -np.inf, level, last=True)

    def last_away_from_limit(self, distance: float) -> int | None:
        """Return max{t >= 0 : | ||g(t)||^2 - ||g_inf||^2 | >= distance}, or None where it is closer from the start."""
        low, high = self.limit - distance, self.limit + distance
        end = max(self._settled_by(low), self._settled_by(high))
        return self._search(0, end, low, high, last=True)

    def _search(self, start: int, end: int, low: float, high: float, last: bool) -> int | None:
        """Return the first or last step of [start, end] at which ||g||^2 <= low or ||g||^2 >= high."""
        waiting = [(start, end)]  # the interval to look at next is the last one
        for _ in range(MOST_LOOKS):
            if not waiting:
                return None
            start, end = waiting.pop()
            if end - start < LEAF:
                steps = np.arange(start, end + 1)
                values = self.squared_norm(steps)
                outside = steps[(values <= low) | (values >= high)]
                if len(outside):
                    return int(outside[-1 if last else 0])
                continue
            edges = _partition(start, end)
            starts, ends = edges[:-1], edges[1:] - 1
            undecided = np.flatnonzero(~self._inside(starts, ends, low, high))
            waiting += [(int(starts[i]), int(ends[i])) for i in (undecided if last else undecided[::-1])]
        raise UndecidedError("the squared norm is too near to the level for too long: no time can be told")

    def _inside(self, starts: np.ndarray, ends: np.ndarray, low: float, high: float) -> np.ndarray:
        """Tell for which intervals low < ||g||^2 < high is certain at every step from start to end.

        Where x_j < 0 that is told of even and odd steps one by one: x_j^t has one sign at each.
        """
        change = self._magnitudes(starts) - self._magnitudes(ends)
        reach = self._spread * np.linalg.norm(change * self._norms, axis=1)
        certain = np.ones(len(starts), dtype=bool)
        for first in [starts, np.minimum(starts + 1, ends)] if np.any(self.rates > 1) else [starts]:
            norm = np.sqrt(self.squared_norm(first))
            certain &= (np.maximum(norm - reach, 0) ** 2 > low) & ((norm + reach) ** 2 < high)
        return certain

    def _settled_by(self, level: float) -> int:
        """Return a step from which on the squared norm stays on the side of `level` on which its limit lies."""
        if level < 0:
            return 0
        gap = abs(np.sqrt(level) - np.sqrt(max(self.limit, 0)))  # rounding may leave it below 0
        settled = np.flatnonzero(self._distances_to_limit < gap)
        if len(settled) == 0:
            raise UndecidedError(f"the squared norm tends to {self.limit:g}, the level {level:g} itself to rounding")
        return int(DOUBLINGS[settled[0]])

    @cached_property
    def _distances_to_limit(self) -> np.ndarray:
        """A bound on ||g(t) - g_inf|| that holds for every t from each of the steps DOUBLINGS on."""
        return self._spread * np.linalg.norm(self._magnitudes(DOUBLINGS) * self._norms, axis=1)

    def _magnitudes(self, steps: np.ndarray) -> np.ndarray:
        """Return |x_j|^t, shape `(len(steps), k)`."""
        return np.exp(np.outer(steps, self._log_magnitudes))

    @cached_property
    def _log_magnitudes(self) -> np.ndarray:
        x = np.maximum(np.abs(1 - self.rates), SMALLEST)
        return np.where(self.rates < 0.5, np.log1p(-np.minimum(self.rates, 0.5)), np.log(x))

    @cached_property
    def _norms(self) -> np.ndarray:
        return np.sqrt(np.maximum(np.diag(self.gram)[:-1], 0))

    @cached_property
    def _spread(self) -> float:
        """The kappa in ||sum_j a_j h_j|| <= kappa ||(a_j ||h_j||)_j||, from the cosines between the h_j."""
        norms = np.where(self._norms > 0, self._norms, 1)
        cosines = self.gram[:-1, :-1] / np.outer(norms, norms)
        kappa2 = np.linalg.norm(cosines, np.inf)  # never below the largest eigenvalue, and 1 where all are orthogonal
        return float(np.sqrt(kappa2 if kappa2 < 1.1 else np.linalg.eigvalsh(cosines)[-1]))


def _partition(start: int, end: int) -> np.ndarray:
    """Return edges that cut [start, end] into whole intervals, denser towards the start; the last edge is end + 1."""
    edges = np.geomspace(start + 1, end + 2, BRANCHES + 1) - 1
    edges = np.unique(np.round(edges).astype(np.int64))
    edges[0], edges[-1] = start, end + 1
    return edges

"""Accuracy of saved linear models on streamed data, and what the angle to w_true alone predicts of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from grokking.highdim.data import Chunk, Population
from grokking.highdim.resident import COORDINATE_STD, split
from grokking.seeds import Role

SPREAD = 7.5
"""Standard deviations of z.w_perp that are allowed for.

A uniform number u is strictly sub-Gaussian, E exp(l u) <= exp(l^2 var(u)/2), and so is a sum of them: a point is
further out with a probability under 2 exp(-SPREAD^2/2) = 1.2e-12.
"""
TOGETHER = 16  # models of one matrix product, if not all: neighbours in time ask for nearly the same rows


def standard_test_set(root: int, seed: int, d: int, n: int, gamma: float) -> Population:
    """Return n fresh points of P, half of them a class."""
    return Population(root, seed, d, n // 2, n // 2, gamma=gamma, role=Role.TEST)


@dataclass(frozen=True)
class Group:
    """The rows z (n, d) of one label y in a chunk, in order of p (n,)."""

    z: np.ndarray
    p: np.ndarray
    y: float


def grouped(chunks: Iterable[Chunk]) -> Iterator[Group]:
    """Yield the rows of each chunk by label."""
    for chunk in chunks:
        order = np.lexsort((chunk.p, chunk.y))
        z, p = chunk.z[order], chunk.p[order]
        edge = np.count_nonzero(chunk.y < 0)
        for rows, y in ((slice(None, edge), -1.0), (slice(edge, None), 1.0)):
            yield Group(z[rows], p[rows], y)


class Models:
    """Linear models w (S, d), b (S,), S of them, made ready for their margins on many rows.

    The part a p of a margin, w = a w_true + w_perp, is taken in float64 and only z.w_perp in float32: its
    error is of order 1e-7 of ||z|| ||w_perp||, not of ||z|| ||w||.
    """

    def __init__(self, w: np.ndarray, b: np.ndarray):
        self.a, w_perp, _ = split(w, w.shape[1])
        self.b = b
        self.spread = SPREAD * COORDINATE_STD * np.linalg.norm(w_perp, axis=1)
        self._w_perp = np.ascontiguousarray(w_perp.T, dtype=np.float32)

    def margins(self, rows: Group, which: slice | np.ndarray = slice(None)) -> np.ndarray:
        """Return the margins a p + z.w_perp + y b (n, k) of rows at some of the models."""
        margins = np.outer(rows.p, self.a[which])
        margins += rows.y * self.b[which]
        margins += rows.z @ self._w_perp[:, which]
        return margins

    def above(self, rows: Group, cut: float) -> np.ndarray:
        """Return how many of the rows have a margin above the cut (S,); only rows that may lie to either side are used.

        Margins are a p + y b within `spread`.
        """
        middle, upwards = cut - rows.y * self.b, self.a > 0
        first, last = (
            np.where(upwards, np.searchsorted(rows.p, edge / np.where(upwards, self.a, 1.0)), other)
            for edge, other in ((middle - self.spread, 0), (middle + self.spread, len(rows.p)))
        )
        counts = len(rows.p) - last
        all_needed = first.max() == 0 and last.min() == len(rows.p)
        size = len(self.a) if all_needed else TOGETHER
        for block in (slice(start, start + size) for start in range(0, len(self.a), size)):
            low, high = first[block].min(), last[block].max()
            if low < high:
                unsure = Group(rows.z[low:high], rows.p[low:high], rows.y)
                counts[block] = len(rows.p) - high + np.count_nonzero(self.margins(unsure, block) > cut, axis=0)
        return counts


class Counted:
    """Linear models w (S, d), b (S,), and how many of the points seen so far each of them has right."""

    def __init__(self, w: np.ndarray, b: np.ndarray):
        self._models, self._right, self._size = Models(w, b), np.zeros(len(b), dtype=np.int64), 0

    def add(self, rows: Group) -> None:
        """Classify these rows."""
        self._right += self._models.above(rows, 0.0)
        self._size += len(rows.p)

    def shares(self) -> dict[str, np.ndarray]:
        """Return the fraction of points with y (w.x + b) > 0 (S,)."""
        return {"accuracy": self._right / self._size}


def tangent_to_w_true(w: np.ndarray) -> np.ndarray:
    """Tangent of the angle between each w (S, d) and w_true, shape (S,); nan for w = 0.

    ||w_perp|| / a keeps its digits where an arccos would lose them.
    """
    a, w_perp, _ = split(w, w.shape[1])
    with np.errstate(invalid="ignore"):
        return np.linalg.norm(w_perp, axis=1) / a


def concentrated_accuracy_from_angle(tangent: np.ndarray, gamma: float, alpha: float) -> np.ndarray:
    """Accuracy on the concentrated set that the angle alone predicts, without the bias.

    A point with projection p is right where a p + z.w_perp > 0. The coordinates of z orthogonal to w_true are
    uncorrelated with deviation 5/sqrt(3), so in high dimension z.w_perp is normal with deviation
    (5/sqrt(3)) ||w_perp|| and the point is right with probability Phi(p / c), c = (5/sqrt(3)) tan(angle).
    With p uniform on the slab the mean is that of the antiderivative p Phi(p/c) + c phi(p/c).
    """
    low, high = gamma / 2, alpha * gamma
    c = COORDINATE_STD * np.asarray(tangent, dtype=float)

    def integral(p):
        return p * ndtr(p / c) + c * _normal_density(p / c)

    with np.errstate(divide="ignore", invalid="ignore"):
        return (integral(high) - integral(low)) / (high - low)


def standard_accuracy_from_angle(tangent: np.ndarray, gamma: float) -> np.ndarray:
    """Accuracy on P that the angle alone predicts, without the bias.

    In high dimension the plane of w and w_true sees the cube as isotropic normal: a fraction angle/pi of its
    points is wrong. P lacks those with p < gamma/2, where the density of p is that of a half-normal at 0 and
    the wrong fraction at p is Phi(-p / c), c as for the concentrated set.
    """
    edge, c = gamma / 2, COORDINATE_STD * np.asarray(tangent, dtype=float)
    density = np.sqrt(2 / np.pi) / COORDINATE_STD
    with np.errstate(divide="ignore", invalid="ignore"):
        wrong = edge * ndtr(-edge / c) + c * (_normal_density(0.0) - _normal_density(edge / c))
    return 1 - (np.arctan(tangent) / np.pi - density * wrong) / (1 - density * edge)


def _normal_density(x: np.ndarray | float) -> np.ndarray | float:
    return np.exp(-0.5 * np.square(x)) / np.sqrt(2 * np.pi)

"""The data of the logistic experiments in chunks that are drawn again whenever they are needed.

A point enters the dynamics only through z = y x, whose law is the same for both classes. With u = w_true =
(1, ..., 1)/sqrt(d), the population P is the uniform law on the cube [-5, 5]^d kept where p = u.z >= gamma/2.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from grokking.logistic.geometry import HALF_SIDE
from grokking.seeds import Role, generator

CHUNK = 4096  # rows drawn from one stream: part of the definition of a data set, like the seed
LATTICE = 1 << 14  # nodes of the tabulated density of a sum, whose linear interpolation errs by under 1e-6
FURTHEST = 12  # deviations of a projection beyond which no point is: the tabulated density is 0 there
MOST_DRAWS = 100_000  # rounds of drawing again what does not fit: of the widest margin a tenth fits at once
MOST_PROJECTIONS = 100  # on margin and cube by turns: ten do at d = 1024
SMALLEST = 16  # coordinates with a given sum that are drawn all at once


@dataclass(frozen=True)
class Chunk:
    """Rows z = y x, shape (n, d), float32; their labels y in {-1, +1} and projections p = u.z, shape (n,)."""

    z: np.ndarray
    y: np.ndarray
    p: np.ndarray


@dataclass(frozen=True)
class Population:
    """A data set of n_pos + n_neg points of P, the first s_pos and s_neg of each class moved onto the margin.

    A planted point is a point of P projected on the hyperplane p = gamma/2 and, by turns, on the cube until
    both hold; float32 rounding leaves p within 1e-9 of gamma/2. Labels are spread evenly over the rows: they
    alternate where the classes are balanced.
    """

    root: int
    seed: int
    d: int
    n_pos: int
    n_neg: int
    s_pos: int = 0
    s_neg: int = 0
    gamma: float = 1e-3
    role: Role = Role.DATA

    def __post_init__(self):
        """Refuse sizes that cannot be drawn.

        Raises ValueError for an empty class, more planted points than points, or a margin outside the cube.
        """
        if self.d < 2 or self.n_pos < 1 or self.n_neg < 1:
            raise ValueError("a population needs d >= 2 and at least one point a class")
        if not (0 <= self.s_pos <= self.n_pos and 0 <= self.s_neg <= self.n_neg):
            raise ValueError("planted support vectors must number between 0 and the points of their class")
        if not 0 < self.gamma / 2 < HALF_SIDE:
            raise ValueError(f"gamma must lie in (0, {2 * HALF_SIDE}), not {self.gamma}")

    @property
    def size(self) -> int:
        """Number of points."""
        return self.n_pos + self.n_neg

    @property
    def n_chunks(self) -> int:
        """Number of chunks; all but the last hold CHUNK rows."""
        return -(-self.size // CHUNK)

    def chunk(self, index: int) -> Chunk:
        """Return chunk `index`, the same bytes at every call."""
        return self.traced_chunk(index)[0]

    def traced_chunk(self, index: int) -> tuple[Chunk, np.ndarray, np.ndarray]:
        """Return chunk `index`, the signs (n,) its rows were reflected by, and which (n,) are not `uniform(index)`."""
        first = index * CHUNK
        rows = min(CHUNK, self.size - first)
        z, p, sign, replaced = _population_rows(self._stream(index), rows, self.d, self.gamma)
        positives = np.arange(first, first + rows + 1) * self.n_pos // self.size
        is_pos = np.diff(positives) == 1
        y = np.where(is_pos, 1.0, -1.0)
        order_in_class = np.where(is_pos, positives[:-1], np.arange(first, first + rows) - positives[:-1])
        planted = order_in_class < np.where(is_pos, self.s_pos, self.s_neg)
        if planted.any():
            z[planted] = _moved_to_margin(z[planted], self.gamma)
            p[planted] = _projection(z[planted])
        return Chunk(z, y, p), sign, replaced | planted

    def uniform(self, index: int) -> np.ndarray:
        """Return the numbers r in [0, 1), float32, of chunk `index`: its rows are +-(10 r - 5) but where replaced."""
        rows = min(CHUNK, self.size - index * CHUNK)
        return self._stream(index).random((rows, self.d), dtype=np.float32)

    def _stream(self, index: int) -> np.random.Generator:
        return generator(self.root, self.role, self.seed, index)

    def chunks(self) -> Iterator[Chunk]:
        """Run through all chunks in order."""
        return (self.chunk(index) for index in range(self.n_chunks))


@dataclass(frozen=True)
class Concentrated:
    """`size` points uniform on the cube given gamma/2 < p <= alpha gamma, with alternating labels.

    Where alpha gamma is beyond the cube, or FURTHEST, the slab ends there.
    """

    root: int
    seed: int
    d: int
    size: int
    gamma: float = 1e-3
    alpha: float = 10.0

    def __post_init__(self):
        """Refuse an empty slab.

        Raises ValueError where alpha <= 1/2, d < 4 or there is no point.
        """
        if self.alpha <= 0.5 or self.gamma <= 0 or self.d < 4 or self.size < 1:
            raise ValueError("the concentrated set needs alpha > 1/2, gamma > 0, d >= 4 and at least one point")

    @property
    def n_chunks(self) -> int:
        """Number of chunks; all but the last hold CHUNK rows."""
        return -(-self.size // CHUNK)

    def chunk(self, index: int) -> Chunk:
        """Return chunk `index`, the same bytes at every call."""
        first = index * CHUNK
        rows = min(CHUNK, self.size - first)
        # The second part sets these streams apart from those of a standard test set with the same seed.
        rng = generator(self.root, Role.TEST, self.seed, index, 1)
        z = np.empty((0, self.d), np.float32)
        high = min(self.alpha * self.gamma, HALF_SIDE * np.sqrt(self.d), FURTHEST * HALF_SIDE / np.sqrt(3))
        for _ in _rounds(f"alpha {self.alpha}, gamma {self.gamma}"):
            z = np.concatenate([z, _slab_rows(rng, rows - len(z), self.d, self.gamma / 2, high)])
            if len(z) == rows:
                break
        y = np.where(np.arange(first, first + rows) % 2 == 0, -1.0, 1.0)
        return Chunk(z, y, _projection(z))

    def chunks(self) -> Iterator[Chunk]:
        """Run through all chunks in order."""
        return (self.chunk(index) for index in range(self.n_chunks))


def _projection(z: np.ndarray) -> np.ndarray:
    return z.sum(axis=1, dtype=float) / np.sqrt(z.shape[1])


def _uniform(rng: np.random.Generator, rows: int, d: int) -> np.ndarray:
    return to_cube(rng.random((rows, d), dtype=np.float32))


def to_cube(r: np.ndarray) -> np.ndarray:
    """Map r in [0, 1), float32, to the points 10 r - 5 of the cube, in place."""
    r *= np.float32(2 * HALF_SIDE)
    r -= np.float32(HALF_SIDE)
    return r


def _population_rows(rng, rows: int, d: int, gamma: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Reflect uniform points to p > 0 and redraw those inside the margin: z, p, the signs, and which were redrawn."""
    z = _uniform(rng, rows, d)
    p = _projection(z)
    redrawn = np.zeros(rows, dtype=bool)
    for _ in _rounds(f"gamma {gamma}"):
        inside = np.flatnonzero(np.abs(p) < gamma / 2)
        if not inside.size:
            break
        z[inside] = _uniform(rng, inside.size, d)
        p[inside] = _projection(z[inside])
        redrawn[inside] = True
    sign = np.sign(p)
    z *= sign.astype(np.float32)[:, None]
    return z, np.abs(p), sign, redrawn


def _rounds(wanted: str) -> Iterator[int]:
    """Count rounds of drawing again what does not fit. Raises ValueError, naming what is wanted, after MOST_DRAWS."""
    yield from range(MOST_DRAWS)
    raise ValueError(f"{wanted}: so few points fit that {MOST_DRAWS} rounds of draws did not find them")


def _moved_to_margin(z: np.ndarray, gamma: float) -> np.ndarray:
    moved = z.astype(float)
    root_d = np.sqrt(z.shape[1])
    for _ in range(MOST_PROJECTIONS):
        np.clip(moved, -HALF_SIDE, HALF_SIDE, out=moved)
        shift = (moved.sum(axis=1) / root_d - gamma / 2) / root_d
        moved -= shift[:, None]
        if np.abs(shift).max() < 1e-14:  # no coordinate is further outside the cube than that
            break
    # Equal shifts round alike, so that float32 errors add up: the finest coordinate, nearest 0, absorbs them.
    rounded = moved.astype(np.float32)
    finest = np.abs(rounded).argmin(axis=1)
    rounded[np.arange(len(z)), finest] -= (_projection(rounded) - gamma / 2) * root_d
    return rounded


@lru_cache
def _sum_density(m: int) -> tuple[np.ndarray, np.ndarray]:
    """Density of a sum of m >= 4 uniforms on [-5, 5], relative to its maximum, on a lattice of 12 deviations.

    It is the transform of sinc^m, which is under 1e-12 where its integral ends; the sum of period 20 m that stands for
    the integral is exact on the support.
    """
    s = np.linspace(-1, 1, LATTICE + 1) * min(HALF_SIDE * m, FURTHEST * np.sqrt(m / 3) * HALF_SIDE)
    t = np.arange(0, 10 ** (12 / m) / HALF_SIDE, np.pi / (2 * HALF_SIDE * m))
    transform = np.sinc(HALF_SIDE * t / np.pi) ** m
    transform[0] /= 2
    density = sum(weight * np.cos(frequency * s) for frequency, weight in zip(t, transform, strict=True))
    return s, (density / transform.sum()).clip(min=0)


def _likelihood(sums: np.ndarray, m: int) -> np.ndarray:
    """Density of a sum of m uniforms on [-5, 5], relative to its maximum."""
    if m == 1:
        return (np.abs(sums) <= HALF_SIDE).astype(float)
    return np.interp(sums, *_sum_density(m), left=0.0, right=0.0)


def _slab_rows(rng, most: int, d: int, low: float, high: float) -> np.ndarray:
    """Return at most that many points uniform on the cube given low < p <= high: their sum first, then the rest."""
    wanted = rng.uniform(low, high, most) * np.sqrt(d)
    z = _given_sum(rng, wanted[rng.random(most) < _likelihood(wanted, d)], d)
    p = _projection(z)
    return z[(low < p) & (p <= high)]  # float32 rounding moves one point in 1e5 over the edge


def _given_sum(rng, wanted: np.ndarray, m: int) -> np.ndarray:
    """Rows of m uniforms on [-5, 5] conditioned on their sums.

    The first half of the coordinates is kept with the likelihood of what is left for the others, which are drawn given
    their sum, and so on; a few at a time are drawn all but one.
    """
    first = m // 2 if m > SMALLEST else m - 1
    rows, rest = np.empty((len(wanted), m), np.float32), np.empty(len(wanted))
    missing, tries = np.arange(len(wanted)), 1
    for _ in _rounds("the sums"):
        if not missing.size:
            break
        tried_for = np.repeat(missing, tries)
        tried = _uniform(rng, tried_for.size, first)
        left = wanted[tried_for] - tried.sum(axis=1, dtype=float)
        fits = np.flatnonzero(rng.random(tried_for.size) < _likelihood(left, m - first))
        found, at = np.unique(tried_for[fits], return_index=True)
        rows[found, :first], rest[found] = tried[fits[at]], left[fits[at]]
        missing = np.setdiff1d(missing, found, assume_unique=True)
        tries = min(2 * tries, max(1, len(wanted) // max(1, missing.size)))  # a sum far in the tail takes thousands
    rows[:, first:] = rest[:, None] if first == m - 1 else _given_sum(rng, rest, m - first)
    return rows

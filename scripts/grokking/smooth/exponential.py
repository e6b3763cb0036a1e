"""Gradient flow in many parameters, a few of which are stiff, by an exponential method that needs products J v alone.

Of d theta / d tau = F(theta) with J = dF/dtheta symmetric, as it is for a gradient, a step of length h goes to

    u = theta + h phi_1(h J) F,    theta' = u + 2 h phi_3(h J) (F(u) - F(theta) - J (u - theta)),

the exponential Rosenbrock method exprb32 (Hochbruck, Ostermann & Schweitzer 2009), of order three, whose last term is
its estimate of the error of u. phi_1(z) = (e^z - 1) / z, phi_3(z) = (e^z - 1 - z - z^2/2) / z^3; both are applied on
the Krylov space of their vector, where the few stiff directions come first. Linear motion is followed exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.polynomial import polyval
from scipy.special import factorial

Product = Callable[[np.ndarray], np.ndarray]
"""From v (d,) to J v (d,)."""
Size = Callable[[np.ndarray], float]
"""From an error (d,) of theta to how much it weighs: what the tolerance is of."""

KRYLOV, CORRECTION = 8, 4
"""Dimensions of the Krylov spaces of F and of the correction."""
FIRST = 1e-2
"""Length of the first step that is tried."""
LARGEST_PART = 0.2
"""... of the time so far: the longest step."""
LARGEST_GROWTH = 0.5
"""... and no longer than what grows takes to do so by this exponent."""
SHORTEST, LONGEST, SAFETY, ORDER = 0.3, 1.5, 0.8, 2
"""A step is changed by at most these factors, to SAFETY of what an error of this order allows.

Where F has kinks its error is of a lower order than the method's.
"""
SERIES = 1 / factorial(np.arange(3, 12))
"""... of phi_3."""
MOST_STEPS = 200_000
"""... of the flow, tried ones included: thousands are usual."""
EXHAUSTED = 1e-13
"""A Krylov space is complete where its next vector is below this part of its first."""


@dataclass(frozen=True)
class Flow:
    """States (k, d) at k times; at the ends of the n steps, times (n,) and the largest eigenvalue (n,) of -J there."""

    states: np.ndarray
    times: np.ndarray
    stiffness: np.ndarray


@dataclass(frozen=True)
class Krylov:
    """Orthonormal rows Q (k, d) of the Krylov space of a vector of norm `size`, and T = Q J Q^T with its spectrum."""

    Q: np.ndarray
    size: float
    values: np.ndarray
    vectors: np.ndarray

    @classmethod
    def of(cls, product: Product, v: np.ndarray, dimension: int) -> "Krylov":
        """Return the space of v, J v, J^2 v ... by the Lanczos method, orthogonalised twice."""
        size = float(np.linalg.norm(v))
        Q, T = np.zeros((dimension, len(v))), np.zeros((dimension, dimension))
        Q[0] = v / (size or 1.0)
        for k in range(dimension):
            found = product(Q[k])
            known = Q[: k + 1]
            along = known @ found
            found = found - along @ known
            again = known @ found
            found -= again @ known
            T[k, k] = along[k] + again[k]
            rest = float(np.linalg.norm(found))
            if k + 1 == dimension or rest <= EXHAUSTED * (1 + abs(T[k, k])):
                break
            T[k, k + 1] = T[k + 1, k] = rest
            Q[k + 1] = found / rest
        values, vectors = np.linalg.eigh(T[: k + 1, : k + 1])
        return cls(Q[: k + 1], size, values, vectors)

    def apply(self, function: Callable[[np.ndarray], np.ndarray], h: float) -> np.ndarray:
        """Return function(h J) v (d,)."""
        return self.size * (self.vectors @ (function(h * self.values) * self.vectors[0])) @ self.Q


def follow(
    linearised: Callable[[np.ndarray], tuple[np.ndarray, Product, Size]],
    field: Callable[[np.ndarray], np.ndarray],
    theta: np.ndarray,
    times: np.ndarray,
    tolerance: float,
) -> Flow:
    """Return the flow from theta (d,) at time 0 to `times` (k,), ascending and positive.

    `field` gives F, `linearised` F, the product with J and the size of errors there. A step's is at most `tolerance`.
    Raises ValueError where an error is no number, and after MOST_STEPS.
    """
    now, h, states, ends, stiffness = 0.0, FIRST, np.empty((len(times), len(theta))), [], []
    tried = 0
    while now < times[-1]:
        F, product, size = linearised(theta)
        space = Krylov.of(product, F, KRYLOV)
        longest = min(LARGEST_PART * now + FIRST, LARGEST_GROWTH / max(space.values[-1], 1e-300))
        while True:
            h = min(h, longest, times[-1] - now)
            moved = h * space.apply(phi_1, h)
            rest = field(theta + moved) - F - product(moved)
            correction = 2 * h * Krylov.of(product, rest, CORRECTION).apply(phi_3, h)
            error = size(correction) / tolerance
            tried += 1
            if tried > MOST_STEPS or not np.isfinite(error):
                raise ValueError(f"the flow is followed to {now:.4g} of {times[-1]:.4g}, with an error of {error:.3g}")
            factor = np.clip(SAFETY * max(error, 1e-9) ** (-1 / ORDER), SHORTEST, LONGEST)
            if error <= 1:
                break
            h *= min(factor, SAFETY)
        end = times[-1] if now + h >= times[-1] * (1 - 1e-14) else now + h
        for index in range(*np.searchsorted(times, [now, end], side="right")):
            part = (times[index] - now) / h
            states[index] = theta + part * h * space.apply(phi_1, part * h) + part**3 * correction
        theta, now, h = theta + moved + correction, end, h * factor
        ends.append(now)
        stiffness.append(-space.values[0])
    return Flow(states, np.array(ends), np.array(stiffness))


def phi_1(z: np.ndarray) -> np.ndarray:
    """Return (e^z - 1) / z."""
    safe = np.where(z == 0, 1.0, z)
    return np.where(z == 0, 1.0, np.expm1(safe) / safe)


def phi_3(z: np.ndarray) -> np.ndarray:
    """Return (e^z - 1 - z - z^2/2) / z^3, by its series where that would cancel."""
    near = np.abs(z) < 0.1
    safe = np.where(near, 1.0, z)
    series = polyval(np.where(near, z, 0.0), SERIES)
    return np.where(near, series, (np.expm1(safe) - safe - safe**2 / 2) / safe**3)

"""Gradient descent for ridge regression over fixed features, in closed form (arXiv 2601.19791).

The student is f_t(x) = theta_t.phi(x), theta_0 = nu * z with z ~ N(0, I_m). One step of gradient descent on
objective (1), `1/(2n) sum_i (f(x_i) - y_i)^2 + lambda/2 ||theta||^2`, is

    theta <- theta - eta/n Phi^T (Phi theta - y) - eta lambda theta.

So theta_t = rho^t theta_0 + Phi^T c_t with rho = 1 - eta lambda, and in the eigenbasis of Phi Phi^T = U diag(s^2) U^T,
with k = s^2/n and q = 1 - eta (k + lambda),

    U^T c_t = (q^t - rho^t) U^T Phi theta_0 / s^2 + (1 - q^t) U^T y / (n (k + lambda)).

Every quantity below is therefore a sum of geometric decays, and all times are found exactly (`grokking.decay`).
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from grokking.decay import DecayingCurve, UndecidedError
from grokking.ridge.problem import RidgeProblem

KEPT = 32  # decompositions: those of all seeds, since the runs of a sweep on the same points need them again
ROUNDING = 1e-12  # what is less than this part of the losses that it is a difference of cannot be told


@dataclass(frozen=True)
class RidgePath:
    """The whole trajectory of gradient descent on one problem with step size `eta` and `weight_decay` lambda > 0.

    Raises ValueError, naming `eta` and the largest one allowed, where gradient descent diverges, naming `n` where the
    points' features are linearly dependent, and naming `eps` where rounding hides when a loss crosses that level.
    """

    problem: RidgeProblem
    eta: float
    weight_decay: float

    @property
    def n(self) -> int:
        """Number of training points."""
        return len(self.problem.gram)

    @cached_property
    def s2(self) -> np.ndarray:
        """Squared singular values of Phi, ascending, `(n,)`."""
        if not self._eigh[0].all():
            raise ValueError(f"n: {self.n} is not allowed; expected fewer points, of independent features")
        return self._eigh[0]

    @cached_property
    def training(self) -> DecayingCurve:
        """The residuals scaled to ||.||^2 = L_n: A q^t + B, A = U^T f_0 - U^T y k/(k + lambda), B = -U^T y - ..."""
        start, y = self._start, self._labels
        k = self.s2 / self.n
        B = -y * self.weight_decay / (k + self.weight_decay)
        A = start - y - B
        gram = np.zeros((self.n + 1, self.n + 1))
        np.fill_diagonal(gram[:-1, :-1], A**2)
        gram[-1, :-1] = gram[:-1, -1] = A * B
        gram[-1, -1] = B @ B
        return DecayingCurve(self._q_rates, gram / (2 * self.n))

    @cached_property
    def population(self) -> DecayingCurve:
        """The error f_t - f* in L2 of the inputs, whose squared norm is L(theta_t); the slow mode rho is first."""
        U = self._eigh[1]
        from_start = self._start / self.s2
        from_labels = self._labels / (self.s2 + self.n * self.weight_decay)
        modes = np.zeros((self.n + 2, self.n + 2))  # columns: rho mode, q modes, limit; rows as `moments`
        modes[0, 0] = 1
        modes[1:-1, 0] = -U @ from_start
        modes[1:-1, 1:-1] = U * (from_start - from_labels)
        modes[1:-1, -1] = U @ from_labels
        modes[-1, -1] = -1
        rates = np.concatenate([[self.eta * self.weight_decay], self._q_rates])
        return DecayingCurve(rates, modes.T @ self.problem.moments @ modes)

    @cached_property
    def parameters(self) -> DecayingCurve:
        """theta_t itself: rho^t (theta_0 - P theta_0) + q^t modes along the rows of Phi + the ridge solution."""
        start, labels = self._start, self._labels / (self.s2 / self.n + self.weight_decay) / self.n
        along = start / self.s2 - labels  # coefficients of Phi^T U
        gram = np.zeros((self.n + 2, self.n + 2))
        gram[0, 0] = self.problem.start_norm2 - np.sum(start**2 / self.s2)
        np.fill_diagonal(gram[1:-1, 1:-1], self.s2 * along**2)
        gram[-1, 1:-1] = gram[1:-1, -1] = self.s2 * along * labels
        gram[-1, -1] = np.sum(self.s2 * labels**2)
        rates = np.concatenate([[self.eta * self.weight_decay], self._q_rates])
        return DecayingCurve(rates, gram)

    @cached_property
    def from_zero(self) -> "RidgePath":
        """The same data and teacher from theta_0 = 0: what is learnt, without what must be forgotten."""
        return replace(self, problem=self.problem.started_at_zero())

    @property
    def null_loss(self) -> float:
        """E f*^2, the loss L of the zero function."""
        return float(self.problem.moments[-1, -1])

    @property
    def late_excess(self) -> float:
        """F of L = L_inf + 2 rho^t C + rho^(2t) F, which holds once the data is fitted: the initialisation unseen.

        0 where there are as many points as features: nothing is unseen, and only rounding would be left.
        """
        return float(self.population.gram[0, 0]) if self.n < self.problem.m else 0.0

    @property
    def limit_without_decay(self) -> float:
        """L where gradient descent with lambda = 0 ends, theta_0 + Phi^+ (y - Phi theta_0): theta_0 is never left."""
        fitted = self._eigh[1] @ ((self._labels - self._start) / self.s2)
        error = np.concatenate([[1.0], fitted, [-1.0]])
        return float(error @ self.problem.moments @ error)

    @property
    def distance_to_minimum_norm(self) -> float:
        """||theta_inf - theta'|| / ||theta'|| with theta' = Phi^+ y, the interpolant of least norm; for y != 0."""
        lost = self.n * self.weight_decay / (self.s2 + self.n * self.weight_decay)
        norms2 = self._labels**2 / self.s2
        return float(np.sqrt(np.sum(norms2 * lost**2) / np.sum(norms2)))

    def distance_to_no_decay(self, step: int) -> float:
        """||theta_t - theta'|| / ||theta'|| with theta' where gradient descent with lambda = 0 ends."""
        powers, s = self.population.powers(np.array([step]))[0], np.sqrt(self.s2)
        unseen2 = self.problem.start_norm2 - np.sum(self._start**2 / self.s2)
        interpolant = self._labels / s
        limit = self._labels * s / (self.s2 + self.n * self.weight_decay)
        seen = limit + powers[1:] * (self._start / s - limit)
        moved2 = (1 - powers[0]) ** 2 * unseen2 + np.sum((seen - interpolant) ** 2)
        return float(np.sqrt(moved2 / (unseen2 + np.sum(interpolant**2))))

    def kernel_coefficients(self, steps: np.ndarray) -> np.ndarray:
        """Return c_t of theta_t = rho^t theta_0 + Phi^T c_t at each step, `(len(steps), n)`."""
        powers = self.population.powers(steps)
        slow, fast = powers[:, :1], powers[:, 1:]
        from_labels = self._labels / (self.s2 + self.n * self.weight_decay)
        return ((fast - slow) * self._start / self.s2 + (1 - fast) * from_labels) @ self._eigh[1].T

    def times(self, eps: float) -> dict[str, int | None]:
        """Return t1(eps), t2(eps), t_settle(eps) = max{t : |L - L_inf| >= eps}, and t1, t2 from theta_0 = 0.

        And t_excess, which is t_settle at F/10, whatever eps is: nine tenths of the late excess are gone. None where
        there is no such step, and t_excess where there is no excess, or none that can be told from rounding.
        """
        if eps not in self._found:
            try:
                self._found[eps] = self._times(eps)
            except UndecidedError as error:
                raise ValueError(f"eps: {eps:g} is not allowed; expected another level, as {error}") from error
        return self._found[eps]

    @cached_property
    def _found(self) -> dict[float, dict[str, int | None]]:
        return {}  # times are searched for once a level, the audit of the theorems asks for them again and again

    def _times(self, eps: float) -> dict[str, int | None]:
        tenth = self.late_excess / 10
        told = tenth > ROUNDING * (self.population.limit + self.problem.moments[0, 0])
        return {
            "t1": self.training.last_at_least(eps),
            "t2": self.population.first_at_most(eps),
            "t_settle": self.population.last_away_from_limit(eps),
            "t_excess": self.population.last_away_from_limit(tenth) if told else None,
            "t1_from_zero": self.from_zero.training.last_at_least(eps),
            "t2_from_zero": self.from_zero.population.first_at_most(eps),
        }

    @cached_property
    def _eigh(self) -> tuple[np.ndarray, np.ndarray]:
        return _eigh(self.problem.gram.tobytes())

    @cached_property
    def _start(self) -> np.ndarray:
        return self._eigh[1].T @ self.problem.start

    @cached_property
    def _labels(self) -> np.ndarray:
        return self._eigh[1].T @ self.problem.labels

    @cached_property
    def _q_rates(self) -> np.ndarray:
        rates = self.eta * (self.s2 / self.n + self.weight_decay)
        if not rates[-1] < 2 * (1 - ROUNDING):
            largest = 2 / (self.s2[-1] / self.n + self.weight_decay)
            raise ValueError(f"eta: {self.eta:g} is too large; expected below {largest:.6g}, where descent converges")
        return rates


@lru_cache(maxsize=KEPT)
def _eigh(matrix: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return eigenvalues `(n,)`, ascending, and eigenvectors `(n, n)` of a symmetric matrix of n^2 float64."""
    n = math.isqrt(len(matrix) // 8)
    return np.linalg.eigh(np.frombuffer(matrix).reshape(n, n))

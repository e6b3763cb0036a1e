"""Full-batch gradient descent on the mean logistic loss in high dimension, all of its steps at once.

theta_t = sum_{m<t} (eta/N) F(theta_m), F = sum_i sigmoid(-m_i) v_i, v = (z, y). With steps of eta/N descent is smooth,
and neither separated nor sparse at 1e7 steps and N = 1e6: steps can neither be executed (40 days) nor left to the few
rows near the margin. So the states theta_j at n + 1 nodes in log(1 + t/t0) are the unknowns, S the matrix that sums
over integer steps (`collocation`), and the equations of descent itself, not of its flow,

    R_i = theta_i - (eta/N) sum_j S_ij F(theta_j) = 0,

are solved for all nodes together. A pass over the data (`gradients`) gives F at all of them; then comes a quasi-Newton
correction, (I + (eta/N) S H) delta = -R, in which the Hessian H_j of node j is exact on the rows in memory, those near
the margin, which curve most, and on the others what it is on average: with w = w_perp + a u the block of w_perp is
V sum_i s_i (1 - s_i) times the identity, V = 25/3 the variance of a coordinate, beside the 2 by 2 block of (a, b).
GMRES solves it in a few products, preconditioned from the left by the averages of all rows, where w_perp needs one
inverse of n by n for all of its d components. Averages alone contract by about 2 sqrt(d/N_eff) a pass, with
N_eff = (sum c)^2/sum c^2 = 0.83 N/a, c = s (1 - s), and the rows in memory by another factor of ten. Where N < 50 d
averages do not do: all rows are kept, and gradients are float64.

The certificate is another discretisation: the states between the nodes, read off the polynomials at the nodes of a
finer grid, go into its equations with float64 gradients of all rows that push, and the correction that these ask for,
relative to ||theta||, holds what collocation, unfinished passes and float32 have left.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.integrate import solve_ivp
from scipy.sparse.linalg import LinearOperator, gmres
from scipy.special import expit, ndtr, ndtri

from grokking.collocation import Collocation
from grokking.flow.gradients import Gradients, Rows, Weighted, gather
from grokking.highdim.data import Population
from grokking.highdim.resident import COORDINATE_STD
from grokking.limits import limited

log = logging.getLogger(__name__)

DEGREE = 48
LIMIT = 1e-6
"""Largest correction, relative to ||theta||, that a certified trajectory may ask for."""
T0 = 0.5  # of eta t: descent from 0 relaxes at the rate eta V/4, in 0.48
SHORTEST_T0 = 10.0  # steps: with fewer the sum over integer steps errs by more than 3e-11
NEAR = 0.8  # rows with p below are kept in memory
ALL_NEAR = 50  # rows a dimension under which all are kept
CURVED = 0.3  # a from which on the rows in memory enter the Hessian: before, all rows curve about alike
SETTLED = {np.float32: 5e-6, np.float64: 1e-8}
"""Updates after which the passes end: another would be a tenth of that at most, which the certificate makes sure of."""
MOST_PASSES = 20
MOST_RATES = 1_000_000  # evaluations of the first guess's flow
PRODUCTS = 40  # of one GMRES solution, at most
REDUCTION = 1e-2  # of the preconditioned residual by GMRES


class NotConvergedError(RuntimeError):
    """The passes did not settle, or the certificate asks for a correction above LIMIT."""


@dataclass(frozen=True)
class MeanTrajectory:
    """A run of descent on the mean loss, as polynomials in log(1 + t/t0).

    theta (n + 1, d + 2): w_perp, a = w.w_true and b at the nodes; updates (passes,): the largest change at any node in
    each pass, relative to ||theta||; correction: what the certificate asks for, likewise, at most LIMIT.
    """

    horizon: int
    t0: float
    theta: np.ndarray
    updates: np.ndarray
    correction: float

    def at(self, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return w (k, d) and b (k,) after `steps` (k,) steps.

        Raises ValueError for a step outside 0..horizon.
        """
        theta = Collocation(self.horizon, self.t0, len(self.theta) - 1).evaluate(self.theta, steps)
        w_perp, a, b = theta[:, :-2], theta[:, -2], theta[:, -1]
        return w_perp + a[:, None] / np.sqrt(w_perp.shape[1]), b


class Progress(NamedTuple):
    """What a run that was stopped needs to go on: theta (n + 1, R, d + 2) of R runs, their updates (passes, R)."""

    theta: np.ndarray
    updates: np.ndarray


def train(
    population: Population,
    eta: float,
    horizon: int,
    biases: Sequence[bool] = (True,),
    degree: int = DEGREE,
    progress: Progress | None = None,
    on_pass: Callable[[Progress], None] = lambda progress: None,
) -> list[MeanTrajectory]:
    """Return gradient descent with steps eta/N from 0 to `horizon`, a run for each of `biases`, over shared passes.

    `on_pass` is given the progress after each pass; with it as `progress` a run goes on to the same bytes. Raises
    ValueError for an eta outside (0, T0/SHORTEST_T0] or a horizon under 2 steps, NotConvergedError where the passes do
    not settle or the certificate fails.
    """
    if not 0 < eta <= T0 / SHORTEST_T0 or horizon < 2:
        raise ValueError(f"eta must lie in (0, {T0 / SHORTEST_T0:g}], the horizon be 2 or more: not {eta}, {horizon}")
    grid = Collocation(horizon, T0 / eta, degree)
    all_near = population.size < ALL_NEAR * population.d
    dtype = np.float64 if all_near else np.float32
    equations = _Equations(grid, eta / population.size, np.array(biases, dtype=float), 0.0 if all_near else CURVED)
    start = None
    if progress is None:
        start = np.stack([_mean_field(population, eta, grid, bias) for bias in biases], axis=1)
        progress = Progress(start, np.empty((0, len(biases))))
    rows, gradients = gather(population, np.inf if all_near else NEAR, None if start is None else _flat(start), dtype)
    while not _settled(progress.updates, SETTLED[dtype]):
        if len(progress.updates) == MOST_PASSES:
            raise NotConvergedError(f"after {MOST_PASSES} passes an update is {progress.updates[-1].max():.2g}")
        gradients = gradients or rows.gradients(_flat(progress.theta), dtype)
        change = equations.correction(progress.theta, gradients)
        gradients = None  # frees the weights of the rows in memory before the next pass
        theta = progress.theta + change
        update = _relative(change, theta).max(axis=0)
        progress = Progress(theta, np.vstack([progress.updates, update]))
        log.info("pass %d: largest update %.2g", len(progress.updates), update.max())
        on_pass(progress)
    correction = _certified(equations, progress.theta, rows)
    log.info("certificate: correction %s", correction)
    return [
        MeanTrajectory(horizon, grid.t0, progress.theta[:, run].copy(), progress.updates[:, run].copy(), float(size))
        for run, size in enumerate(correction)
    ]


def _certified(equations: "_Equations", theta: np.ndarray, rows: Rows) -> np.ndarray:
    """Return the largest correction (R,) at t >= 1 that the equations on a finer grid ask of theta (n + 1, R, d + 2).

    Raises NotConvergedError where one exceeds LIMIT.
    """
    grid = equations.grid
    finer = Collocation(grid.horizon, grid.t0, grid.degree * 4 // 3)
    states = grid.evaluate(theta, finer.steps)
    states[0] = 0.0
    gradients = rows.gradients(_flat(states), np.float64)
    change = _Equations(finer, equations.rate, equations.learned, equations.curved).correction(states, gradients)
    correction = _relative(change, states)[finer.steps[1:] >= 1].max(axis=0)
    if not (correction <= LIMIT).all():
        raise NotConvergedError(f"the certificate asks for a correction of {correction.max():.2g}, above {LIMIT:g}")
    return correction


class _Equations:
    """Descent at the nodes of a grid, for R runs: rate = eta/N, learned (R,) 1 where the bias is learned, else 0."""

    def __init__(self, grid: Collocation, rate: float, learned: np.ndarray, curved: float):
        self.grid, self.rate, self.learned, self.curved = grid, rate, learned, curved

    def correction(self, theta: np.ndarray, gradients: Gradients) -> np.ndarray:
        """Return the quasi-Newton correction (n + 1, R, d + 2) of theta, 0 at the first node."""
        residual = theta - self._summed(gradients.force.reshape(theta.shape))
        size = np.linalg.norm(theta[1:], axis=2, keepdims=True)
        hessian = self._hessian(theta, gradients)
        precondition = self._preconditioner(gradients.curvature.reshape(*theta.shape[:2], 3))
        shape = residual[1:].shape

        def product(x: np.ndarray) -> np.ndarray:
            change = np.zeros_like(theta)
            change[1:] = x.reshape(shape) * size
            change += self._summed(hessian(change))
            return (precondition(change[1:]) / size).ravel()

        wanted = -(precondition(residual[1:]) / size).ravel()
        operator = LinearOperator((wanted.size, wanted.size), matvec=product, dtype=float)
        solution, _ = gmres(operator, wanted, rtol=REDUCTION, restart=PRODUCTS, maxiter=1)
        change = np.zeros_like(theta)
        change[1:] = solution.reshape(shape) * size
        change[..., :-2] -= change[..., :-2].mean(axis=2, keepdims=True)
        return change

    def _summed(self, force: np.ndarray) -> np.ndarray:
        """Displacements (n + 1, R, d + 2) that a force at the nodes adds up to."""
        displacement = np.tensordot(self.grid.sums, self.rate * force, axes=1)
        displacement[..., -1] *= self.learned
        return displacement

    def _hessian(self, theta: np.ndarray, gradients: Gradients) -> Callable[[np.ndarray], np.ndarray]:
        """Sum of s (1 - s) v v^T at the nodes, as a map of (n + 1, R, d + 2)."""
        first = int((theta[..., -2] < self.curved).any(axis=1).sum()) * theta.shape[1]
        near = [piece for piece in gradients.near if piece.weights.shape[1] > first]
        far = gradients.curvature.copy()
        for piece in near:
            features = np.column_stack([np.ones_like(piece.p), piece.p**2, piece.p * piece.y])
            far[first : piece.weights.shape[1]] -= piece.weights[:, first:].T @ features

        def apply(change: np.ndarray) -> np.ndarray:
            flat = _flat(change)
            result = _averaged(far, flat)
            for piece in near:
                _add_product(result[first:], flat[first:], piece, first)
            result[:, :-2] -= result[:, :-2].mean(axis=1, keepdims=True)
            return result.reshape(change.shape)

        return apply

    def _preconditioner(self, curvature: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """Inverse of I + rate S H at the nodes after the first, H the averages of all rows (n + 1, R, 3)."""
        n = self.grid.degree
        S, identity = self.rate * self.grid.sums[1:, 1:], np.eye(n)
        across, along = [], []
        for (one, pp, py), learned in zip(np.moveaxis(curvature[1:], 0, 2), self.learned, strict=True):
            across.append(np.linalg.inv(identity + S * (COORDINATE_STD**2 * one)))
            of_a, of_b = np.hstack([S * pp, S * py]), learned * np.hstack([S * py, S * one])
            along.append(np.linalg.inv(np.eye(2 * n) + np.vstack([of_a, of_b])))

        def apply(change: np.ndarray) -> np.ndarray:
            result = np.empty_like(change)
            for run in range(change.shape[1]):
                result[:, run, :-2] = across[run] @ change[:, run, :-2]
                result[:, run, -2:] = (along[run] @ change[:, run, -2:].T.ravel()).reshape(2, n).T
            return result

        return apply


def _averaged(curvature: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Hessian of rows known by their curvature (k, 3) alone, times a change (k, d + 2)."""
    one, pp, py = curvature.T
    a, b = change[:, -2], change[:, -1]
    result = (COORDINATE_STD**2 * one)[:, None] * change
    result[:, -2] = pp * a + py * b
    result[:, -1] = py * a + one * b
    return result


def _add_product(result: np.ndarray, change: np.ndarray, piece: Weighted, first: int) -> None:
    """Add the Hessian of rows in memory times a change (k, d + 2), at the states from `first` on."""
    k = piece.weights.shape[1] - first
    along = np.column_stack([piece.p, piece.y])
    moved = piece.z @ np.ascontiguousarray(change[:k, :-2].T, dtype=np.float32)
    moved = moved + along @ change[:k, -2:].T
    moved *= piece.weights[:, first:]
    result[:k, -2:] += moved.T @ along
    result[:k, :-2] += moved.T.astype(np.float32) @ piece.z


def _mean_field(population: Population, eta: float, grid: Collocation, bias: bool) -> np.ndarray:
    """First guess (n + 1, d + 2): the flow of (a, b) for infinitely many rows, half-normal p, where w_perp stays 0."""
    edge = ndtr(population.gamma / 2 / COORDINATE_STD)
    p = COORDINATE_STD * ndtri(edge + (1 - edge) * (np.arange(400) + 0.5) / 400)
    planted = np.array([population.s_pos, population.s_neg]) / population.size
    others = np.array([population.n_pos, population.n_neg]) / population.size - planted
    p = np.append(p, population.gamma / 2)
    weights = np.column_stack([np.repeat(others[:, None] / 400, 400, axis=1), planted])
    y = np.array([[1.0], [-1.0]])

    def rate(log_time, ab):
        push = weights * expit(-(ab[0] * p + y * ab[1]))
        # dt = (t + t0) dtau, in units of t0.
        return eta * grid.t0 * np.exp(log_time) * np.array([(push * p).sum(), (push * y).sum() * bias])

    at = np.log1p(grid.steps / grid.t0)
    stiff = NotConvergedError(f"the flow of infinitely many rows could not be followed to step {grid.horizon}")
    rate = limited(rate, MOST_RATES, stiff)
    flow = solve_ivp(rate, (0.0, at[-1]), np.zeros(2), method="LSODA", t_eval=at, rtol=1e-8, atol=1e-12)
    if not flow.success:
        raise stiff
    theta = np.zeros((len(at), population.d + 2))
    theta[:, -2:] = flow.y.T
    return theta


def _flat(theta: np.ndarray) -> np.ndarray:
    return theta.reshape(-1, theta.shape[-1])


def _relative(change: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """||change|| / ||theta|| (n, R) at the nodes after the first."""
    return np.linalg.norm(change[1:], axis=2) / np.linalg.norm(theta[1:], axis=2)


def _settled(updates: np.ndarray, tolerance: float) -> bool:
    return len(updates) > 0 and bool(updates[-1].max() < tolerance)

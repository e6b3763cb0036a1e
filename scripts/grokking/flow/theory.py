"""What the law of the data alone predicts of descent on the mean loss in high dimension, with classes of equal size.

Let w = w_perp + a u, u = w_true, and p = u.z half-normal of scale sqrt(V), V = 25/3 the variance of a coordinate. For
N = 1e6 points w_perp follows a: at every moment it is nearly the minimiser of the loss with a held fixed, which is an
M-estimator in d dimensions whose true value is 0. In the limit d, N to infinity with delta = d/N fixed, its size
s = sqrt(V) ||w_perp|| and a number kappa solve (El Karoui, Bean, Bickel, Lim and Yu, PNAS 110, 2013; here for the loss
log(1 + e^-m))

    delta s^2 = E (m - x)^2,    delta = E [c / (1 + c)],    c = kappa sigma(m) sigma(-m),
    x = a P + s G,              m = x + kappa sigma(-m),

P with the law of p, G normal: x is the margin of a point that w_perp does not know, m the one it gets once it
is trained on. x has a skew-normal law, and x = m - kappa sigma(-m) is explicit in m: all expectations are integrals
over m. Then da/dt = eta E[P sigma(-m)], tan(w, w_true) = s/(sqrt(V) a), and the training accuracy is P(m > 0) =
P(x > -kappa/2). Before t = 1e3 w_perp lags behind its rest; for that `lag` has linear response.

A minimiser exists at every a if delta < 1/2: for it to be at infinity a w_perp would have to have z_i.w_perp >= 0 for
all i, and in d dimensions a half-space holds as many as N random directions only for N < 2 d (Cover, 1965). That every
margin is positive, as from 5e5 steps on at N = 3e4, is no obstacle.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import root
from scipy.special import expit, log_ndtr
from scipy.stats import halfnorm, norm, skewnorm

from grokking.collocation import Collocation
from grokking.highdim.accuracy import concentrated_accuracy_from_angle, standard_accuracy_from_angle
from grokking.highdim.resident import COORDINATE_STD

VARIANCE = COORDINATE_STD**2
DENSITY = float(halfnorm.pdf(0, scale=COORDINATE_STD))
"""Density f0 of p at 0, 0.2764."""
PANELS, POINTS = 120, 12  # of the quadrature over m
LARGEST_KAPPA = 1e5  # up to which the quadrature resolves all scales: long after separation
T0, DEGREE = 0.5, 48  # of the collocation in log(1 + eta t/T0)
GRID = np.concatenate([[0.0], np.geomspace(1e-2, 100, 120)])  # values of a


class NoFixedPointError(ValueError):
    """No solution: more than half as many dimensions as points, or a too far beyond separation or the first guess."""


@dataclass(frozen=True)
class FixedPoint:
    """The minimiser over w_perp at one a: s, kappa and the push E[P sigma(-m)] along u."""

    s: float
    kappa: float
    push: float


@dataclass(frozen=True)
class Prediction:
    """Descent at steps (k,): ||w||, tan of the angle to w_true, and accuracies in training and on both test sets."""

    norm: np.ndarray
    tangent: np.ndarray
    train: np.ndarray
    standard: np.ndarray
    concentrated: np.ndarray


def fixed_point(a: float, delta: float, near: FixedPoint | None = None) -> FixedPoint:
    """Solve the equations at a and delta = d/N, starting from the solution at a value of a nearby.

    At a = 0 every sigma is about 1/2: kappa = 4 delta/(1 - delta) and s = kappa/(2 sqrt(delta)) to first order in
    delta; the search starts from there if none is given. Raises NoFixedPointError where it finds no solution.
    """
    if not 0 < delta < 0.5:
        raise NoFixedPointError(f"d/N must lie in (0, 0.5) for a minimiser to exist, not {delta:.3g}")
    kappa = 4 * delta / (1 - delta) if near is None else near.kappa
    s = kappa / (2 * np.sqrt(delta)) if near is None else near.s

    def excess(logs: np.ndarray) -> list[float]:
        s, kappa = np.exp(np.clip(logs, -300, 300))
        m, weight, _ = _law_of_margins(a, s, kappa)
        c = kappa * expit(m) * expit(-m)
        squares, share = weight @ (kappa * expit(-m)) ** 2, weight @ (c / (1 + c))
        return [np.log(squares / (delta * s**2)), np.log(share / delta)]

    found = root(excess, np.log([s, kappa]), tol=1e-11)
    if not np.abs(found.fun).max() < 1e-8:  # whether or not rounding lets it go on to its own tolerance
        raise NoFixedPointError(f"no solution found at a = {a:.3g}, d/N = {delta:.3g}: start from one at an a nearby")
    s, kappa = (float(value) for value in np.exp(found.x))
    if kappa > LARGEST_KAPPA:
        raise NoFixedPointError(
            f"a = {a:.3g} lies too long after separation at d/N = {delta:.3g}: expected a smaller a"
        )
    m, weight, p = _law_of_margins(a, s, kappa)
    return FixedPoint(s, kappa, float(weight @ (p * expit(-m))))


def predict(
    steps: np.ndarray, *, eta: float, size: int, d: int, gamma: float, alpha: float, horizon: int
) -> Prediction:
    """Return what the theory says of descent with steps eta/size at `steps` (k,), all of them in 1..horizon.

    Raises NoFixedPointError where size <= 2 d, or too long after separation, or where a leaves GRID.
    """
    grid, points = Collocation(horizon, T0 / eta, DEGREE), _fixed_points(eta, d / size, horizon)
    nodes = _growth(grid, eta, points)
    of_s, of_kappa = grid.evaluate(lag(grid, eta, nodes).T, steps).T
    a = grid.evaluate(nodes, steps)
    if not nodes.max() <= GRID[-1]:
        reached = f"a = {nodes.max():.3g} at step {horizon}"
        raise NoFixedPointError(f"{reached} is beyond {GRID[-1]:g}, where the theory ends")
    s, kappa = of_s * _interpolated(points, "s")(a), of_kappa * _interpolated(points, "kappa")(a)
    tangent = s / (COORDINATE_STD * a)
    return Prediction(
        a * np.hypot(1, tangent),
        tangent,
        training_accuracy(a, s, kappa),
        standard_accuracy_from_angle(tangent, gamma),
        concentrated_accuracy_from_angle(tangent, gamma, alpha),
    )


def training_accuracy(a: np.ndarray, s: np.ndarray, kappa: np.ndarray) -> np.ndarray:
    """Return P(m > 0) = P(x > -kappa/2): m = 0 is where x = -kappa sigma(0)."""
    return skewnorm.sf(-kappa / 2, a * COORDINATE_STD / s, scale=np.hypot(a * COORDINATE_STD, s))


def lag(grid: Collocation, eta: float, a: np.ndarray) -> np.ndarray:
    """Return s and kappa over their values at rest, (2, n + 1), for the a (n + 1,) at the nodes, to first order in d/N.

    A component of w_perp obeys dq = eta (xi - V c q) dt with c = E sigma(m) sigma(-m) at m = a P, and xi the mean of
    sigma(-a p_i) z_i, normal over data sets with covariance (V/N) E[sigma(-a P) sigma(-a' P)] between two times. In the
    nodal values q is a matrix times xi, so that its variance is a product; at rest q = xi/(V c). kappa is what a row
    adds to its own margin for a push of 1, the row sums of the matrix times V d/N; at rest d/(N c). N and d cancel.
    """
    p = halfnorm.ppf((np.arange(4000) + 0.5) / 4000, scale=COORDINATE_STD)
    sigma = expit(-np.outer(a, p))
    covariance, c = sigma @ sigma.T / len(p), (sigma * (1 - sigma)).mean(axis=1)
    sums = eta * grid.sums
    response = np.linalg.solve(np.eye(len(a)) + sums * (VARIANCE * c), sums)
    variance = np.einsum("ij,jk,ik->i", response, covariance, response)
    rest = 1 / (VARIANCE * c)
    return np.array([np.sqrt(variance / np.diag(covariance)), response.sum(axis=1)]) / rest


def limit_tangent(norm_w: np.ndarray, size: int, d: int) -> np.ndarray:
    """Return the tangent of the angle for N to infinity, then ||w|| >> 1: 18.53/sqrt(N ||w||) at d = 1024.

    Then m = a P has the density f0/a on m > 0, delta = kappa f0/(2 a), and with int_0^inf sigma(-m)^2 dm = ln 2 - 1/2
    delta s^2 = kappa^2 (f0/a)(ln 2 - 1/2): tan^2 = s^2/(V a^2) = 4 (ln 2 - 1/2) d/(V f0 N a).
    """
    return np.sqrt(4 * (np.log(2) - 0.5) * d / (VARIANCE * DENSITY * size * norm_w))


def limit_norm(steps: np.ndarray, eta: float) -> np.ndarray:
    """Return ||w|| in the same limit: da/dt = eta (f0/a^2) int_0^inf m sigma(-m) dm = eta f0 pi^2/(12 a^2)."""
    return np.cbrt(3 * eta * DENSITY * np.pi**2 / 12 * steps)


def limit_bias(norm_w: np.ndarray, size: int) -> np.ndarray:
    """Return the root mean square of b in the same limit, for classes of equal size: sqrt(2.79 ||w||/N).

    b rests where the pulls of the classes are equal, b = sum y s / sum s (1 - s): the numerator has the variance
    N (f0/a)(ln 2 - 1/2), the denominator is N f0/(2 a).
    """
    return np.sqrt(4 * (np.log(2) - 0.5) * norm_w / (DENSITY * size))


def _law_of_margins(a: float, s: float, kappa: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Quadrature over m: points m, their weights and E[P | x(m)], all of one length.

    x is skew-normal, and given x, P is normal with mean a V x/(a^2 V + s^2) and variance V s^2/(a^2 V + s^2), kept > 0.
    """
    scale = np.hypot(a * COORDINATE_STD, s)
    finest = 0.2 * min(s, 1.0, scale)
    highest = 9 * scale + kappa
    edges = finest * np.sinh(np.linspace(-np.arcsinh((9 * s) / finest), np.arcsinh(highest / finest), PANELS + 1))
    node, weight = np.polynomial.legendre.leggauss(POINTS)
    half = np.diff(edges)[:, None] / 2
    m = (edges[:-1, None] + half * (1 + node)).ravel()
    x = m - kappa * expit(-m)
    density = skewnorm.pdf(x, a * COORDINATE_STD / s, scale=scale) * (1 + kappa * expit(m) * expit(-m))
    mean, deviation = a * VARIANCE * x / scale**2, COORDINATE_STD * s / scale
    ratio = mean / deviation
    p = mean + deviation * np.exp(norm.logpdf(ratio) - log_ndtr(ratio))
    return m, (half * weight).ravel() * density, p


def _fixed_points(eta: float, delta: float, horizon: int) -> dict[float, FixedPoint]:
    """The fixed points at the values of GRID that a run to the horizon needs, by a."""
    points: dict[float, FixedPoint] = {}
    near, earliest = None, 0.0
    for a, increase in zip(GRID, np.diff(GRID, append=np.inf), strict=True):
        points[float(a)] = near = fixed_point(a, delta, near)
        earliest += increase / (eta * near.push)  # of the next a: the push falls on the way
        if earliest > 1.2 * horizon and len(points) > 1:  # what is between them is read off a spline
            break
    return points


def _growth(grid: Collocation, eta: float, points: dict[float, FixedPoint]) -> np.ndarray:
    """A at the nodes (n + 1,): a_t is the sum of eta E[P sigma(-m)] over the steps before t."""
    push = _interpolated(points, "push")
    start = np.minimum(eta * points[0.0].push * grid.steps, limit_norm(grid.steps, eta))
    found = root(lambda a: a - eta * grid.sums @ push(np.abs(a)), start, tol=1e-12)
    return found.x


def _interpolated(points: dict[float, FixedPoint], name: str) -> CubicSpline:
    a = np.array(list(points))
    spline = CubicSpline(np.log1p(a), np.log([getattr(point, name) for point in points.values()]))
    return lambda at: np.exp(spline(np.log1p(at)))

"""What arXiv 2602.08302 proves about the bias and the time of generalisation, and what it assumes on the way.

Symbols: S+, S- the numbers of support vectors a class; A+- the sums over a class of exp(-y w.x), over the support
vectors alone where named A_S+-; delta = sqrt(A_S-/A_S+); t steps. The trajectory of one run is steps (k,), w (k, 2),
b (k,). An assumption is audited as a series, its violation at each step, and the step from which that stays small.
"""

import numpy as np
from scipy.spatial import ConvexHull, QhullError
from scipy.special import expit

from grokking.logistic.evaluation import log_exponential_sums
from grokking.logistic.geometry import FRAME
from grokking.results.rows import Time
from grokking.times import last_crossing

PAPER_HORIZON = 10**7
"""Steps that the paper trains for."""
FLOW_STARTS = (10**3, 10**4, 10**5, 10**6)
"""Steps t_0 from which eq. (11) is followed to the paper's horizon."""


def log_delta(s_pos, s_neg):
    """Return log delta as the counts of support vectors give it: all of them with the same margin."""
    return (np.log(s_neg) - np.log(s_pos)) / 2


def log_delta_on(x: np.ndarray, y: np.ndarray, w: np.ndarray, counts: np.ndarray | None = None) -> np.ndarray:
    """Return log delta (k,) = (log A- - log A+)/2 as the points x (n, 2), y (n,) and the weights w give it.

    Each point counts as one, or as `counts` (n,) says.
    """
    log_pos, log_neg = log_exponential_sums(x, y, w, counts)
    return (log_neg - log_pos) / 2


def log_support_sums(
    x: np.ndarray, y: np.ndarray, steps: np.ndarray, w: np.ndarray, *, step: float, counts: np.ndarray | None = None
):
    """Return (log A_S+, log A_S-), each (k,), of the support vectors x (n, 2), y (n,) alone, counted as `log_delta_on`.

    The paper's A_S has the limit of rho(t) = w(t) - w_hat log t in place of w. As w_hat.x = y on support vectors, it is
    the limit of t A+-. The t of gradient flow on the summed loss is the number of steps times `step`, eta or eta/N.
    """
    log_flow_time = np.log(step * steps)
    log_pos, log_neg = log_exponential_sums(x, y, w, counts)
    return log_flow_time + log_pos, log_flow_time + log_neg


def bias_flow(steps, start, b_start, log_pos, log_neg):
    """Return b(t) of eq. (11) at `steps`, from b_start at step `start` and constant log A_S+-.

    In the variable tanh((b + log delta)/2) the equation is linear, and eq. (11) reads
    tanh((b(t) + log delta)/2) = tanh((b_0 + log delta)/2) (t/t_0)^(-2 sqrt(A_S+ A_S-)).

    It is infinite where that variable is rounded to 1, and nan where A_S+- are beyond all numbers.
    """
    log_ratio = (log_neg - log_pos) / 2
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        decay = np.exp(-2 * np.exp((log_pos + log_neg) / 2) * np.log(steps / start))
        return 2 * np.arctanh(np.tanh((b_start + log_ratio) / 2) * decay) - log_ratio


def kappa(eps, alpha):
    """Return |b|/||w|| in units of gamma/2 where a fraction eps of the concentrated test points is wrong."""
    return 1 + 2 * eps * (2 * alpha - 1)


def theorem_time(b_inf, kappa, log_constant):
    """Return T_te(eps) of Theorem 4.6 for b_inf = -log delta, with +-gamma B/2 = `log_constant`.

    log T_te has the slope 1/kappa on |log delta|. The paper gives B no value; the large-z form of the reduced model,
    n = 2 e^z / (eta gamma^2 sqrt(S+ S-)), suggests `reduced_constant`. A time beyond all numbers is infinite.
    """
    with np.errstate(over="ignore"):
        return np.exp(log_constant + np.abs(b_inf) / kappa)


def reduced_constant(s_pos, s_neg, *, eta, gamma):
    """Return the value log(2 / (eta gamma^2 sqrt(S+ S-))) that the reduced model suggests for gamma B/2."""
    return np.log(2 / (eta * gamma**2)) - (np.log(s_pos) + np.log(s_neg)) / 2


def holds_from(steps: np.ndarray, violation: np.ndarray, tolerance: float) -> Time:
    """Return the step from which violation (k,) stays at or below the tolerance, censored if it ends above."""
    holds = violation <= tolerance
    if not holds[-1]:
        return Time(None, True, int(steps[-1] - steps[-2]))
    return last_crossing(steps, holds.astype(float), 0.0, int(steps[-1]), censor_fraction=1.0)


def limit_violation(b: np.ndarray, b_inf: float) -> np.ndarray:
    """Return |b - b_inf| / |b_inf| (k,) for the limit b_inf = -log delta; nan where that is 0."""
    return np.divide(np.abs(b - b_inf), abs(b_inf), out=np.full(len(b), np.nan), where=b_inf != 0)


def tail_violation(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the largest relative error (k,) of exp(-margin) for the pull sigmoid(-margin) of support vectors x, y.

    Eq. (10) is written for the exponential loss; sigmoid(-m)/exp(-m) = 1 - sigmoid(-m).
    """
    return expit(-np.min(y * (w @ x.T + b[:, None]), axis=1))


def population_violation(
    x: np.ndarray, y: np.ndarray, support: np.ndarray, w: np.ndarray, counts: np.ndarray | None = None
) -> np.ndarray:
    """Return the share (k,) of A+ or A-, the larger, that is not due to the support vectors (n,): A_S is not A."""
    counts = np.ones(len(y)) if counts is None else counts
    every = log_exponential_sums(x, y, w, counts)
    planted = log_exponential_sums(x[support], y[support], w, counts[support])
    return np.max([-np.expm1(part - whole) for part, whole in zip(planted, every, strict=True)], axis=0)


def growth_violation(steps: np.ndarray, w: np.ndarray, w_hat: np.ndarray) -> np.ndarray:
    """Return || dw/d log t - w_hat || / ||w_hat|| (k,): w(t) = w_hat log t + rho(t) with rho at rest has 0."""
    growth = np.gradient(w, np.log(steps), axis=0)
    return np.linalg.norm(growth - w_hat, axis=1) / np.linalg.norm(w_hat)


def hard_margin_separator(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Return (w_hat (2,), b_hat) of the hard-margin SVM with a bias: least ||w|| with y (w.x + b) >= 1.

    w_hat points along the shortest segment between the convex hulls of the classes, and 2/||w_hat|| is its length.
    Assumption 3.1 says that b_hat = 0. Raises ValueError if the hulls meet or a class has no point.
    """
    hulls = []
    for label in (1, -1):
        points = x[y == label] @ FRAME
        if len(points) == 0:
            raise ValueError(f"class {label:+d} has no points: expected one or more")
        hulls.append(_corners(points))
    segments = [_shortest(hulls[0], hulls[1]), -_shortest(hulls[1], hulls[0])]
    across = min(segments, key=np.linalg.norm)
    low, high = (hulls[1] @ across).max(), (hulls[0] @ across).min()
    if not low < high:
        raise ValueError("the classes are not linearly separable: expected disjoint convex hulls")
    return FRAME @ across * 2 / (high - low), -(low + high) / (high - low)


def _corners(points: np.ndarray) -> np.ndarray:
    """Return the corners of the convex hull of points (n, 2) in order: two where they lie on one line, or are few."""
    try:
        return points[ConvexHull(points).vertices]
    except QhullError:  # it asks for three points that are not on one line
        furthest = np.abs(points - points[0]).max(axis=1).argmax()
        along = (points - points[0]) @ (points[furthest] - points[0])
        return points[[along.argmin(), along.argmax()]]


def _shortest(corners: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Return the shortest vector from an edge of the polygon to one of the corners."""
    edges = np.roll(polygon, -1, axis=0) - polygon
    offsets = corners[:, None] - polygon
    along, squares = (offsets * edges).sum(axis=2), (edges**2).sum(axis=1)
    along = np.clip(np.divide(along, squares, out=np.zeros_like(along), where=squares > 0), 0, 1)  # 0: a single point
    gaps = (offsets - along[..., None] * edges).reshape(-1, 2)
    return gaps[np.argmin((gaps**2).sum(axis=1))]

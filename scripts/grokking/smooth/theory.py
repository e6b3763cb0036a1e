"""Theory without a free parameter of gradient descent in two dimensions: what its curves and times should be.

By symmetry the weights of typical data point along w_true, up to noise, so two variables are left: w = ||w|| and b. A
class has S+ or S- points on the margin p = gamma/2 and R+ or R- others spread over the square, where the distance p of
a point from the separator has the density g(p) = 2 (a - p) / (a - low)^2 on [low, a], a = HALF_DIAGONAL. With

    I_j(w, b) = integral of p^j g(p) sigmoid(-w p - b) dp,    z = gamma w / 2,

a step moves w and b, on average, by

    D_w = step [R+ I_1(w, b) + R- I_1(w, -b) + (gamma/2) (S+ sigmoid(-z-b) + S- sigmoid(-z+b))],
    D_b = step [R+ I_0(w, b) - R- I_0(w, -b) + S+ sigmoid(-z-b) - S- sigmoid(-z+b)].             (i)

`step` is eta / N for the mean loss; for the sum, eta, (i) holds where the motion is smooth. Further names:
L = log(S+/S-) / 2 = -log delta, kappa = 1 + 2 eps (2 alpha - 1), r = |b| / ||w||, t the number of steps.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.optimize import elementwise
from scipy.special import expit, ndtr

from grokking.logistic import reduced
from grokking.logistic.attacks import CUTOFFS
from grokking.logistic.geometry import HALF_DIAGONAL, W_TRUE
from grokking.logistic.theory import theorem_time
from grokking.smooth.descent import descend
from grokking.smooth.losses import LOSSES, Loss

PANELS = np.append(0, np.geomspace(2**-24, 1, 25))
"""Parts of [low, a], an octave each: whatever w, a sigmoid of w p is smooth in each of them, or saturated."""
NODES = 12
"""... for averages to a relative 1e-7."""
LARGEST_BIAS = 100.0
"""Beyond all that occurs."""


@dataclass(frozen=True)
class Law:
    """n_pos and n_neg points a class, s_pos and s_neg of them on the margin gamma / 2, the others spread from `low` on.

    Numbers may be fractions, being sums of weights; `low` is gamma / 2 but where there is a gap.
    """

    n_pos: float
    n_neg: float
    s_pos: float
    s_neg: float
    gamma: float
    step: float
    low: float | None = None

    @property
    def support(self) -> float:
        """S+ + S-."""
        return self.s_pos + self.s_neg

    @property
    def others(self) -> np.ndarray:
        """(R+, R-)."""
        return np.array([self.n_pos - self.s_pos, self.n_neg - self.s_neg])

    @cached_property
    def points(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """p, y and weights, each (n,), whose weighted sums are (i): Gauss's nodes in PANELS, and the margin."""
        low = self.gamma / 2 if self.low is None else self.low
        width = HALF_DIAGONAL - low
        q, mass = gauss(width * PANELS)
        mass = mass * 2 * (width - q) / width**2
        p = np.append(low + q, self.gamma / 2)
        weights = [np.append(R * mass, S) for R, S in zip(self.others, (self.s_pos, self.s_neg), strict=True)]
        return np.tile(p, 2), np.repeat([1.0, -1.0], len(p)), np.concatenate(weights)


def displacement(law: Law, w, b) -> tuple[np.ndarray, np.ndarray]:
    """Return (D_w, D_b) of (i); w and b broadcast."""
    p, y, weights = law.points
    pull = law.step * weights * expit(-(np.multiply.outer(w, p) + np.multiply.outer(b, y)))
    return pull @ p, pull @ y


def curves(
    law: Law, steps: np.ndarray, *, bias: bool = True, b_0: float = 0.0, loss: Loss = LOSSES["logistic"]
) -> tuple[np.ndarray, np.ndarray]:
    """Return (w, b), each (k,), at `steps` (k,): (i) from w = 0 and b = b_0, where b stays if not `bias`.

    Of another smooth loss (i) has the pulls in place of the sigmoids.
    """
    p, y, weights = law.points
    given = {"step": law.step, "weights": weights, "bias": bias, "b_0": b_0, "loss": loss}
    run = descend(np.outer(p * y, W_TRUE), y, steps=steps, **given)
    return run.w @ W_TRUE, run.b


def cube_constant(law: Law) -> float:
    """Return k of the growth w = (k t)^(1/3), which the points beside the support vectors drive.

    While gamma w << 1 << a w only p << a matters, where g = 2/a, and b does not if it is small: I_1 = (2/a) / w^2 times
    the integral of x sigmoid(-x), pi^2/12. So w^2 dw/dt is constant.
    """
    return 3 * law.step * law.others.sum() * 2 / HALF_DIAGONAL * np.pi**2 / 12


def linear_rate(law: Law) -> float:
    """Return dw/dt due to the support vectors while z << 1: each pulls with 1/2, if L << 1."""
    return law.step * law.gamma / 4 * law.support


def early_steps_to(law: Law, w):
    """Return t at which w is reached while z << 1, on the cube root and on the line that follows it.

    dw/dt = k / (3 w^2) + v, v the `linear_rate`, gives v t = w - w_c atan(w / w_c) with w_c^2 = k / (3 v).
    """
    k, v = cube_constant(law), linear_rate(law)
    if v == 0:
        return w**3 / k
    crossing = np.sqrt(k / (3 * v))
    return (w - crossing * np.arctan(w / crossing)) / v


def crossings(law: Law) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return (w, t) where growth turns from a cube root into a line, and where from a line into a logarithm.

    At the first, w_c of `early_steps_to`, both pulls are alike; t = (1 - pi/4) w_c / v, and the local exponent t w' / w
    is 2 - pi/2. The second is z = 1: with support vectors alone and L << 1, dz/dt = (gamma v) sigmoid(-z) gives
    z + e^z - 1 = gamma v t, so t = e / (gamma v). The law needs support vectors.
    """
    v = linear_rate(law)
    first = float(np.sqrt(cube_constant(law) / (3 * v)))
    return (first, float(early_steps_to(law, first))), (2 / law.gamma, np.e / (law.gamma * v))


def slaved_bias(law: Law, w):
    """Return the b at which D_b = 0 for this w, its plateau. Broadcasts.

    The bias relaxes within 4 / (step (S+ + S-)) steps and stays there as w grows. For a w >> 1, I_0 is
    (2 / (a w)) log(1 + e^-b), and with z << 1 the balance is

        S+ sigmoid(-b) - S- sigmoid(b) = (2 / (a w)) (R- log(1 + e^b) - R+ log(1 + e^-b)).

    As the right-hand side, the drag, fades, b tends to 2 L; for z >> 1 to L. So r falls as 1/w, which is t^(-1/3) at
    first, not 1 / log t. Classes of equal size do not have R+ = R-, unless S+ = S-.
    """
    ends = np.full(np.shape(w), LARGEST_BIAS)
    found = elementwise.find_root(
        lambda b, w: displacement(law, w, b)[1], (-ends, ends), args=(w,), tolerances={"xatol": 1e-14}
    )
    return found.x


def first_order_bias(law: Law, w):
    """Return the plateau for z << 1 << a w, to first order in b: with c = (S+ + S-) / 4,

    b = (2 c tanh L + (2 log 2 / (a w)) (R+ - R-)) / (c + (R+ + R-) / (a w)).
    """
    R_pos, R_neg = law.others / HALF_DIAGONAL
    force = (law.s_pos - law.s_neg) / 2 + 2 * np.log(2) * (R_pos - R_neg) / w
    return force / (law.support / 4 + (R_pos + R_neg) / w)


def peak(law: Law, horizon: float = 1e6, after: float = 20) -> tuple[float, float]:
    """Return (t, r) where r is greatest from step `after` to the horizon, to 1 % in t."""
    steps = np.unique(np.geomspace(after, horizon, int(230 * np.log10(horizon / after))).astype(np.int64))
    w, b = curves(law, steps)
    r = np.abs(b) / w
    return float(steps[np.argmax(r)]), float(r.max())


def undamped_peak(law: Law) -> tuple[float, float]:
    """Return (t, r) at the peak if the support vectors alone moved b, the others alone w.

    Then b = 2 L (1 - e^-x), x = step (S+ + S-) t / 4, for L << 1, and r is greatest where e^x = 1 + 3 x, whatever the
    imbalance. In truth the others drag b back: for S(400, 300) of 2000 points to 0.6 of this height, 10 % later.
    """
    x = elementwise.find_root(lambda x: np.expm1(x) - 3 * x, (1.0, 3.0)).x
    t = 4 * x / (law.step * law.support)
    b = -np.expm1(-x) * abs(np.log(law.s_pos / law.s_neg))
    return float(t), float(b / (cube_constant(law) * t) ** (1 / 3))


def steps_to(law: Law, w: float) -> float:
    """Return t at which w is reached, with the bias slaved to it: the integral of dw / D_w from 0."""
    nodes, weights = gauss(w * PANELS)
    return float(weights @ (1 / displacement(law, nodes, slaved_bias(law, nodes))[0]))


def generalisation_time(law: Law, kappa: float) -> float:
    """Return T_te(eps): the last t at which r = kappa gamma / 2, a fraction eps of the concentrated points being wrong.

    The slaved b is followed to where it falls to kappa z, and `steps_to` is the time; nan where it never exceeds
    kappa z. For support vectors alone that is `reduced.generalisation_time`, in closed form. Its limits are

        16 L cosh^2(L) / (step gamma^2 (S+ + S-) kappa)          z << 1: b = 2 L,
        4 L e^L / (step gamma^2 sqrt(S+ S-) (1 + kappa))         L >> 1, kappa > 1: b = 2 L - z, z = 2 L / (1 + kappa),
        2 (L + 1) e^L / (step gamma^2 sqrt(S+ S-))               L >> 1, kappa = 1: z = L + log(2) / 2.

    At that time the support vectors of the smaller class have the margin z - |b| = -(kappa - 1) z, which is not
    positive: the exponential tail that Theorem 4.6 assumes is absent at the very time that it speaks of.
    """

    def excess(w):
        return np.abs(slaved_bias(law, w)) - kappa * law.gamma / 2 * w

    w = np.geomspace(1e-6, 1, 400) * 2 * LARGEST_BIAS / law.gamma
    above = np.flatnonzero(excess(w) > 0)
    if len(above) == 0:
        return np.nan
    bracket = w[above[-1] : above[-1] + 2]
    return steps_to(law, float(elementwise.find_root(excess, tuple(bracket)).x))


def delay_slope(L, kappa):
    """Return d log T_te / dL for support vectors alone at constant S+ S-; at constant S+ + S- add tanh L.

    In (ii) of `reduced`, T_te is proportional to G^-1 h(z, L) with dh/dz = cosh L + v and, by b(z, L),
    dh/dL = z sinh L + (2 L - b) cosh L. Where b = kappa z, dz/dL = (v + cosh L) / (kappa v + sinh L). So

        dh/dL = (v + cosh L)^2 / (kappa v + sinh L) + z sinh L + (2 L - kappa z) cosh L.

    It is 1 / L + tanh L for small L and tends to 1 for large, whatever kappa: Theorem 4.6 has 1 / kappa.
    """
    counts = np.exp(L), np.exp(-np.asarray(L))
    # With sqrt(S+ S-) = 1 the time in units of 2 / (eta gamma^2) is h.
    h = reduced.generalisation_time(*counts, eta=2.0, gamma=1.0, kappa=kappa)
    z = reduced.logit(h, *counts, eta=2.0, gamma=1.0)
    v = np.hypot(np.exp(z), np.sinh(L))
    slope = (v + np.cosh(L)) ** 2 / (kappa * v + np.sinh(L)) + z * np.sinh(L) + (2 * L - kappa * z) * np.cosh(L)
    return slope / h


def geometric_time(steps: np.ndarray, w: np.ndarray, b: np.ndarray, *, kappa: float, gamma: float) -> float:
    """Return the last t with r >= kappa gamma / 2 of a trajectory w (k, 2), b (k,), linear in log t between `steps`.

    It is nan where r is smaller throughout, inf where it is not at the end. Steps are from 1 on.
    """
    excess = np.abs(b) / np.linalg.norm(w, axis=1) - kappa * gamma / 2
    outside = np.flatnonzero(excess >= 0)
    if len(outside) == 0:
        return np.nan
    last = outside[-1]
    if last == len(steps) - 1:
        return np.inf
    part = excess[last] / (excess[last] - excess[last + 1])
    return float(steps[last] * (steps[last + 1] / steps[last]) ** part)


def largest_residual(steps: np.ndarray, w: np.ndarray, w_hat: np.ndarray) -> float:
    """Return B, the largest ||rho|| of a trajectory w (k, 2) at `steps` (k,) from 1 on, rho = w - w_hat log t."""
    rho = w - np.log(steps)[:, None] * w_hat
    return float(np.linalg.norm(rho, axis=1).max())


def latest_generalisation(
    steps: np.ndarray, w: np.ndarray, w_hat: np.ndarray, *, gamma: float, kappa: float, log_delta: float
) -> float:
    """Return the right-hand side of (15), T_te <= exp(gamma B / 2 + |log delta| / kappa), with B of the trajectory."""
    return float(theorem_time(log_delta, kappa, gamma * largest_residual(steps, w, w_hat) / 2))


def expected_residual(law: Law) -> float:
    """Return gamma B / 2 for support vectors alone: the largest log t - z of the reduced model.

    For large z it is log(2 / (step gamma^2 sqrt(S+ S-))), by (ii) of `reduced`; with L << 1, where t is proportional to
    z + e^z - 1, it is largest at z = 2, by log(1 + e^-2) = 0.127 more. It grows as gamma falls.
    """
    z = np.linspace(0, 40, 4001)[1:]
    t = reduced.steps_to(z, law.s_pos, law.s_neg, eta=law.step, gamma=law.gamma)
    return float(np.max(np.log(t) - z))


def bias_spread(law: Law, w):
    """Return the standard deviation of b among data sets of this law, for z, b << 1 << a w.

    The sum of y sigmoid(-w p) over R points has the variance R (2 / (a w)) (log 2 - 1/2), the integral of sigmoid(-x)^2
    being log 2 - 1/2; b meets it with the slope (S+ + S-) / 4 + R / (a w) of `first_order_bias`. On plain data that is
    sqrt(2 (log 2 - 1/2) a w / n): r falls as t^(-1/6).
    """
    density = law.others.sum() / (HALF_DIAGONAL * w)
    return np.sqrt(2 * density * (np.log(2) - 0.5)) / (law.support / 4 + density)


def concentrated_accuracy(law: Law, w: float, *, alpha: float) -> float:
    """Return the mean accuracy, among plain data sets of balanced classes, on gamma/2 < |p| <= alpha gamma.

    The weight w_u across w_true is noise, too. Force and slope are those of b with u^2 inside the averages, a^2/3 on
    the separator, so its deviation is sqrt(3) / a times the `bias_spread` s. At u the boundary is displaced by
    (b + w_u u) / w, with the deviation s sqrt(1 + 3 u^2 / a^2) / w, and a point at (p, u) is right with the probability
    Phi(p / deviation).
    """
    u, u_weights = gauss(np.linspace(0, HALF_DIAGONAL, 9))
    p, p_weights = gauss(np.linspace(law.gamma / 2, min(alpha * law.gamma, HALF_DIAGONAL), 9))
    p_weights = p_weights * (HALF_DIAGONAL - p)
    deviation = bias_spread(law, w) / w * np.sqrt(1 + 3 * u**2 / HALF_DIAGONAL**2)
    right = p_weights @ ndtr(p[:, None] / deviation) @ u_weights
    return float(right / (p_weights.sum() * u_weights.sum()))


def attack_onset(law: Law, dtype: str, reach: float = np.sqrt(2)) -> tuple[float, float]:
    """Return (w, t) from which PGD in `dtype` cannot move some points that the exact attack turns.

    The attack moves p by `reach`: sqrt(2) for eps = 1 in the maximum norm. Points of label +1 with w p above the first
    of CUTOFFS have a gradient of zero. They include some with p < reach from w = cutoff / reach on.
    """
    w = CUTOFFS[dtype][0] / reach
    return w, steps_to(law, w)


def attacked_accuracy(w, dtype: str, *, gamma: float, reach: float = np.sqrt(2)):
    """Return the accuracy under PGD in `dtype` on the population, for b << w: right are p > reach, and masked points.

    With F(p) the part of a class that is closer than p, a class has 1 - F(reach) and, masked, what of F(reach) is
    beyond cutoff / w. The exact attack has 1 - F(reach) at any w.
    """

    def closer(p):
        return 1 - ((HALF_DIAGONAL - np.clip(p, gamma / 2, HALF_DIAGONAL)) / (HALF_DIAGONAL - gamma / 2)) ** 2

    right = [1 - closer(np.minimum(cutoff / w, reach)) for cutoff in CUTOFFS[dtype]]
    return np.mean(right, axis=0)


def gauss(edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights (NODES len(edges) - NODES,) of Gauss's quadrature over the panels between edges."""
    nodes, weights = leggauss(NODES)
    half = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + half * (nodes + 1)).ravel(), (half * weights).ravel()

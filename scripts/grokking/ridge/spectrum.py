"""Times from the Marchenko-Pastur law of the data's spectrum, which Remark 4.3 names: no seed and no free parameter.

For phi(x) ~ N(0, I_m / m) the eigenvalues of Phi Phi^T (n, n) have, for large n and m with gamma = n/m, the density
sqrt((x_+ - x) (x - x_-)) / (2 pi gamma x) between x_-+ = (1 -+ sqrt(gamma))^2.
"""

from functools import cache

import numpy as np

from grokking.decay import DecayingCurve

NODES = 400


@cache
def marchenko_pastur(gamma: float) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes x, `(NODES,)`, and weights that sum to 1, which integrate over the density for gamma <= 1."""
    low, high = (1 - np.sqrt(gamma)) ** 2, (1 + np.sqrt(gamma)) ** 2
    angle = np.pi * (np.arange(NODES) + 0.5) / NODES
    x = (high + low) / 2 - (high - low) / 2 * np.cos(angle)  # dx = (x_+ - x_-)/2 sin(angle) d(angle), the root alike
    weights = np.sin(angle) ** 2 / x
    return x, weights / weights.sum()


@cache
def t1_marchenko_pastur(n: int, m: int, variance: float, eta: float, weight_decay: float, eps: float) -> int | None:
    """Return t1(eps) of the mean training loss; None where it is below eps from the start, or descent diverges.

    L_n(t) = variance/2 E[x (1 - eta (x/n + lambda))^(2t)] over the law; `variance` is that of a coordinate of
    theta_0 - theta*, nu^2 + ||theta*||^2 / m. What decay leaves of the residual, O(lambda^2), is left out.
    """
    x, weights = marchenko_pastur(n / m)
    if not eta * (x[-1] / n + weight_decay) < 2:  # of the law, which no sample has to reach
        return None
    gram = np.zeros((NODES + 1, NODES + 1))
    np.fill_diagonal(gram[:-1, :-1], variance / 2 * weights * x)
    return DecayingCurve(eta * (x / n + weight_decay), gram).last_at_least(eps)


def times_from_zero_square(n: int, eta: float, teacher_norm2: float, eps: float) -> tuple[float, float]:
    """Return t1 and t2 from theta_0 = 0 at n = m and lambda = 0, where the law's density is 1 / (pi sqrt(x)) at 0.

    With E f*^2 = ||theta*||^2 / n: L_n = E f*^2 / (4 sqrt(pi)) (n / (2 eta t))^(3/2) and
    L = E f*^2 / sqrt(pi) (n / (2 eta t))^(1/2) for t >> n.
    """
    level = eps * n / teacher_norm2
    return n / (2 * eta) * (4 * np.sqrt(np.pi) * level) ** (-2 / 3), n / (2 * np.pi * eta * level**2)

"""What the ridge paper (arXiv 2601.19791) proves about the losses and the times t1, t2, and a sharper form of t2.

Symbols: n points, m features, initialisation variance nu2, step size eta, weight decay lambda, `lambda_min_plus` the
smallest non-zero eigenvalue of Phi^T Phi, `lambda_min_sigma` that of E[phi phi^T], times in steps. A lower bound that
is not positive says nothing and is returned all the same: the caller reports it as vacuous.
"""

import numpy as np


def training_loss_bound(steps, n, eta, weight_decay, mean_norm2, lambda_min_plus, start_norm2):
    """Upper bound on L_n at each step for a zero teacher, Theorem 4.1 (i); `mean_norm2` is L = mean ||phi(x_i)||^2."""
    rate = np.log1p(-eta * (lambda_min_plus / n + weight_decay))
    return mean_norm2 / 2 * np.exp(2 * rate * steps) * start_norm2


def population_loss_bound(steps, n, m, nu2, eta, weight_decay, lambda_min_sigma):
    """Lower bound on L at each step for a zero teacher, Theorem 4.1 (ii), with probability 1 - 2 exp(-(m-n)/32)."""
    return lambda_min_sigma * np.exp(2 * np.log1p(-eta * weight_decay) * steps) * (m - n) * nu2 / 2


def norm_bound(steps, eta, weight_decay, start_norm2):
    """Upper bound on ||theta_t||^2 at each step for a zero teacher, Theorem 4.1 (iii)."""
    return np.exp(2 * np.log1p(-eta * weight_decay) * steps) * start_norm2


def t1_upper(n, eta, lambda_min_plus, bound_norm2, start_norm2, eps):
    """Upper bound on t1 for a realizable teacher, eq. (6); `bound_norm2` is b^2 with ||phi|| <= b."""
    return n * np.log(6 * bound_norm2 * start_norm2 / eps) / (2 * eta * lambda_min_plus)


def t2_lower(n, m, nu2, eta, weight_decay, lambda_min_sigma, teacher_norm, c):
    """Lower bound on t2 for a realizable teacher, eq. (7)."""
    distance = np.sqrt(c / lambda_min_sigma) + teacher_norm
    return np.log((m - n) * nu2 / 2 / distance**2) / (4 * eta * weight_decay)


def t1_upper_fitting(n, eta, weight_decay, mean_norm2, lambda_min_plus, start_norm2, eps):
    """Upper bound on t1 for a realizable teacher, Theorem 4.4; `mean_norm2` is L = mean ||phi(x_i)||^2."""
    rate = np.log1p(-eta * (lambda_min_plus / n + weight_decay))
    return np.log(eps / (6 * mean_norm2 * start_norm2)) / (2 * rate)


def t2_lower_forgetting(n, m, nu2, eta, weight_decay, lambda_min_sigma, teacher_norm, c):
    """Lower bound on t2 for a realizable teacher, Theorem 4.5."""
    distance = np.sqrt(c / lambda_min_sigma) + teacher_norm
    return np.log(np.sqrt(2 / ((m - n) * nu2)) * distance) / np.log1p(-eta * weight_decay)


def n_needed(bound_norm2, teacher_norm, eps, delta):
    """Least n of hypothesis (3) of Theorem 4.2, with the constant of its proof; `bound_norm2` is b^2."""
    return 2048 * bound_norm2**2 * teacher_norm**4 / eps**2 * np.log(4 / delta)


def m_needed(n, nu2, lambda_min_sigma, teacher_norm, c, delta):
    """Least m of hypothesis (4) of Theorem 4.2, with the constants of its proof."""
    return n + max(32 * np.log(2 / delta), 8 * teacher_norm**2 / nu2, 8 * c / (lambda_min_sigma * nu2))


def weight_decay_allowed(mean_norm2, teacher_norm, eps):
    """Largest lambda of hypothesis (5) of Theorem 4.2, with the constants of its proof."""
    return min(2 * eps / (3 * teacher_norm**2), np.sqrt(mean_norm2 * eps / 6) / teacher_norm)


def t1_upper_gaussian(n, m, nu2, eta, lambda_min_plus, eps):
    """Upper bound on t1 for phi(x) ~ N(0, I_m / m), eq. (8)."""
    return n * np.log(14 * m * nu2 / eps) / (2 * eta * lambda_min_plus)


def t2_lower_gaussian(n, m, nu2, eta, weight_decay, eps):
    """Lower bound on t2 for phi(x) ~ N(0, I_m / m) and eta lambda <= 0.01, eq. (8)."""
    return np.log((m - n) * nu2 / (8 * m * eps)) / (2.02 * eta * weight_decay)


def t2_sharp(n, m, nu2, eta, weight_decay, c, limit):
    """Predicted t2 for phi(x) ~ N(0, I_m / m), not a bound; NaN where the ridge solution's loss `limit` exceeds c.

    Once the training residual is gone, theta_t - theta_inf is the part of theta_0 orthogonal to the data, which weight
    decay alone shrinks: L(t) = (1 - eta lambda)^(2t) nu2 (1 - n/m) + L_inf on average over the initialisation.
    """
    if limit >= c:
        return np.nan
    return t2_from_excess((1 - n / m) * nu2, eta, weight_decay, c, limit)


def t2_from_excess(excess, eta, weight_decay, c, limit):
    """Predicted t2 where L(t) = L_inf + (1 - eta lambda)^(2t) F, not a bound; NaN where `limit` L_inf exceeds c.

    `excess` is F; 0 where L is below c from the start.
    """
    if limit >= c:
        return np.nan
    return np.log(max(1.0, excess / (c - limit))) / (-2 * np.log1p(-eta * weight_decay))

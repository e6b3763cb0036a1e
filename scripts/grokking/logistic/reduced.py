"""A model of late training without a free parameter: planted support vectors alone, the bias slaved to the weights.

Let every support vector, S+ and S- of them, have the logit z = gamma w_p / 2 without the bias, and let no other point
matter. For small steps gradient descent at step size eta then obeys

    dz/dn = (eta gamma^2/4) (S+ sigmoid(-z-b) + S- sigmoid(-z+b)),    db/dn = eta (S+ sigmoid(-z-b) - S- sigmoid(-z+b)).

The bias moves 4/gamma^2 times as fast as z and stays, up to an error of order gamma^2, where the two classes pull
alike, S+ sigmoid(-z-b) = S- sigmoid(-z+b). That is a quadratic equation for e^b. With L = log(S+/S-)/2, which is
-log delta, and v = sqrt(e^2z + sinh^2 L) its solution is e^b = e^(L-z) (v + sinh L), or

    b(z) = L + asinh(e^-z sinh L):                                                            (i)

the bias falls from 2L to L as z grows. With G = sqrt(S+ S-), S+ = G e^L and (i), the pull of a class is
S+ sigmoid(-z-b) = G/(cosh L + v). So dz/dn = eta gamma^2 G / (2 (cosh L + v)), and, from z = 0 at n = 0,

    (eta gamma^2 G / 2) n = z cosh L + v - cosh L + (2L - b(z)) sinh L.                       (ii)

By the model of accuracy behind Theorem 4.6 of arXiv 2602.08302, a fraction eps of the concentrated test points is wrong
where |b|/||w|| = kappa gamma/2, kappa = 1 + 2 eps (2 alpha - 1). So T_te(eps) is n at the z where |b(z)| = kappa z.
Only S+ and S- enter, and exchanging them changes nothing but the sign of b. All functions broadcast over arrays.
"""

import numpy as np
from scipy.optimize import elementwise

from grokking.logistic.theory import log_delta

ROOT = {"xatol": 1e-15}
"""Tolerance on a logit: without it, the search for a root at 0 ends only where numbers do."""


def bias(z, s_pos, s_neg):
    """Return the slaved bias b at the logit z of the support vectors, (i)."""
    L = -log_delta(s_pos, s_neg)
    return L + np.arcsinh(np.exp(-z) * np.sinh(L))


def steps_to(z, s_pos, s_neg, *, eta, gamma):
    """Return the number of steps n, a real number, after which the support vectors have the logit z >= 0, (ii)."""
    return _stretched(z, -log_delta(s_pos, s_neg)) / _rate(s_pos, s_neg, eta, gamma)


def logit(steps, s_pos, s_neg, *, eta, gamma):
    """Return the logit z of the support vectors after these steps: the inverse of `steps_to`."""
    L = -log_delta(s_pos, s_neg)
    stretched = steps * _rate(s_pos, s_neg, eta, gamma)
    # n exceeds v - cosh L by (ii), and v exceeds e^z.
    upper = np.log1p(stretched + np.cosh(L))
    return _root(lambda z, L, target: _stretched(z, L) - target, upper, L, stretched)


def generalisation_time(s_pos, s_neg, *, eta, gamma, kappa):
    """Return T_te(eps) in steps: where |b| falls to kappa z, kappa as in `bias_theory.kappa`. Zero if S+ = S-."""
    L = np.abs(log_delta(s_pos, s_neg))
    z = _root(lambda z, L, kappa: L + np.arcsinh(np.exp(-z) * np.sinh(L)) - kappa * z, 2 * L / kappa + 1, L, kappa)
    return steps_to(z, s_pos, s_neg, eta=eta, gamma=gamma)


def early_generalisation_time(s_pos, s_neg, *, eta, gamma, kappa):
    """Return the limit of T_te(eps) for |log delta| << kappa: there z is small, b = 2L, v = cosh L."""
    L = np.abs(log_delta(s_pos, s_neg))
    return 4 * L * np.cosh(L) / (_rate(s_pos, s_neg, eta, gamma) * kappa)


def late_generalisation_time(s_pos, s_neg, *, eta, gamma, kappa):
    """Return the limit of T_te(eps) for |log delta| >> kappa, to leading order: T_te = 4 L e^L / ((1 + kappa) ...).

    There b = 2L - z, hence z = 2L/(1 + kappa), and e^L is large against e^z. Theorem 4.6 has e^(L/kappa) in its place,
    which is what z = L/kappa, from b = L, and n ~ e^z would give: but the bias is not near L before z exceeds L.
    """
    L = np.abs(log_delta(s_pos, s_neg))
    return 2 * L * np.exp(L) / (_rate(s_pos, s_neg, eta, gamma) * (1 + kappa))


def _rate(s_pos, s_neg, eta, gamma):
    """Return eta gamma^2 G / 2."""
    return eta * gamma**2 * np.sqrt(np.multiply(s_pos, s_neg, dtype=float)) / 2


def _stretched(z, L):
    """Return the right-hand side of (ii), with v - cosh L written without cancellation."""
    v = np.hypot(np.exp(z), np.sinh(L))
    lag = L - np.arcsinh(np.exp(-z) * np.sinh(L))
    return z * np.cosh(L) + np.expm1(2 * z) / (v + np.cosh(L)) + lag * np.sinh(L)


def _root(f, upper, *args):
    """Return the root z in [0, upper] of f(z, *args); all broadcast."""
    upper = np.asarray(upper, dtype=float)
    return elementwise.find_root(f, (np.zeros_like(upper), upper), args=args, tolerances=ROOT).x

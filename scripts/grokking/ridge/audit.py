"""The ridge paper's theorems, checked on every run: bounds, whether their hypotheses hold, and counts of violations.

For each statement that applies to a run (`equation` of the rows) five numbers are recorded: `hypothesis` (1 where the
statement's condition on eta holds), `vacuous` (1 where the bound says nothing), `checks` and `violations`, and
`tightness`, the largest share of its bound that a checked value reaches. A statement whose hypothesis fails is checked
all the same: that tells how far its conclusion reaches. Beside them stand what the zero function costs, and what
weight decay must remove.
"""

import numpy as np
import pyarrow as pa

from grokking.results.rows import Fact, bound_rows
from grokking.ridge import theory
from grokking.ridge.path import RidgePath
from grokking.ridge.run import Run
from grokking.ridge.spectrum import t1_marchenko_pastur, times_from_zero_square

ROUNDING = 1e-9  # relative slack of every check: at t = 0 Theorem 4.1 (iii) is an equality
TINY = 1e-300  # absolute slack: late losses underflow
DELTA = 0.05  # probability with which Theorem 4.2 may fail, in its hypotheses (3) and (4)


def bound_table(run: Run, seeds: list[RidgePath]) -> pa.Table:
    """Return limits, bounds, predictions and the audit of every seed as rows of the `bounds` table."""
    return pa.concat_tables(bound_rows(run.run, seed, _facts(run, path)) for seed, path in enumerate(seeds))


def _facts(run: Run, path: RidgePath) -> list[Fact]:
    facts = [*_limits(run, path), *_forgetting(run, path)]
    if run.unseen_scale != 1:  # theta_0 is not drawn from the law that the statements are about
        return facts
    theta_variance = run.scales[0] ** 2
    gaussian = run.features == "gaussian"
    zero_labels = not np.any(path.problem.labels)
    realizable = zero_labels or (gaussian and run.noise_std == 0)
    if realizable and gaussian:
        facts += _spectrum(run, path, theta_variance)
    if path.n == path.problem.m:  # the statements are about more features than points
        return facts
    if zero_labels:
        facts += _zero_teacher(path, theta_variance, run.steps)
    if realizable:
        facts += _realizable(run, path, theta_variance)
    if realizable and gaussian:
        facts += _gaussian(run, path, theta_variance)
    if realizable and gaussian and not zero_labels:
        facts += _hypotheses(run, path, theta_variance)
    return facts


def _limits(run: Run, path: RidgePath) -> list[Fact]:
    facts = [
        ("limit_train", path.training.limit, "L_n of the ridge solution"),
        ("limit_population", path.population.limit, "L of the ridge solution"),
        ("limit_without_decay", path.limit_without_decay, "L where gradient descent with lambda = 0 ends"),
        ("lambda_min_plus", path.s2[0], "smallest eigenvalue of Phi Phi^T"),
        ("lambda_min_sigma", path.problem.lambda_min_sigma, "lambda_min(Sigma); an upper bound but for the identity"),
    ]
    if not np.any(path.problem.labels):
        return facts
    t1 = path.times(run.eps)["t1"]
    overfit = None if t1 is None else path.distance_to_no_decay(5 * t1)
    return [
        *facts,
        ("distance_minimum_norm", path.distance_to_minimum_norm, "ridge solution to Phi^+ y, over its norm"),
        ("distance_no_decay", overfit, "theta at 5 t1 to where lambda = 0 ends, over its norm"),
    ]


def _forgetting(run: Run, path: RidgePath) -> list[Fact]:
    """The zero function's loss, and what is left of the initialisation once the data is fitted."""
    excess, t1 = path.late_excess, path.times(run.eps)["t1"]
    predicted = theory.t2_from_excess(excess, path.eta, path.weight_decay, run.eps, path.population.limit)
    at_t1 = [None, None, None]
    if t1 is not None:
        losses = path.population.squared_norm(np.array([t1, 10 * t1]))
        at_t1 = [*losses, path.from_zero.population.squared_norm(np.array([t1]))[0]]
    return [
        ("null_loss", path.null_loss, "E f*^2"),
        ("late_excess", excess, "F of L = L_inf + 2 rho^t C + rho^(2t) F"),
        ("t2_from_excess", predicted, "ln(F / (c - L_inf)) / (-2 ln(1 - eta lambda))"),
        ("loss_at_t1", at_t1[0], "L(t1)"),
        ("loss_at_10_t1", at_t1[1], "L(10 t1)"),
        ("loss_from_zero_at_t1", at_t1[2], "L(t1) from theta_0 = 0"),
    ]


def _zero_teacher(path: RidgePath, nu2: float, steps: np.ndarray) -> list[Fact]:
    """Theorem 4.1 at every logged step."""
    p, n, eta, weight_decay = path.problem, path.n, path.eta, path.weight_decay
    mean_norm2 = np.trace(p.gram) / n
    stable = eta <= 2 / (mean_norm2 + 2 * weight_decay)
    upper_training = theory.training_loss_bound(steps, n, eta, weight_decay, mean_norm2, path.s2[0], p.start_norm2)
    lower_population = theory.population_loss_bound(steps, n, p.m, nu2, eta, weight_decay, p.lambda_min_sigma)
    upper_norm = theory.norm_bound(steps, eta, weight_decay, p.start_norm2)
    return [
        *_audit("Theorem 4.1 (i)", stable, path.training.squared_norm(steps), upper_training),
        *_audit("Theorem 4.1 (ii)", stable, lower_population, path.population.squared_norm(steps)),
        *_audit("Theorem 4.1 (iii)", stable, path.parameters.squared_norm(steps), upper_norm),
    ]


def _realizable(run: Run, path: RidgePath, nu2: float) -> list[Fact]:
    """Theorem 4.2: (6), (7), and that the ridge solution generalises; b is the largest feature norm in the data."""
    p, n, eta, weight_decay, eps = path.problem, path.n, path.eta, path.weight_decay, run.eps
    bound_norm2 = np.max(np.diag(p.gram))
    stable = eta < 1 / (weight_decay + bound_norm2)
    upper = theory.t1_upper(n, eta, path.s2[0], bound_norm2, p.start_norm2, eps)
    teacher_norm = run.teacher_scale  # realizable teachers have unit norm before scaling
    lower = theory.t2_lower(n, p.m, nu2, eta, weight_decay, p.lambda_min_sigma, teacher_norm, eps)
    limit, twice = np.array([path.population.limit]), np.array([2 * path.training.limit + eps])
    return [
        *_audit_times("eq. (6)", "eq. (7)", (stable, stable), upper, lower, path, eps),
        *_audit("Theorem 4.2, L <= eps in the end", stable, limit, np.array([eps])),
        *_stages(path, nu2, teacher_norm, eps),
        *_audit("Theorem 4.6, L <= 2 L_n + eps in the end", True, limit, twice),
    ]


def _stages(path: RidgePath, nu2: float, teacher_norm: float, eps: float) -> list[Fact]:
    """The bounds of Theorem 4.4 on t1 and of Theorem 4.5 on t2, under their own conditions on eta."""
    p, n, eta, weight_decay = path.problem, path.n, path.eta, path.weight_decay
    holds = (eta < 1 / (weight_decay + path.s2[-1] / n), eta < 1 / weight_decay)
    upper = theory.t1_upper_fitting(n, eta, weight_decay, np.trace(p.gram) / n, path.s2[0], p.start_norm2, eps)
    lower = theory.t2_lower_forgetting(n, p.m, nu2, eta, weight_decay, p.lambda_min_sigma, teacher_norm, eps)
    return _audit_times("Theorem 4.4", "Theorem 4.5", holds, upper, lower, path, eps)


def _hypotheses(run: Run, path: RidgePath, nu2: float) -> list[Fact]:
    """Hypotheses (3) to (5) of Theorem 4.2 with the constants of its proof, and the proof's condition on eta."""
    p, eps, norm = path.problem, run.eps, run.teacher_scale
    b2, mean_norm2 = np.max(np.diag(p.gram)), np.trace(p.gram) / path.n
    n_needed = theory.n_needed(b2, norm, eps, DELTA)
    m_needed = theory.m_needed(path.n, nu2, p.lambda_min_sigma, norm, eps, DELTA)
    allowed = theory.weight_decay_allowed(mean_norm2, norm, eps)
    return [
        ("n_needed", n_needed, "Theorem 4.2 (3)"),
        ("hypothesis", float(path.n >= n_needed), "Theorem 4.2 (3)"),
        ("m_needed", m_needed, "Theorem 4.2 (4)"),
        ("hypothesis", float(p.m >= m_needed), "Theorem 4.2 (4)"),
        ("weight_decay_allowed", allowed, "Theorem 4.2 (5)"),
        ("hypothesis", float(path.weight_decay <= allowed), "Theorem 4.2 (5)"),
        ("hypothesis", float(path.eta < 2 / (b2 + path.weight_decay)), "proof A.10, eta < 2 / (b^2 + lambda)"),
    ]


def _gaussian(run: Run, path: RidgePath, nu2: float) -> list[Fact]:
    """Remark A.14, eq. (8), and the sharp prediction of t2."""
    p, n, eta, weight_decay, eps = path.problem, path.n, path.eta, path.weight_decay, run.eps
    upper = theory.t1_upper_gaussian(n, p.m, nu2, eta, path.s2[0], eps)
    lower = theory.t2_lower_gaussian(n, p.m, nu2, eta, weight_decay, eps)
    sharp = theory.t2_sharp(n, p.m, nu2, eta, weight_decay, eps, path.population.limit)
    slow = eta * weight_decay <= 0.01
    return [
        *_audit_times("eq. (8), t1", "eq. (8), t2", (slow, slow), upper, lower, path, eps),
        ("t2_sharp", sharp, "ln((1 - n/m) nu2 / (c - L_inf)) / (-2 ln(1 - eta lambda))"),
    ]


def _spectrum(run: Run, path: RidgePath, nu2: float) -> list[Fact]:
    """The times that the Marchenko-Pastur law gives."""
    n, eta, eps, m = path.n, path.eta, run.eps, int(path.problem.m)
    variance = nu2 + run.teacher_scale**2 / m
    t1 = t1_marchenko_pastur(n, m, variance, eta, path.weight_decay, eps)
    facts = [("t1_spectrum", t1, "Remark 4.3, Marchenko-Pastur")]
    if n < m or run.teacher_scale == 0:
        return facts
    t1, t2 = times_from_zero_square(n, eta, run.teacher_scale**2, eps)
    law = "theta_0 = 0, n = m, lambda = 0: Marchenko-Pastur at its edge"
    return [*facts, ("t1_from_zero_law", t1, law), ("t2_from_zero_law", t2, law)]


def _audit_times(
    upper_name: str,
    lower_name: str,
    holds: tuple[bool, bool],
    upper: float,
    lower: float,
    path: RidgePath,
    eps: float,
) -> list[Fact]:
    """Check t1 <= upper and t2 >= lower; a time that does not exist is 0 or infinite, as the loss says."""
    found = path.times(eps)
    never_fits = np.inf if path.training.limit >= eps else 0.0
    t1 = never_fits if found["t1"] is None else found["t1"]
    t2 = np.inf if found["t2"] is None else found["t2"]
    return [
        ("t1_upper", upper, upper_name),
        *_audit(upper_name, holds[0], np.array([t1]), np.array([upper])),
        ("t2_lower", lower, lower_name),
        *_audit(lower_name, holds[1], np.array([lower]), np.array([t2]), vacuous=lower <= 0),
    ]


def _audit(equation: str, holds: bool, smaller: np.ndarray, larger: np.ndarray, vacuous: bool = False) -> list[Fact]:
    """Count where `smaller <= larger` fails beyond rounding."""
    violations = np.sum(smaller > larger + ROUNDING * np.abs(larger) + TINY)
    told = np.isfinite(smaller) & np.isfinite(larger) & (larger > TINY)
    tightness = np.max(smaller[told] / larger[told], initial=-np.inf) if told.any() else None
    return [
        ("hypothesis", float(holds), equation),
        ("vacuous", float(vacuous), equation),
        ("checks", float(len(smaller)), equation),
        ("violations", float(violations), equation),
        ("tightness", tightness, equation),
    ]

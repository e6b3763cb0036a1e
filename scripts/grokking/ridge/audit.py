"""The ridge paper's theorems, checked on every run: bounds, whether their hypotheses hold, and counts of violations.

For each statement that applies to a run (`equation` of the rows) four numbers are recorded: `hypothesis` (1 where the
statement's condition on eta holds), `vacuous` (1 where the bound says nothing), `checks` and `violations`. A statement
whose hypothesis fails is checked all the same: that tells how far its conclusion reaches.
"""

import numpy as np
import pyarrow as pa

from grokking.results.rows import Fact, bound_rows
from grokking.ridge import theory
from grokking.ridge.path import RidgePath
from grokking.ridge.run import Run

ROUNDING = 1e-9  # relative slack of every check: at t = 0 Theorem 4.1 (iii) is an equality
TINY = 1e-300  # absolute slack: late losses underflow


def bound_table(run: Run, seeds: list[RidgePath]) -> pa.Table:
    """Return limits, bounds, predictions and the audit of every seed as rows of the `bounds` table."""
    return pa.concat_tables(bound_rows(run.run, seed, _facts(run, path)) for seed, path in enumerate(seeds))


def _facts(run: Run, path: RidgePath) -> list[Fact]:
    theta_variance = run.scales[0] ** 2
    facts = [
        ("limit_train", path.training.limit, "L_n of the ridge solution"),
        ("limit_population", path.population.limit, "L of the ridge solution"),
        ("lambda_min_plus", path.s2[0], "smallest eigenvalue of Phi Phi^T"),
        ("lambda_min_sigma", path.problem.lambda_min_sigma, "lambda_min(Sigma); an upper bound but for the identity"),
    ]
    gaussian = run.features == "gaussian"
    zero_labels = not np.any(path.problem.labels)
    realizable = zero_labels or (gaussian and run.noise_std == 0)
    if zero_labels:
        facts += _zero_teacher(path, theta_variance, run.steps)
    if realizable:
        facts += _realizable(run, path, theta_variance)
    if realizable and gaussian:
        facts += _gaussian(run, path)
    return facts


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
    return [
        *_audit_times("eq. (6)", "eq. (7)", stable, upper, lower, path, eps),
        *_audit("Theorem 4.2, L <= eps in the end", stable, np.array([path.population.limit]), np.array([eps])),
    ]


def _gaussian(run: Run, path: RidgePath) -> list[Fact]:
    """Remark A.14, eq. (8), and the sharp prediction of t2."""
    p, n, eta, weight_decay, eps, nu2 = path.problem, path.n, path.eta, path.weight_decay, run.eps, run.nu2
    upper = theory.t1_upper_gaussian(n, p.m, nu2, eta, path.s2[0], eps)
    lower = theory.t2_lower_gaussian(n, p.m, nu2, eta, weight_decay, eps)
    sharp = theory.t2_sharp(n, p.m, nu2, eta, weight_decay, eps, path.population.limit)
    audit = _audit_times("eq. (8), t1", "eq. (8), t2", eta * weight_decay <= 0.01, upper, lower, path, eps)
    return [*audit, ("t2_sharp", sharp, "ln((1 - n/m) nu2 / (c - L_inf)) / (-2 ln(1 - eta lambda))")]


def _audit_times(
    upper_name: str, lower_name: str, holds: bool, upper: float, lower: float, path: RidgePath, eps: float
) -> list[Fact]:
    """Check t1 <= upper and t2 >= lower; a time that does not exist is 0 or infinite, as the loss says."""
    found = path.times(eps)
    never_fits = np.inf if path.training.limit >= eps else 0.0
    t1 = never_fits if found["t1"] is None else found["t1"]
    t2 = np.inf if found["t2"] is None else found["t2"]
    return [
        ("t1_upper", upper, upper_name),
        *_audit(upper_name, holds, np.array([t1]), np.array([upper])),
        ("t2_lower", lower, lower_name),
        *_audit(lower_name, holds, np.array([lower]), np.array([t2]), vacuous=lower <= 0),
    ]


def _audit(equation: str, holds: bool, smaller: np.ndarray, larger: np.ndarray, vacuous: bool = False) -> list[Fact]:
    """Count where `smaller <= larger` fails beyond rounding."""
    violations = np.sum(smaller > larger + ROUNDING * np.abs(larger) + TINY)
    return [
        ("hypothesis", float(holds), equation),
        ("vacuous", float(vacuous), equation),
        ("checks", float(len(smaller)), equation),
        ("violations", float(violations), equation),
    ]

"""Every audited bound against an evaluation of its own, which notices a wrong constant, exponent or direction."""

import numpy as np
import pytest
from grokking.ridge import audit, theory
from grokking.ridge.features import draw_map
from grokking.ridge.problem import draw_problem, stack
from grokking.ridge.run import Run
from grokking.seeds import Role, generator

ROOT, M, N, SEEDS = 1, 150, 20, 2
ETA, WEIGHT_DECAY, NU2, EPS, DELTA = 0.9, 1e-3, 2.0, 0.01, 0.05
TEACHERS = {"zero": 0.0, "realizable": 1.0}


def run_of(teacher_scale: float) -> Run:
    names = {"run": "test", "dataset": "set", "features": "gaussian", "n": N, "n_seeds": SEEDS, "horizon": 100}
    constants = {"eta": ETA, "weight_decay": WEIGHT_DECAY, "nu2": NU2, "init_variance": 1.0, "unseen_scale": 1.0}
    return Run(**names, **constants, teacher_scale=teacher_scale, noise_std=0.0, eps=EPS)


def audited(teacher_scale: float):
    """Return run, paths, and the rows of the table `bounds`, from equation and quantity to a value a seed."""
    run = run_of(teacher_scale)
    paths = run.paths(stack([draw_problem("gaussian", M, M, N, ROOT, seed) for seed in range(SEEDS)]))
    table = audit.bound_table(run, paths).to_pandas()
    return run, paths, table.pivot_table(index=["equation", "quantity"], columns="seed", values="value")


def evaluated(run: Run, path, seed: int) -> dict:
    """Return bounds by equation and quantity, and tightness where a statement is checked step by step.

    From Phi and theta_0 themselves, as the paper writes them, with products and sums in place of logarithms.
    """
    feature_map = draw_map("gaussian", M, M, ROOT, seed)
    Phi = feature_map.inputs(N, generator(ROOT, Role.DATA, seed))
    theta_0 = np.sqrt(NU2) * generator(ROOT, Role.INIT, seed).standard_normal(M)
    k = np.linalg.svd(Phi)[1][-1] ** 2 / N
    L, b2 = sum(phi @ phi for phi in Phi) / N, max(phi @ phi for phi in Phi)
    r, start2, sigma = run.teacher_scale, sum(theta_0**2), 1 / M
    seen = 1 - ETA * k - ETA * WEIGHT_DECAY
    away = np.sqrt(EPS / sigma) + r
    found = {
        ("eq. (6)", "t1_upper"): np.log(6 * b2 * start2 / EPS) / (2 * ETA * k),
        ("eq. (7)", "t2_lower"): np.log((M - N) * NU2 / (2 * away * away)) / (4 * ETA * WEIGHT_DECAY),
        ("Theorem 4.4", "t1_upper"): np.log(6 * L * start2 / EPS) / np.log(1 / seen**2),
        ("Theorem 4.5", "t2_lower"): np.log((M - N) * NU2 / 2 / away**2) / np.log((1 - ETA * WEIGHT_DECAY) ** -2),
        ("eq. (8), t1", "t1_upper"): (np.log(14) + np.log(M * NU2 / EPS)) / (2 * ETA * k),
        ("eq. (8), t2", "t2_lower"): np.log((1 - N / M) * NU2 / EPS / 8) / (2.02 * ETA * WEIGHT_DECAY),
    }
    if r > 0:
        edges = [32 * np.log(2 / DELTA), 8 * r * r / NU2, 8 * EPS / sigma / NU2]
        found["Theorem 4.2 (3)", "n_needed"] = 2048 * (b2 * r * r / EPS) ** 2 * np.log(4 / DELTA)
        found["Theorem 4.2 (4)", "m_needed"] = N + max(edges)
        found["Theorem 4.2 (5)", "weight_decay_allowed"] = min(2 / 3 * EPS / r**2, np.sqrt(L * EPS) / np.sqrt(6) / r)
        return found
    tight = {"(i)": [], "(ii)": [], "(iii)": []}
    theta = theta_0
    for step in range(run.horizon + 1):
        if step in run.steps:
            rho2 = (1 - ETA * WEIGHT_DECAY) ** (2 * step)
            tight["(i)"].append(np.sum((Phi @ theta) ** 2) / (2 * N) / (L / 2 * seen ** (2 * step) * start2))
            tight["(ii)"].append(sigma * rho2 * (M - N) * NU2 / 2 / (theta @ theta / M))
            tight["(iii)"].append(theta @ theta / (rho2 * start2))
        theta = theta - ETA / N * Phi.T @ (Phi @ theta) - ETA * WEIGHT_DECAY * theta
    return found | {(f"Theorem 4.1 {part}", "tightness"): max(values) for part, values in tight.items()}


def assert_audit_is_right(teacher_scale: float) -> None:
    """Compare every bound with its own evaluation, and find no statement violated."""
    run, paths, rows = audited(teacher_scale)
    assert (rows.xs("violations", level="quantity") == 0).all(axis=None)
    for seed, path in enumerate(paths):
        for place, value in evaluated(run, path, seed).items():
            np.testing.assert_allclose(rows.loc[place, seed], value, rtol=1e-8, err_msg=str(place))


@pytest.mark.parametrize("teacher_scale", TEACHERS.values(), ids=TEACHERS)
def test_every_bound_has_the_value_that_the_paper_gives_it(teacher_scale):
    assert_audit_is_right(teacher_scale)


def doubled(function):
    return lambda *args: 2 * function(*args)


def squared(function):
    return lambda *args: np.sign(function(*args)) * np.abs(function(*args)) ** 2


def with_argument(index: int, change):
    """Return what gives a function another value of one of its arguments."""
    return lambda function: lambda *args: function(*args[:index], change(args[index]), *args[index + 1 :])


BOUNDS = [
    ("training_loss_bound", 0.0),
    ("population_loss_bound", 0.0),
    ("norm_bound", 0.0),
    ("t1_upper", 1.0),
    ("t2_lower", 1.0),
    ("t1_upper_fitting", 1.0),
    ("t2_lower_forgetting", 1.0),
    ("t1_upper_gaussian", 1.0),
    ("t2_lower_gaussian", 1.0),
    ("n_needed", 1.0),
    ("m_needed", 1.0),
    ("weight_decay_allowed", 1.0),
]


@pytest.mark.parametrize("wrong", [doubled, squared])
@pytest.mark.parametrize(("name", "teacher_scale"), BOUNDS)
def test_a_wrong_constant_or_exponent_is_noticed(monkeypatch, name, teacher_scale, wrong):
    monkeypatch.setattr(theory, name, wrong(getattr(theory, name)))
    with pytest.raises(AssertionError):
        assert_audit_is_right(teacher_scale)


@pytest.mark.parametrize(("name", "index"), [("training_loss_bound", 4), ("t1_upper_fitting", 3)])
def test_a_sum_in_place_of_a_mean_of_feature_norms_is_noticed(monkeypatch, name, index):
    monkeypatch.setattr(theory, name, with_argument(index, lambda mean: mean * N**2)(getattr(theory, name)))
    with pytest.raises(AssertionError):
        assert_audit_is_right(0.0 if name == "training_loss_bound" else 1.0)


@pytest.mark.parametrize("teacher_scale", TEACHERS.values(), ids=TEACHERS)
def test_a_wrong_direction_is_noticed_for_every_statement(monkeypatch, teacher_scale):
    right = audit._audit
    monkeypatch.setattr(audit, "_audit", lambda name, holds, a, b, **more: right(name, holds, b, a, **more))
    rows = audited(teacher_scale)[2].xs("violations", level="quantity")
    assert (rows > 0).all(axis=None)


def test_conditions_on_eta_are_those_of_each_theorem():
    rows = audited(1.0)[2].xs("hypothesis", level="quantity")
    assert (rows.loc["eq. (6)"] == 0).all()  # 0.9 is not below 1 / (lambda + b^2)
    assert (rows.loc["Theorem 4.4"] == 1).all()
    assert (rows.loc["Theorem 4.5"] == 1).all()
    assert (rows.loc["Theorem 4.2 (3)"] == 0).all()


def test_statements_on_a_start_of_another_law_are_not_audited():
    run = run_of(1.0)
    paths = run.paths(stack([draw_problem("gaussian", M, M, N, ROOT, seed) for seed in range(SEEDS)]))
    other = audit.bound_table(Run(**vars(run) | {"unseen_scale": 2.0}), paths).to_pandas()
    assert "violations" not in set(other["quantity"])

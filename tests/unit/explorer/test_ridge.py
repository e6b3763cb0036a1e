"""What the page computes of ridge regression, against the exact path."""

import numpy as np
import pandas as pd
import pytest
from explored import computed, said
from explorer import ridge
from explorer.parts import data
from grokking.ridge import theory
from grokking.ridge.path import RidgePath
from grokking.ridge.problem import draw_problem, stack
from judging.query import NotInResultsError, Results

N, M, TEACHER = 12, 60, 1.3
RUN = {"run": "figure2", "experiment": "figure2", "axis": None, "features": "gaussian", "noise_std": 0.0}
RUN |= {"n": float(N), "m": float(M), "teacher_scale": TEACHER, "n_seeds": 2.0}
RUN |= {"weight_decay": 1e-4, "nu2": 1.0, "eta": 1.0, "eps": 0.05}
PROBLEMS = [draw_problem("gaussian", M, M, 20, 3, seed) for seed in range(2)]
SETTINGS = [  # seed, log10 of weight decay, nu2, eta, eps
    (0, -4, 0, 0, -1.3),
    (1, -5.3, 1.2, -0.4, -1),
    (0, -6, 2, -1, -1.2),
    (1, -2, 0.5, 0.3, -1.55),
]
LABELS = [
    "λ, η",
    "ν², ε",
    "t1, steps",
    "t1 at most, eq. (6)",
    "t1 at most, Theorem 4.4",
    "t1 at most, eq. (8)",
    "t2, steps",
]
LABELS += ["t2 at least, eq. (7)", "t2 at least, Theorem 4.5", "t2 at least, eq. (8)", "t2 predicted (no bound)"]
LABELS += ["t2 / t1", "L in the end", "L of the zero function"]


def results(**changed) -> Results:
    return Results({"runs": pd.DataFrame([RUN | changed])})


def moved(seed: int, *logs: float) -> dict[str, float]:
    """Return parameters of the page."""
    names = ("log_weight_decay", "log_nu2", "log_eta", "log_eps")
    return {"seed": seed} | dict(zip(names, logs, strict=True))


def path(seed: int, log_weight_decay: float, log_nu2: float, log_eta: float, log_eps: float) -> tuple[RidgePath, float]:
    """Return the exact path at these parameters, and the level."""
    problem = PROBLEMS[seed].rescaled(N, 10 ** (log_nu2 / 2), 1.0, TEACHER, 0.0)
    return RidgePath(problem, 10**log_eta, 10**log_weight_decay), 10**log_eps


@pytest.fixture(scope="module")
def chart():
    return ridge.panel(results(), stack(PROBLEMS)).chart


@pytest.mark.parametrize("setting", SETTINGS)
def test_losses_are_exact_at_every_step_of_the_grid(setting):
    problems = [problem.rescaled(N, 1.0, 1.0, TEACHER, 0.0) for problem in PROBLEMS]
    modes = pd.concat(ridge.modes(problem).assign(seed=seed) for seed, problem in enumerate(problems))
    columns = ["t", "train", "population", "t1", "t2"]
    given = ridge.losses() + ridge.times()
    rows = computed(data(modes, digits=14), given, ridge.controls(pd.Series(RUN), problems), columns, **moved(*setting))
    exact, eps = path(*setting)
    assert len(rows) == ridge.PER_DECADE * ridge.LAST + 2
    whole = rows[rows["t"] == np.round(rows["t"])]
    assert set(whole["t"]) >= {0, 1, 10, 1000, 10**ridge.LAST}
    np.testing.assert_allclose(
        whole["train"], exact.training.squared_norm(whole["t"].to_numpy()), rtol=1e-6, atol=1e-12
    )
    np.testing.assert_allclose(whole["population"], exact.population.squared_norm(whole["t"].to_numpy()), rtol=1e-6)
    times = exact.times(eps)
    for name in ("t1", "t2"):
        before = rows["t"][rows["t"] <= times[name]].iloc[-1]
        after = rows["t"][rows["t"] > before].iloc[0]
        assert before <= rows[name].iloc[0] <= after
        assert rows[name].iloc[0] == pytest.approx(times[name], rel=2e-3, abs=1)


@pytest.mark.parametrize("setting", SETTINGS)
def test_bounds_and_limits_are_those_of_the_theory(chart, setting):
    exact, eps = path(*setting)
    p, eta, lam, nu2 = exact.problem, exact.eta, exact.weight_decay, 10 ** setting[2]
    b2, mean_norm2 = np.max(np.diag(p.gram)), np.trace(p.gram) / N
    expected = [
        None,
        None,
        None,
        theory.t1_upper(N, eta, exact.s2[0], b2, p.start_norm2, eps),
        theory.t1_upper_fitting(N, eta, lam, mean_norm2, exact.s2[0], p.start_norm2, eps),
        theory.t1_upper_gaussian(N, M, nu2, eta, exact.s2[0], eps),
        None,
        theory.t2_lower(N, M, nu2, eta, lam, p.lambda_min_sigma, TEACHER, eps),
        theory.t2_lower_forgetting(N, M, nu2, eta, lam, p.lambda_min_sigma, TEACHER, eps),
        theory.t2_lower_gaussian(N, M, nu2, eta, lam, eps),
        theory.t2_sharp(N, M, nu2, eta, lam, eps, exact.population.limit),
        None,
        exact.population.limit,
        exact.null_loss,
    ]
    shown = said(chart, LABELS, **moved(*setting))
    for label, value in zip(LABELS, expected, strict=True):
        if value is None:
            continue
        if label.startswith("t2 at least") and value <= 0:
            assert shown[label] == "says nothing"
        else:
            assert float(shown[label].replace(",", "")) == pytest.approx(value, rel=6e-3), label


def test_a_time_that_does_not_exist_is_no_number(chart):
    exact, eps = path(0, -1, 0, 0, -4)
    assert exact.times(eps)["t2"] is None
    shown = said(chart, LABELS, **moved(0, -1, 0, 0, -4))
    assert shown["t2, steps"] == shown["t2 predicted (no bound)"] == "never"
    assert said(chart, LABELS, **moved(0, -1, -2, 0, 0))["t1, steps"] == "from the start"
    assert said(chart, LABELS, **moved(0, -1, -2, 0, 0))["t2, steps"] == "0"


def test_the_sliders_start_at_the_run_and_keep_descent_from_overshooting(chart):
    parameters = {one["name"]: one for one in chart.to_dict()["params"]}
    assert parameters["log_weight_decay"]["value"] == -4
    assert parameters["log_eps"]["value"] == pytest.approx(np.log10(0.05))
    for problem in PROBLEMS:
        largest = np.linalg.eigvalsh(problem.gram[:N, :N])[-1] / N
        assert 10 ** parameters["log_eta"]["bind"]["max"] * (largest + 0.1) <= 1


@pytest.mark.parametrize("changed", [{"experiment": "other"}, {"features": "relu"}, {"noise_std": 0.1}, {"n": 60.0}])
def test_runs_that_the_modes_do_not_describe_are_refused(changed):
    with pytest.raises(NotInResultsError):
        ridge.panel(results(**changed), stack(PROBLEMS))

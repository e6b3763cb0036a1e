import numpy as np
import pytest
from grokking.ridge import theory
from grokking.ridge.audit import bounds
from grokking.ridge.problem import draw_problem, stack
from grokking.ridge.run import POINTS_PER_DECADE, curves, exact_times, paths, surrogate_accuracy, times
from grokking.steps import log_grid

RUN = {
    "run": "test",
    "n": 20,
    "eta": 1.0,
    "weight_decay": 1e-3,
    "nu2": 2.0,
    "teacher_scale": 1.0,
    "noise_std": 0.0,
    "eps": 0.01,
    "horizon": 20_000,
    "n_seeds": 3,
}
SIZES = {"gaussian": (150, 150), "relu": (150, 8), "fourier": (140, 5)}


def run_paths(features, **changes):
    m, d = SIZES[features]
    run = RUN | {"features": features, "m": m, "d": d} | changes
    return run, paths(run, stack([draw_problem(features, m, d, 25, 1, s) for s in range(run["n_seeds"])]))


def audit(features, **changes):
    run, seeds = run_paths(features, **changes)
    return bounds(run, seeds).to_pandas()


def total(table, quantity, equation):
    return table.query("quantity == @quantity and equation == @equation")["value"].sum()


def test_log_grid_start_at_zero_end_at_the_horizon_and_never_repeat():
    steps = log_grid(123_456, POINTS_PER_DECADE)
    assert steps[0] == 0
    assert steps[-1] == 123_456
    assert np.all(np.diff(steps) > 0)


@pytest.mark.parametrize("features", SIZES)
def test_times_bracket_their_levels(features):
    """One step before and after, the losses are on the two sides that the definitions ask for."""
    run, seeds = run_paths(features, teacher_scale=0.0)
    table = times(run, seeds).to_pandas().pivot_table(index="seed", columns="quantity", values="step")
    for seed, path in enumerate(seeds):
        t1, t2 = int(table.loc[seed, "t1"]), int(table.loc[seed, "t2"])
        assert np.all(path.training.squared_norm(np.arange(t1 + 1, t1 + 500)) < run["eps"])
        assert path.training.squared_norm([t1])[0] >= run["eps"]
        assert np.all(path.population.squared_norm(np.arange(t2)) > run["eps"])
        assert path.population.squared_norm([t2])[0] <= run["eps"]


def test_a_time_that_does_not_exist_is_null_and_censored():
    run, seeds = run_paths("relu", noise_std=3.0)
    table = times(run, seeds).to_pandas().query("quantity == 't2'")
    assert all(path.population.limit > run["eps"] for path in seeds)
    assert table["censored"].all()
    assert table["step"].isna().all()


@pytest.mark.parametrize("features", SIZES)
def test_surrogate_accuracy_agrees_with_gradient_descent_on_the_parameters(features):
    """Population loss and surrogate accuracy come from the same predictions: Chebyshev ties the two together."""
    run, seeds = run_paths(features, surrogate_points=2000)
    table = surrogate_accuracy(run, 1, 1, seeds[1]).to_pandas()
    loss = seeds[1].population.squared_norm(table["step"].to_numpy())
    far = 1 - table["value"]
    assert np.all(far * run["eps"] <= loss * 1.2)  # P(e^2 > eps) eps <= E e^2
    assert far.iloc[0] > 0.5


def test_surrogate_accuracy_reaches_one_where_the_loss_vanishes():
    run, seeds = run_paths("gaussian", teacher_scale=0.0, surrogate_points=500)
    table = surrogate_accuracy(run, 1, 0, seeds[0]).to_pandas()
    assert table["value"].iloc[-1] == 1.0


@pytest.mark.parametrize("features", SIZES)
def test_theorem_4_1_is_checked_at_every_logged_step_of_zero_teacher_runs(features):
    table = audit(features, teacher_scale=0.0)
    logged = len(log_grid(RUN["horizon"], POINTS_PER_DECADE)) * RUN["n_seeds"]
    for part in ("(i)", "(ii)", "(iii)"):
        assert total(table, "checks", f"Theorem 4.1 {part}") == logged
        assert total(table, "violations", f"Theorem 4.1 {part}") == 0
    assert total(audit(features), "checks", "Theorem 4.1 (i)") == 0


def test_a_violated_bound_is_counted(monkeypatch):
    monkeypatch.setattr(theory, "t2_lower_gaussian", lambda *_: 1e9)
    assert total(audit("gaussian"), "violations", "eq. (8), t2") == RUN["n_seeds"]


def test_vacuous_bounds_and_failed_hypotheses_are_said():
    assert total(audit("gaussian", nu2=0.05), "vacuous", "eq. (8), t2") == RUN["n_seeds"]
    assert total(audit("gaussian"), "vacuous", "eq. (8), t2") == 0
    assert total(audit("gaussian"), "hypothesis", "eq. (6)") == 0  # eta = 1 is not below 1 / (lambda + b^2)
    assert total(audit("gaussian", eta=0.1), "hypothesis", "eq. (6)") == RUN["n_seeds"]


def test_sharp_prediction_is_close_to_t2():
    run, seeds = run_paths("gaussian")
    predicted = audit("gaussian").query("quantity == 't2_sharp'")["value"].to_numpy()
    measured = [exact_times(path, run["eps"])["t2"] for path in seeds]
    np.testing.assert_allclose(measured, predicted, rtol=0.1)


def test_relu_initialisation_scale_acts_on_the_features():
    """nu2 multiplies hidden weights, so f_0 scales by nu and the kernel by nu^2 (figure 3)."""
    _, (small, *_) = run_paths("relu", nu2=1.0)
    _, (large, *_) = run_paths("relu", nu2=4.0)
    np.testing.assert_allclose(large.problem.start, 2 * small.problem.start)
    np.testing.assert_allclose(large.s2, 4 * small.s2)


def test_curves_hold_both_losses_of_every_seed():
    run, seeds = run_paths("fourier")
    table = curves(run, seeds).to_pandas()
    assert set(table["split"]) == {"train", "population"}
    assert table.groupby(["seed", "split"]).size().eq(len(log_grid(run["horizon"], POINTS_PER_DECADE))).all()

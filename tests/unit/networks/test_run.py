from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from grokking.networks import descent
from grokking.networks.model import gradient_step, linear_t1, training_loss
from grokking.networks.run import bound_table, curve_table, time_table, trained
from grokking.results.jobs import StageError
from samples import NETWORK as RUN


def all_trained(**changes):
    run = replace(RUN, **changes)
    return run, [trained(run, 1, seed) for seed in range(run.n_seeds)]


def values(table, quantity, column="value"):
    return table.to_pandas().query("quantity == @quantity")[column]


def test_tables_hold_every_seed():
    run, seeds = all_trained()
    assert curve_table(run, seeds).to_pandas().groupby(["seed", "split"])["step"].max().eq(run.horizon).all()
    assert len(curve_table(run, seeds).to_pandas().groupby(["seed", "split"])) == 4
    table = time_table(run, seeds).to_pandas()
    assert list(table["step"]) == [time for s in seeds for time in (s.descent.t1, s.descent.t2)]
    assert not table["censored"].any()
    t1 = table[table["quantity"] == "t1"]
    np.testing.assert_allclose(t1["resolution"] * t1["step"], 1)


def test_the_resolution_of_a_late_t2_is_what_the_check_allows():
    run = replace(RUN, horizon=10**6)
    late = SimpleNamespace(descent=SimpleNamespace(t1=100, t2=50_000))
    table = time_table(run, [late])
    assert values(table, "t1", "resolution").tolist() == [1e-2]
    assert values(table, "t2", "resolution").tolist() == [1e-4]


def test_without_points_a_decade_the_first_and_the_last_step_are_logged():
    run, seeds = all_trained(points_per_decade=0)
    assert sorted(set(curve_table(run, seeds).to_pandas()["step"])) == [0, run.horizon]
    assert [seed.descent.t2 for seed in seeds] == [seed.descent.t2 for seed in all_trained()[1]]


def test_a_step_size_that_overshoots_ends_the_job_with_one_line():
    with pytest.raises(StageError, match=r"^test: eta: 5 is too large; expected below"):
        all_trained(eta=5.0, weight_decay=0.1)


def test_the_seeds_of_a_run_differ_and_repeat():
    run, (first, second) = all_trained()
    assert first.descent.t2 != second.descent.t2
    assert trained(run, 1, 1).descent.t2 == second.descent.t2


def test_a_time_beyond_the_horizon_is_null_and_censored_and_predicts_nothing():
    run, seeds = all_trained(horizon=10)
    table = time_table(run, seeds).to_pandas()
    assert table["step"].isna().all()
    assert table["censored"].all()
    assert values(bound_table(run, seeds), "t2_homogeneous").isna().all()


def test_homogeneity_predicts_t2_and_linear_theory_twice_the_decay():
    run, seeds = all_trained(m=300, weight_decay=0.1, horizon=10_000)
    table = bound_table(run, seeds)
    t2 = np.array([seed.descent.t2 for seed in seeds])
    np.testing.assert_allclose(values(table, "t2_homogeneous"), t2, rtol=0.05)
    np.testing.assert_allclose(values(table, "t2_settled"), t2, rtol=1e-3)
    start = np.array([seed.descent.test_loss[0] for seed in seeds])
    slope = 1 / (-2 * np.log1p(-run.eta * run.weight_decay))
    np.testing.assert_allclose(values(table, "t2_linear"), slope * np.log(start / run.eps))


def test_linear_t1_is_that_of_plain_descent_on_the_tangent_features():
    X, theta = RUN.problem(1, 0)
    eta, weight_decay, eps = 2e-3, 0.5, 0.01
    residual, kernel = outputs_and_kernel(X, theta)
    above = []
    for _ in range(2000):
        above.append(np.mean(residual**2) / 2 >= eps)
        residual = residual - eta * (kernel @ residual / len(X) + weight_decay * residual)
    assert linear_t1(X, theta, eta, weight_decay, eps) == np.flatnonzero(above)[-1]
    assert linear_t1(X, theta / 10, eta, weight_decay, eps) is None


def outputs_and_kernel(X, theta, h=1e-6):
    """Outputs and tangent kernel of the network, its Jacobian by finite differences."""

    def outputs(at):
        return np.maximum(X @ at[:, :-1].T, 0) @ at[:, -1]

    jacobian = []
    for index in np.ndindex(theta.shape):
        up = theta.copy()
        up[index] += h
        jacobian.append((outputs(up) - outputs(theta)) / h)
    return outputs(theta), np.transpose(jacobian) @ np.array(jacobian)


def test_linear_t1_is_close_where_the_network_is_wide():
    run, seeds = all_trained(m=2000, weight_decay=0.05, eta=1e-4, horizon=4000, n_seeds=1)
    assert seeds[0].t1_linear == pytest.approx(seeds[0].descent.t1, rel=0.1)
    X, theta = run.problem(1, 0)
    for _ in range(seeds[0].descent.t1):
        theta = gradient_step(X, theta, run.eta, run.weight_decay)
    assert training_loss(X, theta) >= run.eps > training_loss(X, gradient_step(X, theta, 1e-4, 0.05))


def test_a_run_of_too_many_pieces_ends_with_one_line(monkeypatch):
    monkeypatch.setattr(descent, "MOST_PIECES", 3)
    with pytest.raises(StageError, match=rf"^test: eps: {RUN.eps:g} is too small; .* as 3 pieces end"):
        all_trained()

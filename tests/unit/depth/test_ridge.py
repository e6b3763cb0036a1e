from dataclasses import asdict, replace

import numpy as np
import pytest
from called import arguments
from grokking.depth.ridge import Run, draw, follow, predictions, train, trained
from grokking.optimisers import MOMENTUM
from grokking.results.files import read_parquet
from grokking.results.jobs import StageError

RUN = Run(
    run="rule",
    optimiser="gradient-descent",
    n=10,
    m=50,
    eta=1.0,
    weight_decay=3e-3,
    eps=0.05,
    horizon=5000,
    n_seeds=2,
)


@pytest.mark.parametrize("optimiser", ["gradient-descent", "heavy-ball", "nesterov", "sgdw"])
def test_a_rotation_changes_nothing_for_rules_that_know_no_coordinates(optimiser):
    run = replace(RUN, optimiser=optimiser)
    problem = draw(run, 5)
    whole, reduced = follow(run, problem), follow(run, problem.rotated())
    assert problem.rotated().Phi.shape[2] == run.n + 2
    for one, other in zip(whole, reduced, strict=True):
        assert (one.t1, one.t2) == (other.t1, other.t2)
        np.testing.assert_allclose(one.train_loss, other.train_loss, rtol=1e-8, atol=1e-20)
        np.testing.assert_allclose(one.test_loss, other.test_loss, rtol=1e-10)


def test_gradient_descent_has_the_times_of_its_closed_form():
    for seed, one in enumerate(trained(RUN, 5)):
        assert one.t2 is not None
        facts = dict(fact[:2] for fact in predictions(RUN, 5, seed, one.t2))
        assert facts["t2_gradient_descent"] == one.t2
        assert facts["t2_in_decay_times"] == pytest.approx(RUN.eta * RUN.weight_decay * one.t2)


def test_losses_and_gradient_are_those_of_the_objective():
    problem = draw(RUN, 5)
    theta = problem.start
    fit, test, gradient = problem.at(theta)
    for seed in range(RUN.n_seeds):
        Phi, y = problem.Phi[seed], problem.Phi[seed] @ problem.teacher[seed]
        assert fit[seed] == pytest.approx(np.mean((Phi @ theta[seed] - y) ** 2) / 2)
        assert test[seed] == pytest.approx(np.mean((theta[seed] - problem.teacher[seed]) ** 2))
        np.testing.assert_allclose(gradient[seed], Phi.T @ (Phi @ theta[seed] - y) / RUN.n)


def test_decoupled_decay_leaves_t2_to_the_decay_and_l2_in_momentum_does_not():
    run, names = replace(RUN, weight_decay=1e-3), ("gradient-descent", "sgdw", "heavy-ball")
    t2 = {name: [one.t2 for one in trained(replace(run, optimiser=name), 5)] for name in names}
    np.testing.assert_allclose(t2["sgdw"], t2["gradient-descent"], rtol=0.01)
    np.testing.assert_allclose(t2["heavy-ball"], np.multiply(t2["gradient-descent"], 1 - MOMENTUM), rtol=0.1)


def test_divergence_ends_the_job_with_one_line():
    with (
        np.errstate(all="ignore"),
        pytest.raises(StageError, match=r"^rule: eta: 1e\+06 is too large; expected a smaller one: sgdw diverges"),
    ):
        trained(replace(RUN, optimiser="sgdw", eta=1e6, weight_decay=1e-9), 5)


def test_a_job_writes_all_runs_of_an_experiment(tmp_path):
    first = replace(RUN, optimiser="adamw", eta=0.01, weight_decay=0.3)
    runs = [asdict(first), asdict(replace(RUN, run="short", horizon=20))]
    files = {name: str(tmp_path / name) for name in ("curves", "times", "bounds")}
    train.main(None, arguments(tmp_path, files, experiment={"run": "rules", "runs": runs}, seed=5))
    times = read_parquet(files["times"]).to_pandas().set_index("run")
    assert not times.loc["rule", "censored"].any()
    assert times[times["quantity"] == "t2"].loc["short", "censored"].all()
    assert read_parquet(files["curves"]).to_pandas().groupby(["run", "split"]).ngroups == 4


def test_where_gradient_descent_diverges_there_is_no_time_of_it():
    facts = dict(fact[:2] for fact in predictions(replace(RUN, eta=100.0, weight_decay=1e-9), 5, 0, 7))
    assert facts["t2_gradient_descent"] is None
    assert facts["t2_in_decay_times"] == pytest.approx(7e-7)

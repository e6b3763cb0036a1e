from dataclasses import asdict, replace

import numpy as np
import pytest
from called import arguments
from grokking.depth.model import forward, initial_weights, points, population_loss_of, pull_back
from grokking.depth.networks import Run, decay_time, descent, late_rate, train, trained
from grokking.networks.model import gradient_step
from grokking.results.files import read_parquet
from grokking.results.jobs import StageError
from grokking.seeds import Role

RUN = Run(
    run="deep",
    layers=3,
    activation="relu",
    d=20,
    n=6,
    m=24,
    eta=0.01,
    weight_decay=0.1,
    nu2=1.0,
    nu2_first=1.0,
    eps=0.01,
    horizon=10_000,
    n_seeds=2,
)


def started(run, root=5):
    return points(root, run.n_seeds, run.n, run.d), run.weights(root)


@pytest.mark.parametrize("relu", [False, True])
@pytest.mark.parametrize("layers", [1, 2, 3, 4])
def test_gradients_agree_with_finite_differences(layers, relu):
    X, h = points(3, 2, 4, 5), 1e-6
    weights = initial_weights(3, 2, [5, *[6] * (layers - 1), 1], relu, 1.3, 0.7)
    v = np.arange(1.0, 9.0).reshape(2, 4, 1)
    gradients = pull_back(weights, forward(weights, X, relu), v, relu)
    for W, gradient in zip(weights, gradients, strict=True):
        for index in [(0, 0, 0), (1, W.shape[1] - 1, W.shape[2] - 1), (0, 2, 0)]:
            ends = []
            for sign in (1, -1):
                W[index] += sign * h
                ends.append(np.sum(v * forward(weights, X, relu)[-1]))
                W[index] -= sign * h
            assert gradient[index] == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=1e-5, abs=1e-8)


def test_two_layers_of_relus_take_the_steps_of_the_two_layer_network():
    run = replace(RUN, layers=2)
    X, weights = started(run)
    theta = np.column_stack([weights[0][1].T, weights[1][1]])
    for step, at, _ in descent(run, X, weights):
        np.testing.assert_allclose(np.column_stack([at[0][1].T, at[1][1]]), theta, rtol=1e-10, atol=1e-14)
        theta = gradient_step(X[1], theta, run.eta, run.weight_decay)
        if step == 50:
            break


def test_variances_are_nu2_over_the_inputs_twice_that_behind_relus_and_the_first_has_its_own_factor():
    for relu, behind in ((False, 1.0), (True, 2.0)):
        first, second, third = initial_weights(1, 3, [100, 80, 60, 40], relu, nu2=0.5, nu2_first=3.0)
        assert np.var(first) * 100 == pytest.approx(1.5, rel=0.03)
        assert np.var(second) * 80 == pytest.approx(0.5 * behind, rel=0.03)
        assert np.var(third) * 60 == pytest.approx(0.5 * behind, rel=0.04)


@pytest.mark.parametrize(("layers", "relu"), [(1, False), (3, False), (2, True), (3, True)])
def test_the_population_loss_is_that_of_many_points(layers, relu):
    weights = initial_weights(2, 2, [8, *[10] * (layers - 1), 1], relu, 1.0, 1.0)
    X, test = points(2, 2, 40_000, 8, Role.MONTE_CARLO), points(2, 2, 40_000, 8, Role.TEST)
    for seed in range(2):
        squares = forward(weights, X, relu)[-1][seed] ** 2
        error = 6 * squares.std() / 200
        assert abs(population_loss_of(weights, seed, relu, test) - squares.mean()) < error


@pytest.mark.parametrize("activation", ["linear", "relu"])
@pytest.mark.parametrize("layers", [1, 2, 3, 4])
def test_decay_alone_shrinks_the_loss_by_twice_the_depth(layers, activation):
    run = replace(RUN, layers=layers, activation=activation)
    X, weights = started(run)
    rho, steps = 1 - run.eta * run.weight_decay, 70
    before = population_loss_of(weights, 0, run.relu, X)
    after = population_loss_of([rho**steps * W for W in weights], 0, run.relu, X)
    assert decay_time(run, before) - decay_time(run, after) == pytest.approx(steps)


def test_times_are_those_of_a_look_at_every_step():
    looked = trained(RUN, 5)
    X, weights = started(RUN)
    test = points(5, RUN.n_seeds, 1000, RUN.d, Role.TEST)
    losses = []
    for step, at, train_loss in descent(RUN, X, weights):
        losses.append([(train_loss[s], population_loss_of(at, s, True, test)) for s in range(RUN.n_seeds)])
        if step == max(one.t2 for one in looked):
            break
    fit, population = np.array(losses).transpose(2, 1, 0)
    for seed, one in enumerate(looked):
        assert one.t1 == np.flatnonzero(fit[seed] >= RUN.eps)[-1]
        assert one.t2 == np.flatnonzero(population[seed] <= RUN.eps)[0]
        assert 0.9 < late_rate(RUN, one)[1] < 1.1
        np.testing.assert_allclose(one.test_loss, population[seed][one.steps])


def test_a_run_that_ends_early_has_no_times_and_no_late_rate():
    for one in trained(replace(RUN, horizon=10), 5):
        assert (one.t1, one.t2, late_rate(RUN, one)[1]) == (None, None, None)


def test_divergence_ends_the_job_with_one_line():
    with np.errstate(all="ignore"), pytest.raises(StageError, match=r"^deep: eta: 3 is too large; .* diverges at step"):
        trained(replace(RUN, eta=3.0), 5)


def test_a_job_writes_all_runs_of_an_experiment(tmp_path):
    runs = [asdict(RUN), asdict(replace(RUN, run="deep-nu2-2", nu2=2.0))]
    files = {name: str(tmp_path / name) for name in ("curves", "times", "bounds")}
    train.main(None, arguments(tmp_path, files, experiment={"run": "deep", "runs": runs}, seed=5))
    times = read_parquet(files["times"]).to_pandas()
    assert times.groupby(["run", "quantity"])["seed"].count().eq(2).all()
    assert len(times) == 8
    assert not times["censored"].any()
    assert (times["resolution"] == 0).all()
    assert read_parquet(files["curves"]).to_pandas().groupby(["run", "split"]).ngroups == 4
    assert len(read_parquet(files["bounds"])) == 4

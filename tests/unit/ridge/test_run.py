from dataclasses import fields

import numpy as np
import pyarrow as pa
import pytest
from grokking.results.experiment import Experiment
from grokking.results.files import read_parquet
from grokking.results.jobs import StageError
from grokking.ridge import theory
from grokking.ridge.audit import bound_table
from grokking.ridge.problem import DataSet, draw, draw_problem, stack
from grokking.ridge.run import Run
from grokking.ridge.spectrum import t1_marchenko_pastur
from grokking.ridge.surrogate import SurrogateRun, measure, surrogate_accuracy
from grokking.ridge.training import curve_table, time_table, train

SEEDS, HORIZON = 3, 20_000
SIZES = {"gaussian": (150, 150), "relu": (150, 8), "fourier": (140, 5)}


def run_of(features, **changes):
    m, d = SIZES[features]
    values = {
        "run": "test",
        "dataset": "set",
        "features": features,
        "m": m,
        "d": d,
        "n": 20,
        "eta": 1.0,
        "weight_decay": 1e-3,
        "nu2": 2.0,
        "teacher_scale": 1.0,
        "noise_std": 0.0,
        "init_variance": 1.0,
        "unseen_scale": 1.0,
        "teacher": "dense",
        "sigma2": 1.0,
        "eps": 0.01,
        "horizon": HORIZON,
        "surrogate_points": 0,
        "n_seeds": SEEDS,
    }
    return SurrogateRun(**values | changes)


def run_paths(features, **changes):
    run = run_of(features, **changes)
    return run, run.paths(stack([draw_problem(features, run.m, run.d, 25, 1, seed) for seed in range(SEEDS)]))


def trained(run):
    """The parameters that a job of training is given."""
    return {field.name: getattr(run, field.name) for field in fields(Run)}


def audit(features, **changes):
    return bound_table(*run_paths(features, **changes)).to_pandas()


def total(table, quantity, equation):
    return table.query("quantity == @quantity and equation == @equation")["value"].sum()


def test_logged_steps_start_at_zero_end_at_the_horizon_and_never_repeat():
    steps = run_of("relu", horizon=123_456).steps
    assert steps[0] == 0
    assert steps[-1] == 123_456
    assert np.all(np.diff(steps) > 0)


@pytest.mark.parametrize("features", SIZES)
def test_times_bracket_their_levels(features):
    """One step before and after, the losses are on the two sides that the definitions ask for."""
    run, seeds = run_paths(features, teacher_scale=0.0)
    table = time_table(run, seeds).to_pandas().pivot_table(index="seed", columns="quantity", values="step")
    for seed, path in enumerate(seeds):
        t1, t2 = int(table.loc[seed, "t1"]), int(table.loc[seed, "t2"])
        assert np.all(path.training.squared_norm(np.arange(t1 + 1, t1 + 500)) < run.eps)
        assert path.training.squared_norm([t1])[0] >= run.eps
        assert np.all(path.population.squared_norm(np.arange(t2)) > run.eps)
        assert path.population.squared_norm([t2])[0] <= run.eps


def test_a_time_that_does_not_exist_is_null_and_censored():
    run, seeds = run_paths("relu", noise_std=3.0)
    table = time_table(run, seeds).to_pandas().query("quantity == 't2'")
    assert all(path.population.limit > run.eps for path in seeds)
    assert table["censored"].all()
    assert table["step"].isna().all()


@pytest.mark.parametrize("features", SIZES)
def test_surrogate_accuracy_agrees_with_gradient_descent_on_the_parameters(features):
    """Population loss and surrogate accuracy come from the same predictions: Chebyshev ties the two together."""
    run, seeds = run_paths(features, surrogate_points=2000)
    table = surrogate_accuracy(run, 1, 1, seeds[1]).to_pandas()
    loss = seeds[1].population.squared_norm(table["step"].to_numpy())
    far = 1 - table["value"]
    assert np.all(far * run.eps <= loss * 1.2)  # P(e^2 > eps) eps <= E e^2
    assert far.iloc[0] > 0.5


def test_surrogate_accuracy_reaches_one_where_the_loss_vanishes():
    run, seeds = run_paths("gaussian", teacher_scale=0.0, surrogate_points=500)
    table = surrogate_accuracy(run, 1, 0, seeds[0]).to_pandas()
    assert table["value"].iloc[-1] == 1.0


@pytest.mark.parametrize("features", SIZES)
def test_theorem_4_1_is_checked_at_every_logged_step_of_zero_teacher_runs(features):
    table = audit(features, teacher_scale=0.0)
    logged = len(run_of(features).steps) * SEEDS
    for part in ("(i)", "(ii)", "(iii)"):
        assert total(table, "checks", f"Theorem 4.1 {part}") == logged
        assert total(table, "violations", f"Theorem 4.1 {part}") == 0
    assert total(audit(features), "checks", "Theorem 4.1 (i)") == 0


def test_a_violated_bound_is_counted(monkeypatch):
    monkeypatch.setattr(theory, "t2_lower_gaussian", lambda *_: 1e9)
    assert total(audit("gaussian"), "violations", "eq. (8), t2") == SEEDS


def test_vacuous_bounds_and_failed_hypotheses_are_said():
    assert total(audit("gaussian", nu2=0.05), "vacuous", "eq. (8), t2") == SEEDS
    assert total(audit("gaussian"), "vacuous", "eq. (8), t2") == 0
    assert total(audit("gaussian"), "hypothesis", "eq. (6)") == 0  # eta = 1 is not below 1 / (lambda + b^2)
    assert total(audit("gaussian", eta=0.1), "hypothesis", "eq. (6)") == SEEDS


def test_sharp_prediction_is_close_to_t2():
    run, seeds = run_paths("gaussian")
    predicted = audit("gaussian").query("quantity == 't2_sharp'")["value"].to_numpy()
    measured = [path.times(run.eps)["t2"] for path in seeds]
    np.testing.assert_allclose(measured, predicted, rtol=0.1)


def test_relu_initialisation_scale_acts_on_the_features():
    """nu2 multiplies hidden weights, so f_0 scales by nu and the kernel by nu^2 (figure 3)."""
    _, (small, *_) = run_paths("relu", nu2=1.0)
    _, (large, *_) = run_paths("relu", nu2=4.0)
    np.testing.assert_allclose(large.problem.start, 2 * small.problem.start)
    np.testing.assert_allclose(large.s2, 4 * small.s2)


def test_curves_hold_both_losses_of_every_seed_and_that_from_zero_where_there_is_a_teacher():
    run, seeds = run_paths("fourier")
    table = curve_table(run, seeds).to_pandas()
    losses = {("loss", "train"), ("loss", "population")}
    assert set(zip(table["quantity"], table["split"], strict=True)) == losses | {("loss_from_zero", "population")}
    assert table.groupby(["seed", "quantity", "split"]).size().eq(len(run.steps)).all()
    without = curve_table(*run_paths("fourier", teacher_scale=0.0)).to_pandas()
    assert set(zip(without["quantity"], without["split"], strict=True)) == losses


def test_stages_are_called_from_a_notebook_one_after_the_other(tmp_path):
    run = run_of("relu", surrogate_points=50)
    files = {name: tmp_path / f"{name}.parquet" for name in ("curves", "times", "bounds")}
    draw(DataSet("set", "relu", run.m, run.d, n_points=25, n_seeds=SEEDS), 1, tmp_path / "data.npz")
    train(Experiment("alone", (trained(run),)), 1, [tmp_path / "data.npz"], **files)
    _, seeds = run_paths("relu", surrogate_points=50)
    for name, table in (("curves", curve_table), ("times", time_table), ("bounds", bound_table)):
        assert read_parquet(files[name]).equals(table(run, seeds))
    measure(run, 1, tmp_path / "data.npz", tmp_path / "surrogate.parquet")
    measured = read_parquet(tmp_path / "surrogate.parquet")
    assert measured.equals(pa.concat_tables(surrogate_accuracy(run, 1, seed, seeds[seed]) for seed in range(SEEDS)))


def drawn(features, path):
    m, d = SIZES[features]
    draw(DataSet(path.stem, features, m, d, n_points=25, n_seeds=SEEDS), 1, path)
    return path


def test_every_run_of_an_experiment_is_trained_on_the_data_that_it_names(tmp_path):
    data = [drawn(features, tmp_path / f"{features}.npz") for features in ("relu", "fourier")]
    named = [("a", "relu", {}), ("b", "fourier", {"eps": 0.1}), ("c", "relu", {"weight_decay": 0.01, "n": 15})]
    runs = [run_of(features, run=name, dataset=features, **changes) for name, features, changes in named]
    files = {name: tmp_path / f"{name}.parquet" for name in ("curves", "times", "bounds")}
    train(Experiment("sweep", tuple(trained(run) for run in runs)), 1, data, **files)
    for name, table in (("curves", curve_table), ("times", time_table), ("bounds", bound_table)):
        alone = [table(run, run_paths(**vars(run))[1]) for run in runs]
        assert read_parquet(files[name]).equals(pa.concat_tables(alone))


def test_a_step_size_at_which_descent_diverges_ends_the_job_with_the_runs_name(tmp_path):
    data, files = drawn("relu", tmp_path / "relu.npz"), [tmp_path / name for name in ("curves", "times", "bounds")]
    runs = [trained(run_of("relu", run=name, dataset="relu", eta=eta)) for name, eta in (("fits", 1.0), ("large", 1e6))]
    with pytest.raises(StageError, match=r"^large: eta: 1e\+06 is too large; expected below \d"):
        train(Experiment("sweep", tuple(runs)), 1, [data], *files)
    assert not any(file.exists() for file in files)


def test_an_eta_that_is_too_large_ends_the_surrogate_accuracy_too(tmp_path):
    run = run_of("relu", dataset="relu", eta=1e6, surrogate_points=5)
    with pytest.raises(StageError, match=r"^test: eta: 1e\+06 is too large; expected below \d"):
        measure(run, 1, drawn("relu", tmp_path / "relu.npz"), tmp_path / "curves")


def test_a_level_lost_in_rounding_ends_the_job_with_the_key(tmp_path):
    data, files = drawn("relu", tmp_path / "relu.npz"), [tmp_path / name for name in ("curves", "times", "bounds")]
    run = trained(run_of("relu", dataset="relu", noise_std=1e6, eps=1e-12))
    with pytest.raises(StageError, match=r"^test: eps: 1e-12 is not allowed; expected another level, as the squared"):
        train(Experiment("sweep", (run,)), 1, [data], *files)


def test_an_excess_lost_in_rounding_has_no_time():
    _, paths = run_paths("relu", unseen_scale=0.0, noise_std=0.5)
    assert [path.times(0.01)["t_excess"] for path in paths] == [None] * SEEDS


def test_of_a_law_that_descent_does_not_fit_there_is_no_time():
    assert t1_marchenko_pastur(25, 50, 1.0, 10.0, 1e-3, 0.01) is not None
    assert t1_marchenko_pastur(25, 50, 1.0, 20.0, 1e-3, 0.01) is None

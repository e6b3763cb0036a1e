from dataclasses import asdict, replace

import numpy as np
import pytest
from beyond_runs import PLANAR
from called import arguments
from grokking.beyond.optimisers import Run, generalisation, of_descent, predictions, train, trained
from grokking.beyond.sets import draw
from grokking.optimisers import RULES
from grokking.results.files import read_parquet
from grokking.results.jobs import StageError
from grokking.smooth import theory
from grokking.smooth.execution import AXES, AllPoints, execute, replicate
from grokking.smooth.losses import LOSSES
from grokking.steps import flow_steps

OWN = {"optimiser": "gradient-descent", "decoupled_decay": 0.0, "batch_size": 0, "axes": "data"}
RUN = Run(**asdict(PLANAR) | OWN)
PLAIN = replace(RUN, planting="none", s_pos=0, s_neg=0)
STEPS = flow_steps(3000)


def points(run):
    return [draw(run, 7, seed)["train"] for seed in range(run.n_seeds)]


def test_descent_that_is_followed_is_that_which_is_executed():
    followed = trained(RUN, points(RUN), 7, STEPS)
    gradient = AllPoints([replicate(one.x, one.y) for one in points(RUN)], LOSSES["logistic"])
    executed = execute(gradient, RULES["gradient-descent"](RUN.eta, 0.0), RUN.n_seeds, STEPS)
    np.testing.assert_allclose(followed, executed, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize(("optimiser", "horizon"), [("heavy-ball", 3000), ("normalised", 300)])
def test_axes_change_nothing_for_rules_that_know_no_coordinates(optimiser, horizon):
    """Normalised descent comes to a cycle in which roundings grow."""
    run, steps = replace(RUN, optimiser=optimiser), flow_steps(horizon)
    data, separator = (trained(replace(run, axes=axes), points(run), 7, steps) for axes in ("data", "separator"))
    np.testing.assert_allclose(data, separator, rtol=1e-7, atol=1e-9)


def test_sign_descent_goes_along_the_axes_that_it_is_given():
    run = replace(RUN, optimiser="sign", axes="separator")
    states = trained(run, points(run), 7, STEPS)
    moved = (states @ AXES)[STEPS == 1] / run.eta
    assert np.all(np.isin(np.round(moved, 9), [-1, 0, 1]))


def test_batches_of_a_seed_do_not_depend_on_the_others():
    run = replace(RUN, batch_size=20)
    both, alone = (trained(run, points(run)[:count], 7, STEPS) for count in (2, 1))
    np.testing.assert_allclose(both[:, :1], alone, rtol=1e-12)
    assert not np.allclose(both[-1, 0], trained(RUN, points(RUN), 7, STEPS)[-1, 0], rtol=1e-3)


def test_a_batch_size_that_does_not_divide_the_points_is_an_error():
    with pytest.raises(StageError, match=r"^run: batch_size: size is 30: expected a divisor"):
        trained(replace(RUN, batch_size=30), points(RUN), 7, STEPS)


@pytest.mark.parametrize("optimiser", ["heavy-ball", "nesterov"])
def test_momentum_is_descent_with_another_clock(optimiser):
    run, steps = replace(RUN, optimiser=optimiser), flow_steps(10_000)
    states = trained(run, points(run), 7, steps)
    series, facts = predictions(run, draw(run, 7, 0), steps, states[:, 0, :2], states[:, 0, 2])
    assert dict(fact[:2] for fact in facts)["clock_error"] < 0.02
    distance = np.abs(states[:, 0, 2]) / np.linalg.norm(states[:, 0, :2], axis=1)
    assert series["bias_distance_clock", "train"][-1] == pytest.approx(distance[-1], rel=1e-2)
    assert series["bias_distance_predicted", "train"][-1] == pytest.approx(distance[-1], rel=0.3)


def test_what_is_expected_depends_on_w_alone():
    w, b = np.array([[0.1, 0.1], [3.0, 4.0], [-5.0, 0.0]]), np.zeros(3)
    series, facts = predictions(PLAIN, draw(PLAIN, 7, 0), np.array([1, 2, 3]), w, b)
    accuracy = series["accuracy_predicted", "concentrated"]
    assert np.isnan(accuracy[0])
    assert accuracy[1] == accuracy[2]
    assert accuracy[1] == pytest.approx(theory.concentrated_accuracy(PLAIN.law, 5.0, alpha=PLAIN.alpha), abs=1e-3)
    assert facts == []
    series, _ = predictions(RUN, draw(RUN, 7, 0), np.array([1, 2, 3]), w, b)
    assert series["bias_distance_predicted", "train"][2] == pytest.approx(theory.slaved_bias(RUN.law, 5.0) / 5.0)


def facts(accuracy, norm=(1.0, 2.0, 3.0, 4.0)):
    series = {("accuracy", "concentrated"): np.array(accuracy), ("norm", "train"): np.array(norm)}
    found = generalisation(np.array([1, 10, 100, 1000]), series, (5e4, 3.5))
    return {name: value for name, value, _ in found}


def test_a_run_generalises_where_few_are_wrong_for_good():
    assert facts([1.0, 0.5, 0.995, 1.0]) == {"norm_at_T_te": 3.0, "norm_at_T_te_predicted": 3.5, "speed_up": 500.0}
    assert facts([1.0, 1.0, 1.0, 1.0])["norm_at_T_te"] == 1.0
    assert facts([0.5, 1.0, 1.0, 0.98]) == {"norm_at_T_te": None, "norm_at_T_te_predicted": 3.5, "speed_up": None}


def test_descent_generalises_when_its_law_does():
    time, norm = of_descent(RUN.law, RUN.alpha)
    assert time == pytest.approx(theory.generalisation_time(RUN.law, 1.38), rel=0.01)
    b = theory.slaved_bias(RUN.law, norm)
    assert b == pytest.approx(1.38 * RUN.gamma / 2 * norm, rel=1e-2)
    assert of_descent(PLAIN.law, PLAIN.alpha) is None


def test_a_job_writes_all_runs_of_an_experiment(tmp_path):
    short = replace(RUN, horizon=300)
    runs = [asdict(replace(short, run=name, optimiser=name)) for name in ("gradient-descent", "adam", "nesterov")]
    files = {name: str(tmp_path / name) for name in ("curves", "times", "bounds")}
    train.main(None, arguments(tmp_path, files, experiment={"run": "rules", "runs": runs}, seed=5))
    curves, bounds = (read_parquet(files[name]).to_pandas() for name in ("curves", "bounds"))
    assert set(curves["run"]) == {"gradient-descent", "adam", "nesterov"}
    assert set(curves.loc[curves["quantity"] == "accuracy_clock", "run"]) == {"nesterov"}
    assert bounds.groupby("quantity").size()["norm_at_T_te_predicted"] == 3 * RUN.n_seeds


def test_a_step_that_is_too_large_ends_the_job_with_one_line():
    with pytest.raises(StageError, match=r"^run: eta: 5.0 is not allowed; .* no step overshoots up to 0.\d"):
        trained(replace(RUN, eta=5.0), points(RUN), 7, flow_steps(2000))
    with np.errstate(all="ignore"), pytest.raises(StageError, match=r"^run: eta: 1.0 is .*: the weights diverge"):
        trained(replace(RUN, optimiser="sgdw", decoupled_decay=3.0, eta=1.0), points(RUN), 7, np.array([1000]))


def test_momentum_at_an_eta_that_descent_cannot_follow_has_no_clock():
    run, steps = replace(RUN, optimiser="heavy-ball", eta=0.5), flow_steps(2000)
    states = trained(run, points(run), 7, steps)
    series, facts = predictions(run, draw(run, 7, 0), steps, states[:, 0, :2], states[:, 0, 2])
    assert facts == []
    assert ("bias_distance_clock", "train") not in series
    assert of_descent(replace(run, eta=50.0).law, run.alpha) is None

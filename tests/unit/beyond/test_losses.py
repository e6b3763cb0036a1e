from dataclasses import asdict, replace

import numpy as np
import pytest
from beyond_runs import PLANAR
from called import arguments
from grokking.beyond.losses import Run, points_of, predictions, support_bias, support_time, train, trained
from grokking.beyond.sets import draw
from grokking.logistic.theory import kappa, log_delta
from grokking.optimisers import RULES
from grokking.results.files import read_parquet
from grokking.smooth import theory
from grokking.smooth.execution import AllPoints, execute, replicate
from grokking.smooth.losses import LOSSES
from grokking.steps import flow_steps

RUN = Run(**asdict(PLANAR) | {"loss": "exponential", "gamma": 0.05})
STEPS = flow_steps(5000)
NAMED = pytest.mark.parametrize("loss", LOSSES)


def support_alone(run, kappas):
    """Return z, b and the last step at which |b| >= kappa z, by kappa, every step executed on support vectors alone."""
    pull, z, b, t, last = LOSSES[run.loss].pull, 0.0, 0.0, 0, dict.fromkeys(kappas, (0.0, 0.0, 0))
    while z < 2:
        pulls = pull(np.array([z + b, z - b])) * [run.s_pos, run.s_neg] * run.step
        z, b, t = z + run.gamma**2 / 4 * pulls.sum(), b + pulls[0] - pulls[1], t + 1
        reached = {kappa: (z, b, t) for kappa in kappas if abs(b) >= kappa * z}
        last |= reached
        if not reached and 0 < last[min(kappas)][2] < t / 2:
            break
    return last


@NAMED
@pytest.mark.parametrize("counts", [(40, 30), (30, 40), (55, 15)])
def test_support_vectors_alone_have_the_times_and_biases_of_the_formulas(loss, counts):
    run = replace(RUN, loss=loss, s_pos=counts[0], s_neg=counts[1], eta=0.1)
    for level, (z, b, t) in support_alone(run, [kappa(eps, run.alpha) for eps in (0.0, 0.01)]).items():
        assert support_time(run, level) == pytest.approx(t, rel=0.05)
        assert support_bias(run, z) == pytest.approx(b, rel=0.05)


@NAMED
def test_every_loss_is_trained_as_if_every_step_were_executed(loss):
    run = replace(RUN, loss=loss)
    sets = [draw(run, 7, seed)["train"] for seed in range(2)] + [points_of(run.law)]
    found = trained(run, sets, STEPS)
    for one, states in zip(sets, found, strict=True):
        gradient = AllPoints([replicate(one.x, one.y, one.weight / 200)], LOSSES[loss])
        executed = execute(gradient, RULES["gradient-descent"](run.eta, 0.0), 1, STEPS)[:, 0]
        np.testing.assert_allclose(states, executed, rtol=1e-7, atol=1e-9)


def test_the_law_is_trained_as_the_theory_has_it():
    *_, states = trained(RUN, [points_of(RUN.law)], STEPS)
    w, b = theory.curves(RUN.law, STEPS, loss=LOSSES["exponential"])
    np.testing.assert_allclose(np.linalg.norm(states[:, :2], axis=1), w, rtol=1e-9)
    np.testing.assert_allclose(states[:, 2], b, rtol=1e-9, atol=1e-12)


@NAMED
def test_times_are_predicted_where_the_bias_is_outgrown(loss):
    run = replace(RUN, loss=loss)
    steps, norm = np.array([1, 10, 100]), np.array([1.0, 10.0, 100.0])
    law = np.column_stack([norm, 0 * norm, [1.0, 1.0, 1.0]])
    series, times = predictions(run, steps, law)
    found = {(name, eps): time.step for name, eps, time in times}
    assert series["bias_distance_predicted", "train"][1] == pytest.approx(0.1)
    assert 10 < found["T_te_flow", 0.0] < 100
    assert ("T_te_theorem", 0.0) in found or not LOSSES[loss].smooth
    assert found["T_te_model", 0.0] == round(support_time(run, 1.0))


def test_the_theorem_is_what_support_vectors_do_late_under_the_exponential_loss():
    run = replace(RUN, s_pos=90_000, s_neg=1)
    _, times = predictions(run, np.array([1, 2]), np.ones((2, 3)))
    found = {(name, eps): time.step for name, eps, time in times}
    assert found["T_te_model", 0.0] / found["T_te_theorem", 0.0] == pytest.approx(
        1 - np.exp(log_delta(90_000, 1)), rel=1e-3
    )


def test_without_an_imbalance_nothing_is_said_of_support_vectors(tmp_path):
    runs = [
        asdict(replace(RUN, run="even", s_pos=30, horizon=300)),
        asdict(replace(RUN, run="odd", loss="hinge", horizon=300)),
    ]
    files = {name: str(tmp_path / name) for name in ("curves", "times", "bounds")}
    train.main(None, arguments(tmp_path, files, experiment={"run": "losses", "runs": runs}, seed=5))
    curves, times, bounds = (read_parquet(files[name]).to_pandas() for name in ("curves", "times", "bounds"))
    assert set(curves["run"]) == set(times["run"]) == {"even", "odd"}
    assert set(times.loc[times["quantity"] == "T_te_model", "run"]) == {"odd"}
    assert set(bounds.loc[bounds["quantity"] == "bias_over_law", "run"]) == {"odd"}

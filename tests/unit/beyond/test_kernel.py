from dataclasses import asdict, replace

import numpy as np
import pytest
from beyond_runs import PLANAR, tables_of
from called import arguments
from checks import assert_follows_gradient_descent
from consistency import RING
from grokking.beyond.kernel import CIRCLE, EDGE, Basis, Run, draw, gaussian, predicted, series, train, trained
from grokking.results.experiment import Experiment
from grokking.results.files import read_parquet
from grokking.results.jobs import StageError
from grokking.smooth.theory import geometric_time
from grokking.steps import flow_steps, log_grid

RUN = Run(**asdict(PLANAR) | {"gamma": 1e-2, "eta": 1.0}, kernel_width=3.0, bias=True)


@pytest.mark.parametrize("bias", [True, False])
def test_it_is_gradient_descent_of_the_kernel_machine_with_every_step_executed(bias):
    """The plain state is (alpha, b); what is compared are f on the training points and b."""
    run, steps = replace(RUN, bias=bias), log_grid(10_000, 10)
    train_set = draw(run, 0, 0)["train"]
    K, y = gaussian(train_set.x, train_set.x, 3.0), train_set.y
    basis = Basis.of(train_set.x, 3.0)
    theta = dict(zip(steps.tolist(), trained(run, basis, y, steps), strict=True))
    alpha, b = np.zeros(len(y)), 0.0

    def executed(state):
        nonlocal alpha, b
        pull = run.step * y / (1 + np.exp(y * (K @ alpha + b)))
        alpha, b = alpha + pull, b + bias * pull.sum()
        return np.append(K @ alpha, b)

    def reduced(step):
        return np.append(basis.features @ theta[step][:-1], theta[step][-1])

    assert_follows_gradient_descent(reduced, executed, np.zeros(len(y) + 1), steps[1:], 1e-6)
    elsewhere = draw(run, 0, 1)["concentrated"].x
    plain = gaussian(elsewhere, train_set.x, 3.0) @ alpha
    np.testing.assert_allclose(basis.at(elsewhere) @ theta[10_000][:-1], plain, rtol=1e-5, atol=1e-5)


def test_points_are_on_their_side_of_the_circle_and_planted_on_the_margin():
    for seed in range(2):
        for split, points in draw(RUN, 3, seed).items():
            radius = np.linalg.norm(points.x, axis=1)
            distance = points.y * (radius - CIRCLE)
            assert distance.min() >= RUN.gamma / 2 * (1 - 1e-9)
            assert radius.max() <= EDGE
            if split == "train":
                assert [np.count_nonzero(points.planted & (points.y == side)) for side in (1, -1)] == [40, 30]
                np.testing.assert_allclose(distance[points.planted], RUN.gamma / 2)
            if split == "concentrated":
                assert distance.max() <= RUN.alpha * RUN.gamma


def test_the_law_of_the_points_is_what_many_points_do():
    run = replace(RUN, n_pos=700, n_neg=700, s_pos=400, s_neg=200, gamma=0.1)
    steps = flow_steps(100_000)
    sets = draw(run, 0, 0)
    basis = Basis.of(sets["train"].x, 3.0)
    found = series(run, sets, basis, trained(run, basis, sets["train"].y, steps))
    offset, slope = predicted(run, steps)
    late = steps >= 100
    np.testing.assert_allclose(found["slope", "boundary"][late], slope[late], rtol=0.1)
    np.testing.assert_allclose(found["offset", "boundary"][late], offset[late], atol=0.12)


def test_a_symmetric_law_without_bias_or_with_it_has_the_offset_of_its_support_vectors():
    steps = flow_steps(10**8)
    run = replace(RUN, s_pos=60, s_neg=20)
    reached = []
    for bias in (True, False):
        offset, slope = predicted(replace(run, bias=bias), steps)
        assert 0.5 < offset.max() < np.log(3)
        reached.append(geometric_time(steps, np.column_stack([slope, 0 * slope]), offset, kappa=1, gamma=run.gamma))
    assert reached[0] < reached[1] < 2 * reached[0]


def test_accuracies_without_offset_and_without_undulation_are_those_of_changed_functions():
    steps = np.array([100, 1000])
    sets = draw(RUN, 0, 0)
    basis = Basis.of(sets["train"].x, 3.0)
    theta = trained(RUN, basis, sets["train"].y, steps)
    found, test = series(RUN, sets, basis, theta), sets["concentrated"]
    on_circle = CIRCLE * test.x / np.linalg.norm(test.x, axis=1, keepdims=True)
    for k in range(2):
        f, along = (basis.at(x) @ theta[k, :-1] + theta[k, -1] for x in (test.x, on_circle))
        offset = found["offset", "boundary"][k]
        assert found["accuracy_without_bias", "concentrated"][k] == np.mean(test.y * (f - offset) > 0)
        assert found["accuracy_without_tilt", "concentrated"][k] == np.mean(test.y * (f - along + offset) > 0)


def test_too_large_a_step_is_one_line():
    experiment = Experiment("k", (asdict(replace(RUN, eta=1000.0)),))
    with pytest.raises(
        StageError, match=r"^run: eta: 1000.0 is not allowed; .* the sharpness is at most .* expected below 2"
    ):
        train(experiment, 5, "curves", "times", "bounds")


def test_a_job_writes_curves_times_and_predictions(tmp_path):
    runs = [asdict(replace(RUN, run=name, bias=bias)) for name, bias in (("with", True), ("without", False))]
    files = {name: tmp_path / name for name in ("curves", "times", "bounds")}
    train.main(None, arguments(tmp_path, files, experiment={"run": "kernels", "runs": runs}, seed=5))
    bounds = read_parquet(tmp_path / "bounds").to_pandas().set_index(["run", "quantity"])["value"]
    assert bounds.loc["with", "predicted_offset_plateau"].nunique() == 1
    assert bounds.loc["without", "offset_plateau"].notna().all()
    curves = read_parquet(tmp_path / "curves").to_pandas()
    assert {("offset", "boundary"), ("predicted_offset", "boundary")} < set(
        zip(curves["quantity"], curves["split"], strict=True)
    )
    assert (curves[(curves["run"] == "without") & (curves["quantity"] == "bias")]["value"] == 0).all()


def test_the_workflow_knows_the_widest_margin_in_the_disc():
    assert pytest.approx(2 * (EDGE - CIRCLE)) == RING


def test_the_offset_of_a_short_run_is_that_of_its_end(tmp_path):
    *_, bounds = tables_of(train, tmp_path, replace(RUN, horizon=20, n_seeds=1))
    assert bounds.query("quantity == 'offset_plateau'")["value"].gt(0).all()

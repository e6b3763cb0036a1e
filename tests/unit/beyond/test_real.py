from dataclasses import asdict, replace

import numpy as np
import pytest
from checks import assert_follows_gradient_descent
from consistency import FEATURES
from grokking.beyond.real import Run, centred, facts, loaded, separable, series, split, train, trained
from grokking.logistic.model import gradient_step
from grokking.logistic.theory import hard_margin_separator
from grokking.planar.data import training_set
from grokking.results.experiment import Experiment
from grokking.results.files import read_parquet
from grokking.results.jobs import StageError
from grokking.steps import flow_steps, log_grid

RUN = Run(
    run="run",
    eta=0.1,
    horizon=10_000,
    eps=(0.0, 0.05),
    n_seeds=2,
    source="digits",
    d=64,
    kept_negative=1.0,
    n_near=40,
)


@pytest.mark.parametrize(("source", "shape", "dropped"), [("digits", (357, 64), 0), ("breast-cancer", (546, 30), 23)])
def test_sets_are_separated_with_their_margin_at_the_origin(source, shape, dropped):
    points = separable(source)
    assert (points.x.shape, points.dropped) == (shape, dropped)
    distances = points.y * (points.x @ points.separator)
    assert distances.min() == pytest.approx(points.half_margin, rel=1e-4)
    assert np.linalg.norm(points.separator) == pytest.approx(1)
    for label in (1, -1):  # both classes touch their margin
        assert distances[points.y == label].min() == pytest.approx(points.half_margin, rel=1e-4)
    assert len(loaded(source)[1]) == shape[0] + dropped


def test_in_the_plane_the_separator_is_that_between_the_hulls():
    data = training_set(0, 0, gamma=0.5, n_pos=40, n_neg=40)
    w, b = hard_margin_separator(data.x, data.y)
    found = centred(data.x, data.y)
    np.testing.assert_allclose(found.separator, w / np.linalg.norm(w), atol=1e-5)
    assert found.half_margin == pytest.approx(1 / np.linalg.norm(w), rel=1e-5)
    np.testing.assert_allclose((data.x - found.x) @ w, -b, atol=1e-5)


def test_splits_are_halves_of_the_set_and_keep_what_they_are_told():
    points = separable("digits")
    sets, fewer = (split(replace(RUN, kept_negative=kept), points, 0, 1) for kept in (1.0, 0.25))
    assert len(sets["train"].y) + len(sets["standard"].y) == 357
    negative = np.count_nonzero(sets["train"].y < 0)
    assert np.count_nonzero(fewer["train"].y < 0) == round(negative / 4)
    assert np.count_nonzero(fewer["train"].y > 0) == np.count_nonzero(sets["train"].y > 0)
    near, other = (np.abs(sets[name].x @ points.separator) for name in ("concentrated", "standard"))
    assert len(near) == 40
    assert near.max() == np.sort(other)[39]
    assert not {*map(bytes, sets["train"].x)} & {*map(bytes, sets["standard"].x)}


def test_it_is_gradient_descent_with_every_step_executed():
    sets = split(RUN, separable("digits"), 0, 0)
    x, y = sets["train"].x, sets["train"].y
    steps = log_grid(10_000, 10)[1:]
    w, b = trained(RUN, x, y, steps)
    found = dict(zip(steps.tolist(), np.column_stack([w, b]), strict=True))

    def executed(state):
        return np.append(*gradient_step(state[:-1], state[-1], x, y, eta=RUN.eta / len(y)))

    assert_follows_gradient_descent(found.get, executed, np.zeros(65), steps, 1e-6)


def test_the_law_is_descent_on_the_points_distances():
    points = separable("breast-cancer")
    sets, steps = split(RUN, points, 0, 0), flow_steps(10_000)
    x, y = sets["train"].x, sets["train"].y
    law = trained(RUN, (x @ points.separator)[:, None], y, steps)
    w, b = trained(RUN, x, y, steps)
    found = series(sets, points.separator, w, b, (law[0][:, 0], law[1]))
    test = sets["concentrated"]
    p = test.x @ points.separator
    right = np.mean(test.y * (law[0] * p + law[1][:, None]) > 0, axis=1)
    np.testing.assert_array_equal(found["predicted_accuracy", "concentrated"], right)
    turned = np.mean(test.y * (np.linalg.norm(w, axis=1)[:, None] * p + b[:, None]) > 0, axis=1)
    np.testing.assert_array_equal(found["accuracy_without_tilt", "concentrated"], turned)
    numbers = dict(fact[:2] for fact in facts(RUN, points, sets, steps, found))
    assert numbers["tilt_holds_back"] == pytest.approx(numbers["gain_without_tilt"] - numbers["gain_without_bias"])
    assert numbers["dropped"] == 23


def test_a_set_of_another_dimension_is_refused():
    with pytest.raises(StageError, match=r"^run: d: 30 is not allowed; digits has 64 features"):
        train(Experiment("real", (asdict(replace(RUN, d=30)),)), 5, "curves", "times", "bounds")


def test_a_job_writes_curves_times_and_what_was_predicted(tmp_path):
    files = [tmp_path / name for name in ("curves", "times", "bounds")]
    train(Experiment("real", (asdict(RUN),)), 5, *files)
    curves, times, bounds = (read_parquet(file).to_pandas() for file in files)
    assert curves.groupby(["quantity", "split"]).ngroups == 11
    assert set(times["seed"]) == {0, 1}
    assert {"predicted_T_te", "near_pos", "tilt_holds_back"} < set(bounds["quantity"])


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("n_near", 400, r"400 is not allowed; expected at most \d+, the held-out points of breast-cancer"),
        ("kept_negative", 1e-3, r"0.001 is not allowed; expected at least 0.0\d+, one of \d+ points"),
    ],
)
def test_points_that_are_not_there_are_not_asked_for(key, value, expected):
    with pytest.raises(StageError, match=rf"^run: {key}: {expected}"):
        split(replace(RUN, source="breast-cancer", **{key: value}), separable("breast-cancer"), 5, 0)


def test_the_workflow_knows_the_features_of_the_sets():
    assert {source: loaded(source)[0].shape[1] for source in FEATURES} == FEATURES

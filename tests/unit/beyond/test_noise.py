from dataclasses import asdict, replace

import numpy as np
import pytest
from beyond_runs import PLANAR, executed, states_of, tables_of
from grokking.beyond.noise import Run, facts, noisy, predicted, rest_norm, stopped_norm, train, wrong_distance
from grokking.beyond.sets import followed
from grokking.smooth.theory import Law

RUN = Run(**asdict(PLANAR), flips=4, overlap=0.0)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    return tables_of(train, tmp_path_factory.mktemp("noise"), RUN, replace(RUN, run="right", flips=0))


def test_curves_are_those_of_plain_gradient_descent(tables):
    for seed in range(RUN.n_seeds):
        found = states_of(tables[0], "run", seed)
        expected = executed(noisy(RUN, 3, seed)["train"], found.index, RUN.eta)
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-12)


def test_numbers_of_every_run_and_seed_are_there(tables):
    numbers = tables[2].pivot(index=["run", "seed"], columns="quantity", values="value")
    assert len(numbers) == 2 * RUN.n_seeds
    assert numbers.loc["run"].notna().all(axis=None)
    assert numbers.loc["right", "norm_at_rest"].isna().all()
    assert numbers.loc["right", "norm_predicted"].notna().all()


@pytest.mark.parametrize("seed", range(3))
def test_training_ends_at_the_minimum(seed):
    points = noisy(RUN, 3, seed)["train"]
    end = np.linalg.norm(followed(replace(RUN, horizon=10**9), seed, points).w[-1])
    assert end == pytest.approx(rest_norm(RUN, points), rel=1e-9)


def test_w_stops_where_wrong_points_pull_as_right_ones():
    law, a = Law(1000, 1000, 400, 300, 1e-3, 5e-6), 5 * np.sqrt(2)
    closed = stopped_norm(law, 2 * a / 3)
    assert closed == pytest.approx(np.sqrt(0.0987 * 0.65 / (2 / 2000)), rel=1e-3)
    run = replace(RUN, n_pos=1000, n_neg=1000, s_pos=400, s_neg=300, flips=2)
    assert predicted(run, 2.0)[0] == pytest.approx(closed, rel=0.05)


def test_wrong_points_count_by_their_distance():
    points = noisy(RUN, 3, 0)["train"]
    along = points.x.sum(axis=1) / np.sqrt(2)
    wrong = np.sign(along) != points.y
    assert np.count_nonzero(wrong) == RUN.flips
    assert wrong_distance(points) == pytest.approx(np.abs(along[wrong]).sum())


def test_overlapping_classes_stop_w_at_a_norm_inverse_to_their_overlap():
    narrow, wide = (predicted(replace(RUN, s_pos=0, s_neg=0, flips=0, overlap=o), 0.0)[0] for o in (0.01, 0.02))
    assert narrow / wide == pytest.approx(2, rel=0.02)


def test_each_number_is_named_once():
    names = [name for name, *_ in facts(RUN, noisy(RUN, 3, 0)["train"])]
    assert len(set(names)) == len(names)


def test_a_step_that_is_too_large_is_said_in_one_line(tmp_path):
    with pytest.raises(SystemExit, match=r"^experiment: run, seed 0: eta: 100.0 is not allowed; expected a smaller"):
        tables_of(train, tmp_path, replace(RUN, eta=100.0))


def test_what_the_law_does_not_predict_is_null():
    separable = replace(RUN, flips=0, overlap=1e-3, gamma=0.1)  # no point is within the strip
    assert predicted(separable, 0.0) == (None, None, None)
    values = dict(fact[:2] for fact in facts(separable, noisy(separable, 3, 0)["train"]))
    assert [values[name] for name in ("norm_at_rest", "norm_predicted", "accuracy_predicted")] == [None, None, None]

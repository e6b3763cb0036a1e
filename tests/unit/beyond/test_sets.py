import numpy as np
import pytest
from beyond_runs import PLANAR
from grokking.beyond.sets import draw, flipped, overlapping
from grokking.logistic.geometry import W_TRUE
from grokking.planar.data import Design
from grokking.planar.data import draw as drawn_by_design

SETS = draw(PLANAR, 7, 1)


def test_points_are_those_of_the_designs_in_two_dimensions():
    design = Design(
        name="d",
        datasets=("d",),
        support=((PLANAR.s_pos, PLANAR.s_neg),),
        n_pos=PLANAR.n_pos,
        n_neg=PLANAR.n_neg,
        planting=PLANAR.planting,
        u_limit=1.0,
        gamma=PLANAR.gamma,
        gap=0.0,
        margin_points=0,
        mirrored=False,
        alpha=PLANAR.alpha,
        n_test=PLANAR.n_test,
        perturbation=0.0,
        n_seeds=2,
    )
    for _, split, points in drawn_by_design(design, 7, 1):
        assert np.array_equal(SETS[split].x, points.x)
        assert np.array_equal(SETS[split].y, points.y)
        assert np.array_equal(SETS[split].planted, points.planted)


def wrong(points):
    return np.sign(points.x @ W_TRUE) != points.y


@pytest.mark.parametrize("count", [0, 1, 40])
def test_so_many_labels_are_turned_and_none_of_a_planted_point(count):
    points = flipped(SETS["train"], 7, 1, count)
    assert np.count_nonzero(wrong(points)) == count
    assert not np.any(wrong(points) & points.planted)
    assert np.array_equal(points.x, SETS["train"].x)
    assert not np.any(wrong(SETS["train"]))


def test_more_flips_contain_fewer_and_seeds_differ():
    few, many, other = (wrong(flipped(SETS["train"], 7, seed, n)) for seed, n in [(1, 10), (1, 20), (2, 20)])
    assert np.all(many[few])
    assert not np.array_equal(many, other)


def test_more_flips_than_points_are_refused():
    with pytest.raises(ValueError, match=r"^count is 131: expected at most 130"):
        flipped(SETS["train"], 7, 1, 131)


def test_labels_are_tossed_within_the_strip_alone():
    points = overlapping(SETS["train"], 7, 1, 4.0)
    within = (np.abs(points.x @ W_TRUE) <= 2.0) & ~points.planted
    assert not np.any(wrong(points)[~within])
    assert np.mean(wrong(points)[within]) == pytest.approx(0.5, abs=4 / np.sqrt(4 * within.sum()))
    assert np.array_equal(overlapping(SETS["train"], 7, 1, 0.0).y, SETS["train"].y)


def test_a_step_is_that_of_the_mean_loss():
    assert PLANAR.step == PLANAR.eta / 200
    assert PLANAR.law.others.tolist() == [60, 70]

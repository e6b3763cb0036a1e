from fractions import Fraction

import numpy as np
import pytest
from grokking.logistic.geometry import FRAME, HALF_DIAGONAL, W_TRUE
from grokking.planar.data import (
    Drawn,
    concentrated_test_set,
    draw,
    draw_sets,
    perturbed,
    points,
    standard_test_set,
    training_set,
)
from grokking.results.files import read_parquet
from grokking.results.jobs import read_as
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_1samp, ks_2samp

GAMMA = 1e-3
COUNTS = {"gamma": GAMMA, "n_pos": 1000, "n_neg": 1000}


def exact_projection(data):
    """y p without the rounding of a floating-point sum."""
    sums = [float(Fraction(first) + Fraction(second)) for first, second in data.x]
    return data.y * np.array(sums) / np.sqrt(2)


@settings(max_examples=20)
@given(
    planting=st.sampled_from(["full", "equispaced"]),
    s_pos=st.integers(0, 60),
    s_neg=st.integers(0, 60),
    n_pos=st.integers(60, 120),
    n_neg=st.integers(60, 120),
    gamma=st.floats(1e-4, 0.5),
)
def test_exactly_the_planted_points_lie_on_the_margin(planting, s_pos, s_neg, n_pos, n_neg, gamma):
    data = training_set(0, 0, gamma=gamma, n_pos=n_pos, n_neg=n_neg, planting=planting, s_pos=s_pos, s_neg=s_neg)
    # x_2 = sqrt(2) p - x_1 is rounded to half a last bit of 5, the product and sqrt(2) itself to some of gamma's.
    rounding = (np.spacing(5.0) / 2 + np.spacing(gamma)) / np.sqrt(2)
    on_margin = np.abs(exact_projection(data) - gamma / 2) <= rounding
    assert np.array_equal(on_margin, data.planted)
    for label, n, s in [(1, n_pos, s_pos), (-1, n_neg, s_neg)]:
        assert np.count_nonzero(data.y == label) == n
        assert np.count_nonzero(on_margin & (data.y == label)) == s


@pytest.mark.parametrize("planting", ["none", "full", "equispaced"])
def test_points_are_in_the_square_on_their_labels_side_of_the_margin(planting):
    s = 0 if planting == "none" else 350
    data = training_set(1, 2, **COUNTS, planting=planting, s_pos=s, s_neg=s)
    assert np.all(np.abs(data.x) <= 5)
    assert np.all(exact_projection(data) >= GAMMA / 2 - np.spacing(5.0))


def test_equispaced_positions():
    data = training_set(0, 0, **COUNTS, planting="equispaced", s_pos=4, s_neg=2, u_limit=2.0)
    u = (data.x @ FRAME)[:, 1]
    assert np.allclose(np.sort(u[data.planted & (data.y > 0)]), [-1.5, -0.5, 0.5, 1.5], atol=1e-12)
    assert np.allclose(np.sort(u[data.planted & (data.y < 0)]), [-1, 1], atol=1e-12)


def test_full_planting_spreads_over_the_whole_margin_line():
    data = training_set(3, 0, gamma=GAMMA, n_pos=2000, n_neg=2000, planting="full", s_pos=2000, s_neg=2000)
    u = (data.x @ FRAME)[:, 1]
    uniform = (u / (HALF_DIAGONAL - GAMMA / 2) + 1) / 2
    assert ks_1samp(uniform, lambda value: np.clip(value, 0, 1)).pvalue > 0.01


def by_rejection(low, high, n):
    """The definition, word for word: uniform on the square, kept where low < |p| <= high."""
    points = np.random.default_rng(7).uniform(-5, 5, (n, 2))
    p = points @ W_TRUE
    return points[(np.abs(p) > low) & (np.abs(p) <= high)]


@pytest.mark.parametrize(
    ("data", "low", "high"),
    [
        (standard_test_set(1, 0, gamma=GAMMA, n=20_000), GAMMA / 2, 8.0),
        (standard_test_set(1, 0, gamma=4.0, n=20_000), 2.0, 8.0),
        (concentrated_test_set(1, 0, gamma=0.1, alpha=10.0, n=20_000), 0.05, 1.0),
        (training_set(1, 0, gamma=GAMMA, n_pos=9000, n_neg=9000), GAMMA / 2, 8.0),
        (training_set(1, 0, gamma=4.0, n_pos=9000, n_neg=9000), 2.0, 8.0),
    ],
)
def test_population_has_the_law_of_rejection_sampling(data, low, high):
    expected = by_rejection(low, high, 100_000)
    for direction in ([1, 0], [0, 1], [1, 1], [1, -1], [2, 1]):
        assert ks_2samp(data.x @ direction, expected @ direction).pvalue > 0.005


def test_concentrated_points_lie_in_the_strip_half_a_class():
    data = concentrated_test_set(0, 5, gamma=GAMMA, alpha=10.0, n=2000)
    projection = exact_projection(data)
    assert projection.min() > GAMMA / 2
    assert projection.max() <= 10 * GAMMA
    assert data.y.sum() == 0
    assert not data.planted.any()


def test_same_seed_same_bytes_and_other_seeds_and_roles_differ():
    draws = [training_set(0, 1, **COUNTS).x for _ in range(2)]
    assert draws[0].tobytes() == draws[1].tobytes()
    standard = standard_test_set(0, 1, gamma=GAMMA, n=2000).x
    for other in (training_set(0, 2, **COUNTS).x, training_set(1, 1, **COUNTS).x, standard):
        assert not np.isin(draws[0], other).any()


def test_population_of_a_class_does_not_depend_on_planting_or_counts():
    plain = training_set(0, 1, **COUNTS)
    planted = training_set(0, 1, gamma=GAMMA, n_pos=400, n_neg=700, planting="full", s_pos=100, s_neg=50)
    for label, kept in [(1, 300), (-1, 650)]:
        population = planted.x[(planted.y == label) & ~planted.planted]
        assert np.array_equal(population, plain.x[plain.y == label][:kept])


def test_perturbation_is_of_the_asked_size_and_keeps_labels():
    data = training_set(0, 1, **COUNTS)
    other = perturbed(data, 0, 1, 0, 1e-12)
    relative = other.x / data.x - 1
    assert 0.9e-12 < relative.std() < 1.1e-12
    assert np.array_equal(other.y, data.y)
    assert not np.array_equal(other.x, perturbed(data, 0, 1, 1, 1e-12).x)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"planting": "full", "s_pos": 1001}, "s_pos"),
        ({"planting": "full", "s_neg": 1001}, "s_neg"),
        ({"s_pos": 1}, "s_pos"),
        ({"s_neg": -1, "planting": "full"}, "s_neg"),
        ({"n_pos": 10.5}, "n_pos"),
        ({"gamma": 0.0}, "gamma"),
        ({"gamma": -1.0}, "gamma"),
        ({"gamma": 15.0}, "gamma"),
        ({"gamma": float("nan")}, "gamma"),
        ({"planting": "clustered"}, "planting"),
        ({"planting": "equispaced", "s_pos": 2, "u_limit": 7.2}, "u_limit"),
        ({"planting": "equispaced", "s_pos": 2, "u_limit": 0.0}, "u_limit"),
    ],
)
def test_impossible_training_sets_are_refused_by_name(changed, name):
    with pytest.raises(ValueError, match=rf"^{name} is .*expected"):
        training_set(0, 0, **(COUNTS | changed))


@pytest.mark.parametrize(("changed", "name"), [({"alpha": 0.4}, "alpha"), ({"n": 11}, "n"), ({"gamma": 0.0}, "gamma")])
def test_impossible_test_sets_are_refused_by_name(changed, name):
    with pytest.raises(ValueError, match=rf"^{name} is .*expected"):
        concentrated_test_set(0, 0, **({"gamma": GAMMA, "alpha": 10.0, "n": 10} | changed))


DATASET = {"name": "d", "n_pos": 60, "n_neg": 50, "planting": "full", "s_pos": 30, "s_neg": 10, "u_limit": 1.0}
DATASET |= {"gamma": 1e-3, "alpha": 10.0, "n_test": 20, "perturbation": 0.0, "n_seeds": 2}


def stored(folder, **changes):
    draw_sets(read_as(Drawn, DATASET | changes), 1, folder / "data")
    return read_parquet(folder / "data")


def test_points_survive_the_table(tmp_path):
    table, drawn = stored(tmp_path), draw(read_as(Drawn, DATASET), 1, 1)
    for split, expected in drawn.items():
        found = points(table, 1, split)
        np.testing.assert_array_equal(found.x, expected.x)
        np.testing.assert_array_equal(found.y, expected.y)
        np.testing.assert_array_equal(found.planted, expected.planted)
    assert drawn["train"].planted.sum() == DATASET["s_pos"] + DATASET["s_neg"]


def test_replicates_are_independent_draws_without_perturbation_and_one_draw_with_it(tmp_path):
    independent, perturbed = stored(tmp_path), stored(tmp_path, perturbation=1e-15)
    assert not np.allclose(points(independent, 0, "train").x, points(independent, 1, "train").x)
    one, other = points(perturbed, 0, "train"), points(perturbed, 1, "train")
    np.testing.assert_allclose(one.x, points(independent, 0, "train").x, rtol=1e-13)
    np.testing.assert_allclose(one.x, other.x, rtol=1e-13)
    assert not np.array_equal(one.x, other.x)
    np.testing.assert_array_equal(points(perturbed, 1, "standard").x, points(independent, 0, "standard").x)

from fractions import Fraction
from hashlib import sha256

import numpy as np
import pytest
from grokking.logistic.geometry import FRAME, HALF_DIAGONAL, W_TRUE
from grokking.planar.data import (
    Design,
    concentrated_test_set,
    draw,
    draw_design,
    perturbed,
    read_points,
    standard_test_set,
    training_set,
)
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
        ({"planting": "weighted", "s_pos": 2.5}, "margin_points"),
        ({"planting": "full", "s_pos": 2.5}, "s_pos"),
        ({"gap": -1.0}, "gap"),
        ({"gap": 7.1}, "gap"),
        ({"mirrored": True, "n_pos": 10}, "mirrored"),
        ({"mirrored": True, "planting": "full", "s_pos": 1}, "mirrored"),
    ],
)
def test_impossible_training_sets_are_refused_by_name(changed, name):
    with pytest.raises(ValueError, match=rf"^{name} is .*expected"):
        training_set(0, 0, **(COUNTS | changed))


@pytest.mark.parametrize(("changed", "name"), [({"alpha": 0.4}, "alpha"), ({"n": 11}, "n"), ({"gamma": 0.0}, "gamma")])
def test_impossible_test_sets_are_refused_by_name(changed, name):
    with pytest.raises(ValueError, match=rf"^{name} is .*expected"):
        concentrated_test_set(0, 0, **({"gamma": GAMMA, "alpha": 10.0, "n": 10} | changed))


GAP = COUNTS | {"planting": "weighted", "s_pos": 616.558, "s_neg": 1e-3, "margin_points": 100, "gap": 1.0}


def test_weighted_support_vectors_weigh_their_numbers_and_a_gap_parts_them_from_the_others():
    data = training_set(0, 1, **GAP, u_limit=2.0)
    assert len(data.y) == 2000
    for label, weight in ((1, 616.558), (-1, 1e-3)):
        planted = data.planted & (data.y == label)
        assert planted.sum() == 100
        assert data.weight[planted].sum() == pytest.approx(weight)
    assert np.all(data.weight[~data.planted] == 1)
    projection = exact_projection(data)
    assert np.allclose(projection[data.planted], GAMMA / 2)
    assert projection[~data.planted].min() >= 1 - np.spacing(5.0)
    u = np.sort((data.x @ FRAME)[data.planted & (data.y < 0), 1])
    assert np.allclose(u, np.linspace(-1.98, 1.98, 100))


def test_a_gap_has_the_law_of_rejection_sampling():
    data, expected = (
        training_set(1, 0, **COUNTS | {"n_pos": 9000, "n_neg": 9000}, gap=2.0),
        by_rejection(2.0, 8, 100_000),
    )
    for direction in ([1, 0], [1, 1], [1, -1]):
        assert ks_2samp(data.x @ direction, expected @ direction).pvalue > 0.005


def test_mirrored_points_have_their_images_in_the_other_class():
    plain, data = training_set(0, 3, **COUNTS), training_set(0, 3, **COUNTS, mirrored=True)
    assert np.array_equal(data.x[:1000], plain.x[:1000])
    assert np.array_equal(data.x[1000:], -data.x[:1000])
    assert np.array_equal(data.y[1000:], -data.y[:1000])


@pytest.mark.parametrize(
    ("law", "digest"),
    [
        ({}, "854a27d24598e823"),
        ({"planting": "full", "s_pos": 400, "s_neg": 300}, "f4b6f9ec67aafe57"),
        ({"planting": "equispaced", "s_pos": 300, "s_neg": 100, "n_pos": 1500, "n_neg": 500}, "b06b5bd81b1adb97"),
    ],
)
def test_points_keep_their_bytes(law, digest):
    """Gaps, weights and mirrors, which came later, leave the streams of the other laws as they were."""
    data = training_set(20260131, 1, **COUNTS | law)
    assert sha256(data.x.tobytes() + data.y.tobytes()).hexdigest()[:16] == digest


DESIGN = {"name": "d", "datasets": ["d-30-10", "d-20-20"], "support": [[30, 10], [20, 20]], "n_pos": 60, "n_neg": 50}
DESIGN |= {"planting": "full", "u_limit": 1.0, "gamma": 1e-3, "gap": 0.0, "margin_points": 0, "mirrored": False}
DESIGN |= {"alpha": 10.0, "n_test": 20, "perturbation": 0.0, "n_seeds": 2}


def stored(folder, **changes):
    draw_design(read_as(Design, DESIGN | changes), 1, folder / "data")
    return read_points([folder / "data"])


def assert_same(found, expected):
    for name in ("x", "y", "planted", "weight"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def test_points_survive_the_table(tmp_path):
    found = stored(tmp_path)
    drawn = list(draw(read_as(Design, DESIGN), 1, 1))
    assert [(dataset, split) for dataset, split, _ in drawn] == [
        (dataset, split) for dataset in DESIGN["datasets"] for split in ("train", "standard", "concentrated")
    ]
    for dataset, split, expected in drawn:
        assert_same(found[dataset, 1][split], expected)
    assert set(found) == {(dataset, seed) for dataset in DESIGN["datasets"] for seed in range(2)}


def test_data_sets_of_a_design_differ_in_what_is_planted_alone(tmp_path):
    found = stored(tmp_path)
    one, other = found["d-30-10", 1], found["d-20-20", 1]
    assert [one["train"].planted[one["train"].y == label].sum() for label in (1, -1)] == [30, 10]
    assert_same(one["standard"], other["standard"])
    population = [sets["train"].x[~sets["train"].planted & (sets["train"].y > 0)] for sets in (one, other)]
    assert np.array_equal(population[0], population[1][:30])


def test_files_of_several_designs_are_read_together(tmp_path):
    for name in ("a", "b"):
        draw_design(
            read_as(Design, DESIGN | {"name": name, "datasets": [f"{name}-1", f"{name}-2"]}), 1, tmp_path / name
        )
    found = read_points([tmp_path / "a", tmp_path / "b"])
    assert {dataset for dataset, _ in found} == {"a-1", "a-2", "b-1", "b-2"}
    assert_same(found["a-2", 1]["train"], found["b-2", 1]["train"])


def test_replicates_are_independent_draws_without_perturbation_and_one_draw_with_it(tmp_path):
    independent, perturbed = stored(tmp_path), stored(tmp_path, perturbation=1e-15)
    trains = [independent["d-20-20", seed]["train"].x for seed in range(2)]
    assert not np.allclose(*trains)
    one, other = (perturbed["d-20-20", seed]["train"].x for seed in range(2))
    np.testing.assert_allclose(one, trains[0], rtol=1e-13)
    np.testing.assert_allclose(one, other, rtol=1e-13)
    assert not np.array_equal(one, other)
    assert_same(perturbed["d-20-20", 1]["standard"], independent["d-20-20", 0]["standard"])

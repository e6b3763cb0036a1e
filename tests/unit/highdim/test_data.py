"""The streamed data sets against their definitions and against plain rejection."""

import numpy as np
import pytest
from grokking.highdim.data import Concentrated, Population, to_cube
from grokking.seeds import Role
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats


def all_rows(source):
    chunks = list(source.chunks())
    return [np.concatenate([getattr(c, name) for c in chunks]) for name in ("z", "y", "p")]


def test_chunks_are_the_same_bytes_in_any_order():
    forward = Population(1, 2, 64, 6000, 6000)
    backward = Population(1, 2, 64, 6000, 6000)
    later = [forward.chunk(i).z.tobytes() for i in range(3)]
    assert later[::-1] == [backward.chunk(i).z.tobytes() for i in (2, 1, 0)]
    assert len(set(later)) == 3


def test_rows_are_uniform_numbers_mapped_and_reflected_but_where_replaced():
    population = Population(1, 2, 16, 3000, 3000, 5, 2, gamma=0.1)
    for index in range(2):
        chunk, sign, replaced = population.traced_chunk(index)
        drawn = to_cube(population.uniform(index)) * sign[:, None].astype(np.float32)
        same = (drawn == chunk.z).all(axis=1)
        assert (same == ~replaced).all()
        assert replaced.any()


def test_train_test_and_concentrated_streams_differ():
    z = [Population(1, 0, 64, 50, 50, role=role).chunk(0).z for role in (Role.DATA, Role.TEST)]
    z.append(Concentrated(1, 0, 64, 100).chunk(0).z)
    assert len({rows.tobytes() for rows in z}) == 3


def test_population_has_its_law():
    z, y, p = all_rows(Population(3, 0, 16, 10_000, 10_000, gamma=2.0))
    assert np.abs(z).max() <= 5
    assert p.min() >= 1.0
    np.testing.assert_allclose(p, z.astype(float).sum(axis=1) / 4, rtol=1e-12)
    x = np.random.default_rng(0).uniform(-5, 5, (40_000, 16))
    plain = np.abs(x.sum(axis=1)) / 4
    assert stats.ks_2samp(p, plain[plain >= 1.0]).pvalue > 1e-3
    # The two classes have one law, and reflected by its label a coordinate is uniform again.
    assert stats.ks_2samp(p[y > 0], p[y < 0]).pvalue > 1e-3
    coordinate = (y[:, None] * z)[:, 5]
    reference = x[plain >= 1.0, 5]
    assert stats.ks_2samp(coordinate, reference).pvalue > 1e-3


@given(
    sizes=st.tuples(st.integers(1, 3000), st.integers(1, 3000)),
    fractions=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    d=st.sampled_from([2, 5, 32]),
)
@settings(max_examples=25)
def test_class_and_planted_counts_are_exact(sizes, fractions, d):
    planted = [int(f * n) for f, n in zip(fractions, sizes, strict=True)]
    z, y, p = all_rows(Population(5, 0, d, *sizes, *planted))
    assert [(y > 0).sum(), (y < 0).sum()] == list(sizes)
    on_margin = np.abs(p - 5e-4) < 1e-7
    assert [(on_margin & (y > 0)).sum(), (on_margin & (y < 0)).sum()] == planted
    assert np.abs(z).max() <= 5 + 1e-5


def test_balanced_labels_alternate():
    y = Population(0, 0, 2, 500, 500).chunk(0).y
    assert (y[1:] == -y[:-1]).all()


@pytest.mark.parametrize("d", [4, 8, 24])
def test_concentrated_points_follow_the_law_of_plain_rejection(d):
    gamma, alpha = 0.2, 5.0
    z, y, p = all_rows(Concentrated(7, 0, d, 8000, gamma, alpha))
    assert gamma / 2 < p.min()
    assert p.max() <= alpha * gamma
    assert (y > 0).sum() == 4000
    x = np.random.default_rng(1).uniform(-5, 5, (150_000, d))
    projection = x.sum(axis=1) / np.sqrt(d)
    plain = x[(gamma / 2 < projection) & (projection <= alpha * gamma)]
    first, last = np.zeros(d), np.zeros(d)
    first[0], last[-1] = 1, 1
    # Projections that mix both blocks of coordinates, and one coordinate of either.
    directions = [np.ones(d), first, last, np.arange(d) - d / 2, first - last]
    for direction in directions:
        assert stats.ks_2samp(z @ direction, plain @ direction).pvalue > 1e-3
    assert stats.ks_2samp((z**2).sum(axis=1), (plain**2).sum(axis=1)).pvalue > 1e-3


def test_concentrated_marginals_at_full_dimension():
    z, _, p = all_rows(Concentrated(7, 0, 1024, 6000))
    assert stats.kstest(p, stats.uniform(5e-4, 9.5e-3).cdf).pvalue > 1e-3
    for coordinate in (0, 500, 959, 960, 1023):
        assert stats.kstest(z[:, coordinate], stats.uniform(-5, 10).cdf).pvalue > 1e-3
    # Given the sum of all, the sum of the last block has the variance of a bridge.
    tail = z[:, 960:].sum(axis=1, dtype=float)
    bridge = 100 / 12 * 64 * (1 - 64 / 1024)
    assert abs(tail.var() / bridge - 1) < 4 * np.sqrt(2 / 6000)


@pytest.mark.parametrize(
    "bad",
    [
        {"n_pos": 0},
        {"s_pos": 11},
        {"s_neg": -1},
        {"gamma": 0.0},
        {"gamma": 11.0},
        {"d": 1},
    ],
)
def test_population_refuses_what_cannot_be_drawn(bad):
    with pytest.raises(ValueError, match=r"population|planted|gamma"):
        Population(**({"root": 0, "seed": 0, "d": 4, "n_pos": 10, "n_neg": 10} | bad))


@pytest.mark.parametrize("bad", [{"alpha": 0.5}, {"gamma": 0.0}, {"d": 2}, {"size": 0}])
def test_concentrated_refuses_an_empty_slab(bad):
    with pytest.raises(ValueError, match="concentrated"):
        Concentrated(**({"root": 0, "seed": 0, "d": 16, "size": 10} | bad))

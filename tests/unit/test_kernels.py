import numpy as np
from grokking.kernels import arc_cosine
from hypothesis import given
from hypothesis import strategies as st


def naive(angle):
    return np.sin(angle) + (np.pi - angle) * np.cos(angle)


@given(st.floats(0, np.pi))
def test_the_kernel_is_that_of_the_angle(angle):
    np.testing.assert_allclose(arc_cosine(np.array([np.cos(angle)])), naive(angle), atol=1e-7)


def test_parallel_orthogonal_and_opposite_vectors_and_what_rounding_puts_beyond():
    cosines = np.array([1.0, 0.0, -1.0, 1 + 1e-15, -1 - 1e-15])
    np.testing.assert_allclose(arc_cosine(cosines), [np.pi, 1.0, 0.0, np.pi, 0.0], atol=1e-15)


def test_it_is_the_second_moment_of_two_relu_units():
    x = np.random.default_rng(0).standard_normal((400_000, 2))
    u, v = np.array([2.0, 0.0]), np.array([1.0, 1.0])
    products = np.maximum(x @ u, 0) * np.maximum(x @ v, 0)
    scale = np.linalg.norm(u) * np.linalg.norm(v)
    expected = scale * arc_cosine(np.array([u @ v / scale]))[0] / (2 * np.pi)
    assert abs(products.mean() - expected) < 4 * products.std() / np.sqrt(len(products))

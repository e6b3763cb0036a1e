"""Accuracy of saved linear models on streamed data, and what the angle to w_true alone predicts of it."""

from collections.abc import Iterable, Mapping

import numpy as np
from scipy.stats import norm

from grokking.highdim.data import Chunk, Population
from grokking.highdim.resident import COORDINATE_STD, split
from grokking.results.snapshots import log_spaced_pairs
from grokking.seeds import Role

MODELS_AT_ONCE = 256  # keeps a chunk's margins in 10 MB


def saved_models(trajectory: Mapping[str, np.ndarray], seed: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return steps (k,), w (k, d) and b (k,) of at most n snapshots of one seed, in pairs, step 0 left out.

    `trajectory` is what `highdim.training.trajectories` returns.
    """
    kept = log_spaced_pairs(trajectory["step"], n)
    kept = kept[trajectory["step"][kept] > 0]
    return trajectory["step"][kept], trajectory["w"][seed, kept], trajectory["b"][seed, kept]


def standard_test_set(root: int, seed: int, d: int, n: int, gamma: float) -> Population:
    """Return n fresh points of P, half of them a class."""
    return Population(root, seed, d, n // 2, n // 2, gamma=gamma, role=Role.TEST)


class Models:
    """Linear models w (S, d), b (S,), made ready for their margins on many chunks.

    The part a p of a margin, w = a w_true + w_perp, is taken in float64 and only z.w_perp in float32: its
    error is of order 1e-7 of ||z|| ||w_perp||, not of ||z|| ||w||.
    """

    def __init__(self, w: np.ndarray, b: np.ndarray):
        self._a, w_perp, _ = split(w, w.shape[1])
        self._w_perp = np.ascontiguousarray(w_perp.T, dtype=np.float32)
        self._b = b

    def margins(self, chunk: Chunk) -> np.ndarray:
        """Margins y (w.x + b) of a chunk, shape (n, S)."""
        margins = np.outer(chunk.p, self._a) + np.outer(chunk.y, self._b)
        margins += chunk.z @ self._w_perp
        return margins


def accuracies(chunks: Iterable[Chunk], w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the fraction of points with y (w.x + b) > 0 for each model w (S, d), b (S,), in one pass."""
    batches = [slice(first, first + MODELS_AT_ONCE) for first in range(0, len(w), MODELS_AT_ONCE)]
    models = [Models(w[batch], b[batch]) for batch in batches]
    correct, size = np.zeros(len(w), dtype=np.int64), 0
    for chunk in chunks:
        size += len(chunk.p)
        for batch, some in zip(batches, models, strict=True):
            correct[batch] += (some.margins(chunk) > 0).sum(axis=0)
    return correct / size


def tangent_to_w_true(w: np.ndarray) -> np.ndarray:
    """Tangent of the angle between each w (S, d) and w_true, shape (S,); nan for w = 0.

    ||w_perp|| / a keeps its digits where an arccos would lose them.
    """
    a, w_perp, _ = split(w, w.shape[1])
    with np.errstate(invalid="ignore"):
        return np.linalg.norm(w_perp, axis=1) / a


def concentrated_accuracy_from_angle(tangent: np.ndarray, gamma: float, alpha: float) -> np.ndarray:
    """Accuracy on the concentrated set that the angle alone predicts, without the bias.

    A point with projection p is right where a p + z.w_perp > 0. The coordinates of z orthogonal to w_true are
    uncorrelated with deviation 5/sqrt(3), so in high dimension z.w_perp is normal with deviation
    (5/sqrt(3)) ||w_perp|| and the point is right with probability Phi(p / c), c = (5/sqrt(3)) tan(angle).
    With p uniform on the slab the mean is that of the antiderivative p Phi(p/c) + c phi(p/c).
    """
    low, high = gamma / 2, alpha * gamma
    c = COORDINATE_STD * np.asarray(tangent, dtype=float)

    def integral(p):
        return p * norm.cdf(p / c) + c * norm.pdf(p / c)

    with np.errstate(divide="ignore", invalid="ignore"):
        return (integral(high) - integral(low)) / (high - low)


def standard_accuracy_from_angle(tangent: np.ndarray, gamma: float) -> np.ndarray:
    """Accuracy on P that the angle alone predicts, without the bias.

    In high dimension the plane of w and w_true sees the cube as isotropic normal: a fraction angle/pi of its
    points is wrong. P lacks those with p < gamma/2, where the density of p is that of a half-normal at 0 and
    the wrong fraction at p is Phi(-p / c), c as for the concentrated set.
    """
    edge, c = gamma / 2, COORDINATE_STD * np.asarray(tangent, dtype=float)
    density = np.sqrt(2 / np.pi) / COORDINATE_STD
    with np.errstate(divide="ignore", invalid="ignore"):
        wrong = edge * norm.cdf(-edge / c) + c * (norm.pdf(0) - norm.pdf(edge / c))
    return 1 - (np.arctan(tangent) / np.pi - density * wrong) / (1 - density * edge)

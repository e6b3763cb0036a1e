"""The feature maps of the ridge experiments and their exact second moments.

A map sends an input x to m features phi(x); its teacher f* (arXiv 2601.19791, figures 2, 3, 5-7) is carried along as
one more column, so that data, population loss and Monte Carlo all treat it alike. `draw_map` draws one; each offers

* `inputs(n, rng)`: n fresh inputs, `(n, d)`; the first rows do not depend on n;
* `evaluate(x)`: `(n, m + 1)`, the m features and, last, the teacher's value;
* `second_moments(V)`: `V^T E[psi psi^T] V` for the extended features psi(x) = (phi(x), f*(x)), exact: all means of
  products of the functions psi(x).v; the `(m + 1) x (m + 1)` matrix is formed a block at a time and never stored;
* `smallest_eigenvalue()`: an upper bound on lambda_min(Sigma), Sigma = E[phi phi^T].
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grokking.kernels import arc_cosine
from grokking.seeds import Role, generator

BLOCK = 256  # side of the blocks of Sigma: half a megabyte each, so that they stay in the cache
NON_ZERO = 5  # coordinates of a sparse teacher that are not 0
LEADING = 512  # features whose block of Sigma bounds lambda_min(Sigma) from above


@dataclass(frozen=True)
class GaussianFeatures:
    """phi(x) = x ~ N(0, I_m / m), teacher f*(x) = theta*.x with ||theta*|| = 1 (figures 1 left and 2)."""

    teacher: np.ndarray  # theta*, (m,)

    @classmethod
    def draw(cls, m: int, d: int, root: int, seed: int, teacher: str) -> "GaussianFeatures":
        """Draw a teacher of unit norm in R^m, a key of `TEACHERS`; inputs are the features, so d must equal m."""
        if d != m:
            raise ValueError(f"d = {d}: expected d = m = {m}, the identity map has as many features as inputs")
        return cls(TEACHERS[teacher](m, root, seed))

    def inputs(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Return n inputs, `(n, m)`."""
        m = len(self.teacher)
        return rng.standard_normal((n, m)) / np.sqrt(m)

    def evaluate(self, x: np.ndarray) -> np.ndarray:
        """Return features and teacher, `(n, m + 1)`."""
        return np.column_stack([x, x @ self.teacher])

    def second_moments(self, V: np.ndarray) -> np.ndarray:
        """Return `V^T E[psi psi^T] V`, `(k, k)`, for V of shape `(m + 1, k)`; Sigma = I_m / m."""
        m = len(self.teacher)
        features = V[:m] + np.outer(self.teacher, V[m])
        return features.T @ features / m

    def smallest_eigenvalue(self) -> float:
        """Return lambda_min(Sigma) = 1/m, exact."""
        return 1 / len(self.teacher)


@dataclass(frozen=True)
class ReluFeatures:
    """phi_j(x) = relu(w_j.x), w_j ~ N(0, I_d / (d m)), x ~ N(0, I_d); the teacher is one neuron of unit norm."""

    weights: np.ndarray  # (m + 1, d), the teacher's weights last

    @classmethod
    def draw(cls, m: int, d: int, root: int, seed: int, teacher: str) -> "ReluFeatures":
        """Draw the hidden weights at nu^2 = 1 (figure 3) and those of the teacher, a key of `TEACHERS`, in R^d."""
        hidden = generator(root, Role.FEATURES, seed).standard_normal((m, d)) / np.sqrt(d * m)
        return cls(np.vstack([hidden, TEACHERS[teacher](d, root, seed)]))

    def inputs(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Return n inputs, `(n, d)`."""
        return rng.standard_normal((n, self.weights.shape[1]))

    def evaluate(self, x: np.ndarray) -> np.ndarray:
        """Return features and teacher, `(n, m + 1)`."""
        values = x @ self.weights.T
        return np.maximum(values, 0, out=values)

    def second_moments(self, V: np.ndarray) -> np.ndarray:
        """Return `V^T E[psi psi^T] V`, `(k, k)`, for V of shape `(m + 1, k)`.

        The norms of the weights are taken out of the blocks, where they would cost as much as the angles.
        """
        norms = np.linalg.norm(self.weights, axis=1, keepdims=True)
        units = self.weights / norms
        form = _symmetric_form(lambda rows, columns: arc_cosine(units[rows] @ units[columns].T), norms * V)
        return form / (2 * np.pi)

    def smallest_eigenvalue(self) -> float:
        """Return an upper bound on lambda_min(Sigma): that of a leading block (Cauchy interlacing)."""
        leading = self.weights[: min(len(self.weights) - 1, LEADING)]
        return _smallest_eigenvalue(relu_second_moment(leading, leading))


@dataclass(frozen=True)
class FourierFeatures:
    """phi_j(x) = sqrt(2/m) cos(w_j.x + b_j), w_j ~ N(0, sigma^2 I_d), b_j ~ U[0, 2 pi]; teacher alike (figure 7)."""

    weights: np.ndarray  # (m + 1, d), the teacher's last
    phases: np.ndarray  # (m + 1,)

    @classmethod
    def draw(cls, m: int, d: int, root: int, seed: int, sigma2: float) -> "FourierFeatures":
        """Draw frequencies of variance `sigma2` and phases; the teacher is drawn the same way from its own stream."""
        hidden, teacher = generator(root, Role.FEATURES, seed), generator(root, Role.TEACHER, seed)
        weights = np.sqrt(sigma2) * np.vstack([hidden.standard_normal((m, d)), teacher.standard_normal(d)])
        phases = 2 * np.pi * np.append(hidden.random(m), teacher.random())
        return cls(weights, phases)

    def inputs(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Return n inputs, `(n, d)`."""
        return rng.standard_normal((n, self.weights.shape[1]))

    def evaluate(self, x: np.ndarray) -> np.ndarray:
        """Return features and teacher, `(n, m + 1)`."""
        return np.sqrt(2 / self._m) * np.cos(x @ self.weights.T + self.phases)

    def second_moments(self, V: np.ndarray) -> np.ndarray:
        """Return `V^T E[psi psi^T] V`, `(k, k)`, for V of shape `(m + 1, k)`."""
        return 2 / self._m * _symmetric_form(self._second_moment, V)

    def smallest_eigenvalue(self) -> float:
        """Return an upper bound on lambda_min(Sigma): that of a leading block (Cauchy interlacing)."""
        leading = slice(0, min(self._m, LEADING))
        return _smallest_eigenvalue(2 / self._m * self._second_moment(leading, leading))

    @property
    def _m(self) -> int:
        return len(self.phases) - 1

    def _second_moment(self, rows: slice, columns: slice) -> np.ndarray:
        return fourier_second_moment(self.weights[rows], self.phases[rows], self.weights[columns], self.phases[columns])


FEATURE_MAPS = {"gaussian": GaussianFeatures, "relu": ReluFeatures, "fourier": FourierFeatures}
FeatureMap = GaussianFeatures | ReluFeatures | FourierFeatures


def draw_map(
    features: str, m: int, d: int, root: int, seed: int, teacher: str = "dense", sigma2: float = 1.0
) -> FeatureMap:
    """Draw one seed's map with its teacher.

    Args: `features` a key of `FEATURE_MAPS`; m features of inputs in R^d; `root` and `seed` of the streams; `teacher`
    a key of `TEACHERS` (of gaussian and relu features); `sigma2` the frequencies' variance (of fourier features).
    """
    of_its_own = sigma2 if features == "fourier" else teacher
    return FEATURE_MAPS[features].draw(m, d, root, seed, of_its_own)


def relu_second_moment(U: np.ndarray, V: np.ndarray) -> np.ndarray:
    """Return E[relu(u.x) relu(v.x)] for x ~ N(0, I_d) and all rows u of U `(p, d)`, v of V `(q, d)`: `(p, q)`."""
    scale = np.outer(np.linalg.norm(U, axis=1), np.linalg.norm(V, axis=1))
    return scale * arc_cosine(U @ V.T / scale) / (2 * np.pi)


def fourier_second_moment(U: np.ndarray, p: np.ndarray, V: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return E[cos(u.x + p) cos(v.x + q)] for x ~ N(0, I_d) and all rows u of U, v of V: `(len(U), len(V))`.

    The cosines of p - q and of p + q, damped by exp(-||u - v||^2 / 2) and exp(-||u + v||^2 / 2), halved and added. They
    are written in those of p and q: a cosine of every element would cost ten times the exponential.
    """
    inner = U @ V.T
    squares = np.add.outer(np.sum(U**2, axis=1), np.sum(V**2, axis=1)) / 2
    same, opposite = np.exp(inner - squares) / 2, np.exp(-inner - squares) / 2
    cosines, sines = np.outer(np.cos(p), np.cos(q)), np.outer(np.sin(p), np.sin(q))
    return (same + opposite) * cosines + (same - opposite) * sines


def _symmetric_form(block: Callable[[slice, slice], np.ndarray], V: np.ndarray) -> np.ndarray:
    """Return `V^T S V` for a symmetric S given by `block(rows, columns)`, without blocks below the diagonal.

    With R the blocks above the diagonal and half of those on it, S = R + R^T.
    """
    upper = np.zeros_like(V)  # R V
    slices = [slice(start, start + BLOCK) for start in range(0, len(V), BLOCK)]
    for i, rows in enumerate(slices):
        upper[rows] = block(rows, rows) @ V[rows] / 2
        for columns in slices[i + 1 :]:
            upper[rows] += block(rows, columns) @ V[columns]
    form = V.T @ upper
    return form + form.T


def _smallest_eigenvalue(symmetric: np.ndarray) -> float:
    return float(np.linalg.eigvalsh(symmetric)[0])


def _dense(dimension: int, root: int, seed: int) -> np.ndarray:
    """Uniform on the unit sphere."""
    return _unit(generator(root, Role.TEACHER, seed).standard_normal(dimension))


def _sparse(dimension: int, root: int, seed: int) -> np.ndarray:
    """All but NON_ZERO coordinates are 0."""
    rng = generator(root, Role.TEACHER, seed)
    direction = np.zeros(dimension)
    direction[rng.choice(dimension, min(NON_ZERO, dimension), replace=False)] = rng.standard_normal(
        min(NON_ZERO, dimension)
    )
    return _unit(direction)


def _aligned(dimension: int, root: int, seed: int) -> np.ndarray:
    """Along the first training input, so that with identity features it lies in the span of the data."""
    return _unit(generator(root, Role.DATA, seed).standard_normal(dimension))


def _unit(direction: np.ndarray) -> np.ndarray:
    return direction / np.linalg.norm(direction)


TEACHERS = {"dense": _dense, "sparse": _sparse, "aligned": _aligned}
"""Kinds of teacher of unit norm: dimension, root and seed -> theta*, `(dimension,)`."""

"""What one seed's data says to gradient descent on ridge regression: drawn once, for every scale of its parts."""

from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from grokking.results.files import write_arrays
from grokking.results.jobs import seeds_of, stage
from grokking.ridge.features import draw_map
from grokking.seeds import Role, generator


@dataclass(frozen=True)
class RidgeProblem:
    """What gradient descent and the population loss need to know of one seed's data: n points, m features.

    Drawn once with unit scales; `rescaled` gives every initialisation scale, teacher and noise level from it.
    """

    gram: np.ndarray  # Phi Phi^T, (n, n)
    start: np.ndarray  # Phi theta_0, (n,)
    target: np.ndarray  # teacher at the points, (n,)
    noise: np.ndarray  # label noise, (n,)
    moments: np.ndarray  # E[h h^T] for h = (f_0, phi(x).phi(x_1), ..., phi(x).phi(x_n), f*), (n + 2, n + 2)
    start_norm2: np.ndarray  # ||theta_0||^2, scalar
    lambda_min_sigma: np.ndarray  # lambda_min of E[phi phi^T], or an upper bound on it, scalar
    m: np.ndarray  # number of features, scalar

    @property
    def labels(self) -> np.ndarray:
        """Y = teacher + noise, `(n,)`."""
        return self.target + self.noise

    def rescaled(
        self, n: int, init_scale: float, feature_scale: float, teacher_scale: float, noise_std: float
    ) -> "RidgeProblem":
        """Return the problem of the first n points with theta_0, phi, f* and the noise multiplied by the scales."""
        functions = np.concatenate([[init_scale * feature_scale], np.full(n, feature_scale**2), [teacher_scale]])
        kept = np.r_[0 : n + 1, len(self.moments) - 1]
        return RidgeProblem(
            gram=feature_scale**2 * self.gram[:n, :n],
            start=init_scale * feature_scale * self.start[:n],
            target=teacher_scale * self.target[:n],
            noise=noise_std * self.noise[:n],
            moments=self.moments[np.ix_(kept, kept)] * np.outer(functions, functions),
            start_norm2=init_scale**2 * self.start_norm2,
            lambda_min_sigma=feature_scale**2 * self.lambda_min_sigma,
            m=self.m,
        )

    def started_at_zero(self) -> "RidgeProblem":
        """Return the same data and teacher with theta_0 = 0."""
        kept = np.ones(len(self.moments))
        kept[0] = 0
        moments = self.moments * np.outer(kept, kept)
        return replace(self, start=np.zeros_like(self.start), moments=moments, start_norm2=np.zeros(()))

    def with_unseen(self, scale: float) -> "RidgeProblem":
        """Return the problem with `scale` times the part of theta_0 that is orthogonal to all features in the data.

        The student's values at the points, and so the whole training curve, stay as they are.
        """
        coefficients = np.linalg.solve(self.gram, self.start)  # the part that is seen is Phi^T @ coefficients
        seen_norm2 = self.start @ coefficients
        functions = np.eye(len(self.moments))  # columns: f_0 anew, all else as before, in terms of those before
        functions[:-1, 0] = np.concatenate([[scale], (1 - scale) * coefficients])
        return replace(
            self,
            moments=functions.T @ self.moments @ functions,
            start_norm2=seen_norm2 + scale**2 * (self.start_norm2 - seen_norm2),
        )


def draw_problem(
    features: str, m: int, d: int, n: int, root: int, seed: int, teacher: str = "dense", sigma2: float = 1.0
) -> RidgeProblem:
    """Draw map, teacher, points, initialisation and noise of one seed; the first points do not depend on n.

    Args: `features` a key of `FEATURE_MAPS`; m features of inputs in R^d; n points; `root` and `seed` of the streams;
    `teacher` and `sigma2` as in `features.draw_map`.
    """
    feature_map = draw_map(features, m, d, root, seed, teacher, sigma2)
    evaluated = feature_map.evaluate(feature_map.inputs(n, generator(root, Role.DATA, seed)))
    Phi, target = evaluated[:, :m], evaluated[:, m]
    theta_0 = generator(root, Role.INIT, seed).standard_normal(m)
    functions = np.zeros((m + 1, n + 2))  # f_0, the n kernel functions and f* in terms of (phi, f*)
    functions[:m, 0], functions[:m, 1:-1], functions[m, -1] = theta_0, Phi.T, 1
    return RidgeProblem(
        gram=Phi @ Phi.T,
        start=Phi @ theta_0,
        target=target.copy(),  # a view would keep all features in memory
        noise=generator(root, Role.NOISE, seed).standard_normal(n),
        moments=feature_map.second_moments(functions),
        start_norm2=theta_0 @ theta_0,
        lambda_min_sigma=np.array(feature_map.smallest_eigenvalue()),
        m=np.array(m),
    )


def stack(problems: list[RidgeProblem]) -> dict[str, np.ndarray]:
    """Return the problems of all seeds as arrays with the seed as first axis, to be saved."""
    return {field.name: np.stack([getattr(p, field.name) for p in problems]) for field in fields(RidgeProblem)}


def unstack(arrays: dict[str, np.ndarray], seed: int) -> RidgeProblem:
    """Return one seed's problem from what `stack` made."""
    return RidgeProblem(**{field.name: arrays[field.name][seed] for field in fields(RidgeProblem)})


@dataclass(frozen=True)
class DataSet:
    """What several runs share: a map to m features of inputs in R^d, seeds, and the points of the largest run."""

    name: str
    features: str
    m: int
    d: int
    n_points: int
    n_seeds: int
    teacher: str = "dense"
    sigma2: float = 1.0


@stage
def draw(dataset: DataSet, seed: int, data: Path) -> None:
    """Draw every seed's problem from the root seed `seed` and write them all to `data`."""
    d = dataset
    problems = [
        draw_problem(d.features, d.m, d.d, d.n_points, seed, replicate, d.teacher, d.sigma2)
        for replicate in seeds_of(dataset.name, dataset.n_seeds, "drawn")
    ]
    write_arrays(stack(problems), data)

"""The surrogate accuracy P_x((f_t(x) - f*(x))^2 <= eps) of ridge runs, by Monte Carlo (figure 5)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.results.files import read_arrays, write_parquet
from grokking.results.jobs import StageError, seeds_of, stage
from grokking.results.rows import curve_rows
from grokking.ridge.features import draw_map
from grokking.ridge.path import RidgePath
from grokking.ridge.run import Run
from grokking.seeds import Role, generator

BLOCK = 250  # inputs evaluated at a time: 20 MB at m = 10 000; four times as many cost twice as much


@dataclass(frozen=True)
class SurrogateRun(Run):
    """A run with what it takes to draw its features again, and how many inputs its accuracy is measured on."""

    m: int
    d: int
    teacher: str
    sigma2: float
    surrogate_points: int


@stage
def measure(run: SurrogateRun, seed: int, data: Path, curves: Path) -> None:
    """Measure one replicate after the other, drawn from the root seed `seed`, and write the curves.

    Raises StageError, naming run and key, where gradient descent diverges.
    """
    paths = run.paths(read_arrays(data))
    try:
        parts = [surrogate_accuracy(run, seed, i, paths[i]) for i in seeds_of(run.run, run.n_seeds, "measured")]
    except ValueError as error:
        raise StageError(f"{run.run}: {error}") from error
    write_parquet(pa.concat_tables(parts), curves)


def surrogate_accuracy(run: SurrogateRun, root: int, seed: int, path: RidgePath) -> pa.Table:
    """Return the surrogate accuracy of one seed at the logged steps, as rows of `curves`.

    Its standard error is at most 0.5 / sqrt(surrogate_points); the seed's map and points are drawn again from its
    streams.
    """
    m, points = run.m, run.surrogate_points
    feature_map = draw_map(run.features, m, run.d, root, seed, run.teacher, run.sigma2)
    init_scale, feature_scale = run.scales
    Phi = feature_map.evaluate(feature_map.inputs(run.n, generator(root, Role.DATA, seed)))[:, :m]
    theta_0 = generator(root, Role.INIT, seed).standard_normal(m)
    functions = np.vstack([init_scale * feature_scale * theta_0, feature_scale**2 * Phi]).T
    rho = path.population.powers(run.steps)[:, :1]
    coefficients = np.hstack([rho, path.kernel_coefficients(run.steps)])
    rng = generator(root, Role.MONTE_CARLO, seed)
    close = np.zeros(len(run.steps))
    for start in range(0, points, BLOCK):
        evaluated = feature_map.evaluate(feature_map.inputs(min(BLOCK, points - start), rng))
        errors = evaluated[:, :m] @ functions @ coefficients.T - run.teacher_scale * evaluated[:, m:]
        close += np.sum(errors**2 <= run.eps, axis=0)
    return curve_rows(run.run, seed, run.steps, {("surrogate_accuracy", "population"): close / points})

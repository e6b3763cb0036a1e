"""One ridge configuration over all its seeds: loss curves, exact times and the surrogate accuracy.

A configuration ("run") is a mapping with the keys of the `runs` table: run, features, m, d, n, eta, weight_decay, nu2,
teacher_scale, noise_std, eps, horizon, surrogate_points, n_seeds. Functions return rows of the table they are named
after.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from grokking.results.rows import Time, curve_rows, time_rows
from grokking.ridge.features import FEATURE_MAPS
from grokking.ridge.path import RidgePath
from grokking.ridge.problem import unstack
from grokking.seeds import Role, generator
from grokking.steps import log_grid

POINTS_PER_DECADE = 30
MONTE_CARLO_BLOCK = 1000  # inputs evaluated at a time: 80 MB at m = 10 000


def start_and_feature_scale(run: Mapping) -> tuple[float, float]:
    """Return the factors that nu2 puts on theta_0 and on phi.

    nu2 is the variance of theta_0, but of the hidden weights for ReLU features (figure 3): there it scales phi.
    """
    nu = float(np.sqrt(run["nu2"]))
    return (1.0, nu) if run["features"] == "relu" else (nu, 1.0)


def paths(run: Mapping, problems: Mapping[str, np.ndarray]) -> list[RidgePath]:
    """Return the trajectory of every seed of a run from the stacked problems of its data set."""
    scales = (*start_and_feature_scale(run), run["teacher_scale"], run["noise_std"])
    stored = (unstack(problems, seed) for seed in range(run["n_seeds"]))
    return [RidgePath(p.rescaled(run["n"], *scales), run["eta"], run["weight_decay"]) for p in stored]


def curves(run: Mapping, seeds: list[RidgePath]) -> pa.Table:
    """Return L_n (split `train`) and L (split `population`) of every seed at the logged steps."""
    steps, parts = log_grid(run["horizon"], POINTS_PER_DECADE), []
    for seed, path in enumerate(seeds):
        both = {"train": path.training, "population": path.population}
        losses = {("loss", split): curve.squared_norm(steps) for split, curve in both.items()}
        parts.append(curve_rows(run["run"], seed, steps, losses))
    return pa.concat_tables(parts)


def exact_times(path: RidgePath, eps: float) -> dict[str, int | None]:
    """Return t1(eps), t2(eps) and t_settle(eps) = max{t : |L - L_inf| >= eps}; None where there is no such step."""
    return {
        "t1": path.training.last_at_least(eps),
        "t2": path.population.first_at_most(eps),
        "t_settle": path.population.last_away_from_limit(eps),
    }


def times(run: Mapping, seeds: list[RidgePath]) -> pa.Table:
    """Return the times of every seed, exact to the step; with no horizon, a null step means that none exists."""
    parts = []
    for seed, path in enumerate(seeds):
        steps = exact_times(path, run["eps"])
        found = [(name, run["eps"], Time(step, step is None, 0)) for name, step in steps.items()]
        parts.append(time_rows(run["run"], seed, found, horizon=None))
    return pa.concat_tables(parts)


def surrogate_accuracy(run: Mapping, root: int, seed: int, path: RidgePath) -> pa.Table:
    """Return P_x((f_t(x) - f*(x))^2 <= eps) of one seed at the logged steps (figure 5).

    By Monte Carlo over run["surrogate_points"] inputs, with standard error at most 0.5 / sqrt(points); the seed's map
    and points are drawn again from its streams.
    """
    m, n, points = run["m"], run["n"], run["surrogate_points"]
    feature_map = FEATURE_MAPS[run["features"]].draw(m, run["d"], root, seed)
    init_scale, feature_scale = start_and_feature_scale(run)
    Phi = feature_map.evaluate(feature_map.inputs(n, generator(root, Role.DATA, seed)))[:, :m]
    theta_0 = generator(root, Role.INIT, seed).standard_normal(m)
    functions = np.vstack([init_scale * feature_scale * theta_0, feature_scale**2 * Phi]).T
    steps = log_grid(run["horizon"], POINTS_PER_DECADE)
    rho = path.population.powers(steps)[:, :1]
    coefficients = np.hstack([rho, path.kernel_coefficients(steps)])
    rng = generator(root, Role.MONTE_CARLO, seed)
    close = np.zeros(len(steps))
    for start in range(0, points, MONTE_CARLO_BLOCK):
        evaluated = feature_map.evaluate(feature_map.inputs(min(MONTE_CARLO_BLOCK, points - start), rng))
        errors = evaluated[:, :m] @ functions @ coefficients.T - run["teacher_scale"] * evaluated[:, m:]
        close += np.sum(errors**2 <= run["eps"], axis=0)
    return curve_rows(run["run"], seed, steps, {("surrogate_accuracy", "population"): close / points})

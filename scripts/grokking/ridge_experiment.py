"""One ridge configuration over all its seeds: loss curves, exact times and the surrogate accuracy.

A configuration ("run") is a mapping with the keys of the `runs` table: run, features, m, d, n, eta, weight_decay, nu2,
teacher_scale, noise_std, eps, horizon, surrogate_points, n_seeds. Functions return rows of the table they are named
after.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from grokking.features import FEATURE_MAPS
from grokking.ridge import RidgePath, unstack
from grokking.seeds import Role, generator

POINTS_PER_DECADE = 30
MONTE_CARLO_BLOCK = 1000  # inputs evaluated at a time: 80 MB at m = 10 000


def logged_steps(horizon: int) -> np.ndarray:
    """Return 0, 1, 2, ... thinning to `POINTS_PER_DECADE` steps a decade, up to and including `horizon`."""
    decades = np.log10(horizon)
    grid = np.logspace(0, decades, int(np.ceil(decades * POINTS_PER_DECADE)) + 1)
    return np.unique(np.concatenate([[0], np.round(grid).astype(np.int64)]))


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
    steps = logged_steps(run["horizon"])
    parts = []
    for seed, path in enumerate(seeds):
        parts.append(_curve(run["run"], seed, steps, "loss", "train", path.training.squared_norm(steps)))
        parts.append(_curve(run["run"], seed, steps, "loss", "population", path.population.squared_norm(steps)))
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
    found = [(seed, *item) for seed, path in enumerate(seeds) for item in exact_times(path, run["eps"]).items()]
    seed, quantity, step = zip(*found, strict=True)
    count = len(found)
    return pa.table(
        {
            "run": [run["run"]] * count,
            "seed": pa.array(seed, pa.int64()),
            "quantity": quantity,
            "eps": [float(run["eps"])] * count,
            "step": pa.array(step, pa.int64()),
            "censored": [s is None for s in step],
            "horizon": pa.nulls(count, pa.int64()),
            "resolution": [0.0] * count,
        }
    )


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
    steps = logged_steps(run["horizon"])
    rho = path.population.powers(steps)[:, :1]
    coefficients = np.hstack([rho, path.kernel_coefficients(steps)])
    rng = generator(root, Role.MONTE_CARLO, seed)
    close = np.zeros(len(steps))
    for start in range(0, points, MONTE_CARLO_BLOCK):
        evaluated = feature_map.evaluate(feature_map.inputs(min(MONTE_CARLO_BLOCK, points - start), rng))
        errors = evaluated[:, :m] @ functions @ coefficients.T - run["teacher_scale"] * evaluated[:, m:]
        close += np.sum(errors**2 <= run["eps"], axis=0)
    return _curve(run["run"], seed, steps, "surrogate_accuracy", "population", close / points)


def _curve(name: str, seed: int, steps: np.ndarray, quantity: str, split: str, values: np.ndarray) -> pa.Table:
    count = len(steps)
    return pa.table(
        {
            "run": [name] * count,
            "seed": pa.array(np.full(count, seed), pa.int64()),
            "step": pa.array(steps, pa.int64()),
            "quantity": [quantity] * count,
            "split": [split] * count,
            "value": pa.array(values, pa.float64()),
        }
    )

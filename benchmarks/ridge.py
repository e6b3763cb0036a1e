"""Cost of the closed form of ridge regression against explicit gradient descent on the same data.

Both give training and population loss of the default run of figure 2 at the logged steps and find t1 and t2; explicit
gradient descent does so by executing every step until t2. Prints CPU seconds and their ratio, pair by pair.
"""

import time
from collections.abc import Callable

import numpy as np
from grokking.ridge.features import GaussianFeatures
from grokking.ridge.path import RidgePath
from grokking.ridge.problem import draw_problem
from grokking.ridge.run import POINTS_PER_DECADE
from grokking.seeds import Role, generator
from grokking.steps import log_grid
from table import row, save

N, M, ETA, WEIGHT_DECAY, EPS, ROOT, PAIRS = 100, 1000, 1.0, 1e-4, 0.01, 20260131, 3


def closed_form(seed: int) -> tuple[int, int]:
    """Return t1 and t2 of one seed from the eigenproblem."""
    problem = draw_problem("gaussian", M, M, N, ROOT, seed).rescaled(N, 1.0, 1.0, 1.0, 0.0)
    path = RidgePath(problem, ETA, WEIGHT_DECAY)
    path.training.squared_norm(log_grid(10**6, POINTS_PER_DECADE))
    path.population.squared_norm(log_grid(10**6, POINTS_PER_DECADE))
    times = path.times(EPS)
    return times["t1"], times["t2"]


def explicit(seed: int) -> tuple[int, int]:
    """Return t1 and t2 of one seed by executing every step, with both losses at every step."""
    features = GaussianFeatures.draw(M, M, ROOT, seed, "dense")
    x = features.inputs(N, generator(ROOT, Role.DATA, seed))
    y, theta = x @ features.teacher, generator(ROOT, Role.INIT, seed).standard_normal(M)
    step, t1 = 0, None
    while True:
        residual = x @ theta - y
        difference = theta - features.teacher
        if residual @ residual / (2 * N) >= EPS:
            t1 = step
        if difference @ difference / M <= EPS:
            return t1, step
        theta = theta - ETA / N * (x.T @ residual) - ETA * WEIGHT_DECAY * theta
        step += 1


def timed(solve: Callable[[int], tuple[int, int]], seed: int) -> tuple[tuple[int, int], float]:
    """Return what `solve` gives and the CPU seconds it took."""
    started = time.process_time()
    times = solve(seed)
    return times, time.process_time() - started


def main() -> None:
    """Time both in turn on the same seeds and print the table."""
    print("seed  closed form [CPU s]  every step [CPU s]  ratio  t1   t2")
    fasts, slows = [], []
    for seed in range(PAIRS):
        exact, fast = timed(closed_form, seed)
        plain, slow = timed(explicit, seed)
        if exact != plain:
            raise SystemExit(f"seed {seed}: closed form {exact}, gradient descent {plain}")
        fasts.append(fast)
        slows.append(slow)
        print(f"{seed:4d}  {fast:19.4f}  {slow:18.2f}  {slow / fast:5.0f}  {exact[0]}  {exact[1]}")
    print(f"median ratio {np.median(np.divide(slows, fasts)):.0f}")
    save([row("t1, t2 and losses of figure 2's default run", fasts, slows, extrapolated=False)])


if __name__ == "__main__":
    main()

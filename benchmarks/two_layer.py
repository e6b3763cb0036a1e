"""CPU seconds of a two-layer network's run in pieces against plain gradient descent, at the defaults.

Plain descent takes every step, as the check does, for PLAIN_STEPS steps only; its cost up to t2 is extrapolated in
proportion to the steps (no logging, no population loss).
"""

import time

import numpy as np
from grokking.networks.descent import train_network
from grokking.networks.model import gaussian_points, initial_parameters
from grokking.networks.plain import PlainDescent
from grokking.steps import log_grid
from table import row, save

N, M, D, NU2, WEIGHT_DECAY, ETA, LEVEL = 50, 1000, 50, 1.0, 0.05, 1e-4, 0.01
HORIZON, PER_DECADE, PLAIN_STEPS, SEEDS = 300_000, 4, 2000, 3


def plain_seconds(X: np.ndarray, theta: np.ndarray, steps: int) -> float:
    """Return the CPU seconds of `steps` plain steps."""
    descent = PlainDescent(X, theta, ETA, WEIGHT_DECAY)
    start = time.process_time()
    for _ in range(steps):
        descent.step(descent.outputs())
    return time.process_time() - start


def main() -> None:
    """Print one line a seed."""
    print(f"n={N} m={M} d={D} nu2={NU2} weight_decay={WEIGHT_DECAY} eta={ETA}; CPU seconds")
    accelerated, plain = [], []
    for seed in range(SEEDS):
        X, theta = gaussian_points(1, seed, N, D), initial_parameters(1, seed, M, D, NU2)
        start = time.process_time()
        run = train_network(X, theta, ETA, WEIGHT_DECAY, LEVEL, LEVEL, log_grid(HORIZON, PER_DECADE))
        accelerated.append(time.process_time() - start)
        measured = plain_seconds(X, theta, PLAIN_STEPS)
        plain.append(measured * run.t2 / PLAIN_STEPS)
        print(
            f"seed {seed}: t1 {run.t1}, t2 {run.t2}, "
            f"accelerated {accelerated[-1]:.2f} ({run.kernels} tangent kernels); "
            f"plain {measured:.2f} for {PLAIN_STEPS} steps, extrapolated to t2 {plain[-1]:.1f}: "
            f"{plain[-1] / accelerated[-1]:.0f} times"
        )
    save([row("a network of figure 4's default run to t2", accelerated, plain, extrapolated=True)])


if __name__ == "__main__":
    main()

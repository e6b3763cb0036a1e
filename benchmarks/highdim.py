"""Cost of logistic regression at d = 1024, N = 1e6, T = 1e7: CPU seconds, peak memory, gain over brute force.

The brute-force step measured is one float32 pass forward and back over rows held in memory, the least that
executing every step on the whole data set could cost.
"""

import argparse
import resource
import time

import numpy as np
from grokking.highdim.data import Population
from grokking.highdim.descent import train
from scipy.special import expit
from table import row, save

D, ETA, HORIZON = 1024, 1e-2, 10_000_000


def cpu_seconds_of_a_full_step(population: Population, chunks: int) -> float:
    """Measure a step on the first chunks and scale it to the size of the data set."""
    rows = [population.chunk(i) for i in range(chunks)]
    w = np.full(D, 0.01, np.float32)
    start = time.process_time()
    for chunk in rows:
        expit(-(chunk.z @ w)) @ chunk.z
    return (time.process_time() - start) * population.size / sum(len(chunk.p) for chunk in rows)


def main() -> None:
    """Train once and print the figures, a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="training points")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every-step", action="store_true", help="execute every step after separation too")
    args = parser.parse_args()
    population = Population(0, args.seed, D, args.size - args.size // 2, args.size // 2)

    start = time.process_time()
    run = train(population, ETA, HORIZON, every_step=args.every_step)
    cpu = time.process_time() - start
    # Kibibytes on Linux.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    step = cpu_seconds_of_a_full_step(population, min(population.n_chunks, 50))

    print(f"d = {D}, N = {args.size}, T = {HORIZON}, seed {args.seed}")
    print(f"training with generation   {cpu:.1f} s CPU")
    print(f"peak resident              {peak:.2f} GiB")
    print(f"separated at step          {run.separation}")
    print(f"flow from step             {run.flow_from}, {run.n_core} rows in the dual")
    print(f"relative gradient left out {run.left_out:.2g} at most")
    print(f"one brute-force step       {step:.3f} s CPU, {step * HORIZON / 86400:.0f} days for all")
    print(f"ratio                      {step * HORIZON / cpu:.3g}")
    save([row(f"{HORIZON} steps on {args.size} points, d = {D}", [cpu], [step * HORIZON], extrapolated=True)])


if __name__ == "__main__":
    main()

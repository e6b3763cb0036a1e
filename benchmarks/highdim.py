"""Cost of logistic regression at d = 1024, N = 1e6, T = 1e7: CPU seconds, peak memory, gain over brute force.

The brute-force step measured is one float32 pass forward and back over rows held in memory, the least that
executing every step on the whole data set could cost.
"""

import argparse
import resource
import time

import numpy as np
from grokking.flow.trainer import train as train_by_mean
from grokking.highdim.data import Population
from grokking.highdim.descent import train as train_by_sum
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


def cpu_seconds(training) -> float:
    """Train, say what came of it and what it cost, and return the CPU seconds."""
    start = time.process_time()
    outcome = training()
    cpu = time.process_time() - start
    # Kibibytes on Linux; of both readings the larger, once both have run.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{outcome}\n  {cpu:.1f} s CPU with the drawing of the points, {peak:.2f} GiB at most until now")
    return cpu


def by_mean(population: Population) -> str:
    """Train with and without a bias on the mean loss, over shared passes."""
    runs = train_by_mean(population, ETA, HORIZON, biases=(True, False))
    worst = max(run.correction for run in runs)
    return f"mean loss, with and without a bias: {len(runs[0].updates)} passes, certificate {worst:.2g}"


def by_sum(population: Population, every_step: bool) -> str:
    """Train with a bias on the sum loss."""
    run = train_by_sum(population, ETA, HORIZON, every_step=every_step)
    flow = f"flow from step {run.flow_from}, {run.n_core} rows in the dual, left out {run.left_out:.2g} at most"
    return f"sum loss, with a bias: separated at step {run.separation}, {flow}"


def main() -> None:
    """Train once by each reading and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="training points")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every-step", action="store_true", help="by sum loss execute every step after separation too")
    args = parser.parse_args()
    population = Population(0, args.seed, D, args.size - args.size // 2, args.size // 2)
    print(f"d = {D}, N = {args.size}, T = {HORIZON}, seed {args.seed}")

    seconds = {"mean loss, two runs": cpu_seconds(lambda: by_mean(population))}
    seconds["sum loss"] = cpu_seconds(lambda: by_sum(population, args.every_step))
    step = cpu_seconds_of_a_full_step(population, min(population.n_chunks, 50))
    print(f"one brute-force step {step:.3f} s CPU, {step * HORIZON / 86400:.0f} days for all of a run")
    rows = []
    for (loss, cpu), runs in zip(seconds.items(), (2, 1), strict=True):
        case = f"{HORIZON} steps on {args.size} points, d = {D}, {loss}"
        rows.append(row(case, [cpu], [runs * step * HORIZON], extrapolated=True))
        print(f"{loss}: {cpu / step:.0f} steps' cost, ratio {rows[-1]['ratio']:.3g}")
    save(rows)


if __name__ == "__main__":
    main()

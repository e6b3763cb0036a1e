"""Cost of late steps: a sweep of support-vector balances to 1e12, and against the logarithm of the horizon.

Prints CPU seconds and gradients, and pairs the step-by-step trainer's cost of 1e7 steps with the accelerator's. Run
from the root as `PYTHONPATH=scripts python benchmarks/longtime.py [seeds]`, with one BLAS thread (OMP_NUM_THREADS=1).
"""

import sys
import time

import numpy as np
from grokking.logistic.evaluation import accuracy
from grokking.logistic.trajectory import Trajectory
from grokking.planar.data import concentrated_test_set, training_set
from grokking.planar.descent import RATIO, train
from grokking.planar.late import LateRun, extend
from grokking.steps import snapshot_steps
from grokking.times import first_crossing, last_crossing
from table import row, save

ETA, GAMMA, ALPHA = 1e-2, 1e-3, 10
START = 10_000
HORIZON = 10**12
MAJORITIES = (200, 220, 240, 260, 280, 300, 320, 340, 355, 370, 380, 390)
EPS = (0.0, 0.001, 0.01, 0.05, 0.1)
PAIRS = 5
STEPWISE = 20_000


def points(s_pos: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return e400 data: 400 support vectors, s_pos of them positive, equally spaced on |u| <= 1."""
    counts = {"n_pos": 1000, "n_neg": 1000, "s_pos": s_pos, "s_neg": 400 - s_pos}
    data = training_set(0, seed, gamma=GAMMA, planting="equispaced", **counts)
    return data.x, data.y.astype(float)


def late(data: list, early: Trajectory, replicate: int, horizon: int) -> LateRun:
    """Extend one trained run from START to the horizon, on the grid that times are read from."""
    state, steps = (early.w[-1, replicate], early.b[-1, replicate]), snapshot_steps(horizon, RATIO)
    return extend(*data[replicate], *state, eta=ETA, start=START, steps=steps[steps >= START])


def read_times(early: Trajectory, replicate: int, run: LateRun, seed: int) -> None:
    """Evaluate one run on its concentrated test set and read first and last crossings at every eps."""
    test = concentrated_test_set(0, seed, gamma=GAMMA, alpha=ALPHA, n=2000)
    w = np.concatenate([early.w[:-1, replicate], run.w])
    b = np.concatenate([early.b[:-1, replicate], run.b])
    steps, correct = np.concatenate([early.steps[:-1], run.steps]), accuracy(test.x, test.y, w, b)
    for eps in EPS:
        first_crossing(steps, correct, eps, HORIZON)
        last_crossing(steps, correct, eps, HORIZON)


def time_sweep(seeds: int) -> None:
    """Print what each stage of the sweep costs."""
    keys = [(s_pos, seed) for s_pos in MAJORITIES for seed in range(seeds)]
    data = [points(*key) for key in keys]
    clock = [time.process_time()]
    early = train(data, eta=ETA, horizon=START)
    clock.append(time.process_time())
    runs = [late(data, early, replicate, HORIZON) for replicate in range(len(keys))]
    clock.append(time.process_time())
    for replicate, (_, seed) in enumerate(keys):
        read_times(early, replicate, runs[replicate], seed)
    clock.append(time.process_time())
    stages = dict(zip(("every step to 1e4", "extension to 1e12", "accuracy and times"), np.diff(clock), strict=True))
    gradients = np.mean([run.gradients for run in runs])
    print(f"{len(keys)} runs, {len(runs[0].steps)} late steps each, {gradients:.0f} gradients a run; CPU seconds:")
    for stage, seconds in stages.items():
        print(f"  {stage:20s} {seconds:7.1f}")
    print(f"  {'sum':20s} {clock[-1] - clock[0]:7.1f}   ({len(keys)} runs; budget 180 for 120)")


def time_against_horizon() -> None:
    """Print the cost of the extension against log T, and against the steps that it stands for."""
    data = [points(s_pos, 0) for s_pos in MAJORITIES]
    early = train(data, eta=ETA, horizon=START)
    print("horizon   gradients   CPU s a run   CPU s a unit of log T")
    for horizon in (10**7, 10**8, 10**10, 10**12):
        start = time.process_time()
        runs = [late(data, early, replicate, horizon) for replicate in range(len(data))]
        seconds = (time.process_time() - start) / len(data)
        gradients = np.mean([run.gradients for run in runs])
        print(f"{horizon:7.0e} {gradients:11.0f} {seconds:13.3f} {seconds / np.log(horizon / START):23.4f}")


def time_pairs() -> None:
    """Print the paired ratio of the two ways from 1e4 to 1e7, the trainer's from its cost a step and replicate."""
    data = [points(s_pos, 0) for s_pos in MAJORITIES]
    stepwise, plain, extension = [], [], []
    for _ in range(PAIRS):
        clock = [time.process_time()]
        early = train(data, eta=ETA, horizon=START)
        clock.append(time.process_time())
        train(data, eta=ETA, horizon=START + STEPWISE)
        clock.append(time.process_time())
        for replicate in range(len(data)):
            late(data, early, replicate, 10**7)
        clock.append(time.process_time())
        begun, longer, extended = np.diff(clock)
        stepwise.append((longer - begun) / STEPWISE / len(data))
        plain.append(stepwise[-1] * (10**7 - START) * len(data))
        extension.append(extended)
    microseconds = 1e6 * np.median(stepwise)
    print(f"every step: {microseconds:.2f} CPU microseconds a step and replicate, in batches of {len(data)}")
    low, middle, high = np.quantile(np.divide(plain, extension), [0, 0.5, 1])
    print(f"to 1e7, every step over extension: {middle:.0f}x (paired, {low:.0f} to {high:.0f})")
    save([row(f"steps 1e4 to 1e7 of {len(data)} balances", extension, plain, extrapolated=True)])


if __name__ == "__main__":
    time_sweep(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
    time_against_horizon()
    time_pairs()

"""Cost of late steps: a sweep of support-vector balances to 1e12 on the summed loss, and of the mean loss to 1e7.

Prints CPU seconds and gradients, and pairs the cost of executed steps with that of the flow that stands in for them.
Run from the root as `PYTHONPATH=scripts python benchmarks/longtime.py [seeds]`, with OMP_NUM_THREADS=1.
"""

import sys
import time

import numpy as np
from grokking.logistic.evaluation import accuracy
from grokking.logistic.model import gradient_step
from grokking.planar.data import concentrated_test_set, training_set
from grokking.planar.descent import RATIO
from grokking.planar.trainer import train
from grokking.smooth.descent import SmoothRun, descend, follow
from grokking.steps import flow_steps, snapshot_steps
from grokking.times import first_crossing, last_crossing
from table import row, save

ETA, GAMMA, ALPHA, POINTS = 1e-2, 1e-3, 10, 2000
START = 10_000
HORIZON = 10**12
MAJORITIES = (200, 220, 240, 260, 280, 300, 320, 340, 355, 370, 380, 390)
EPS = (0.0, 0.001, 0.01, 0.05, 0.1)
PAIRS = 5
STEPWISE = 20_000
Points = tuple[np.ndarray, np.ndarray]


def points(s_pos: int, seed: int, total: int = 400) -> Points:
    """Return 2000 points, `total` of them support vectors, s_pos of these positive, equally spaced on |u| <= 1."""
    counts = {"n_pos": POINTS // 2, "n_neg": POINTS // 2, "s_pos": s_pos, "s_neg": total - s_pos}
    data = training_set(0, seed, gamma=GAMMA, planting="equispaced", **counts)
    return data.x, data.y.astype(float)


def late(data: Points, state: tuple[np.ndarray, float], horizon: int) -> SmoothRun:
    """Follow a run of the summed loss from START to the horizon, on the grid that times are read from."""
    steps = snapshot_steps(horizon, RATIO)
    return follow(*data, *state, step=ETA, start=START, steps=steps[steps > START], bias=True)


def states(data: list[Points]) -> list[tuple[np.ndarray, float]]:
    """Return (w, b) of each run at START, every step executed."""
    early = train(data, eta=ETA, horizon=START)
    return list(zip(early.w[-1], early.b[-1], strict=True))


def read_times(run: SmoothRun, seed: int) -> None:
    """Evaluate one run on its concentrated test set and read first and last crossings at every eps."""
    test = concentrated_test_set(0, seed, gamma=GAMMA, alpha=ALPHA, n=2000)
    correct = accuracy(test.x, test.y, run.w, run.b)
    for eps in EPS:
        first_crossing(run.steps, correct, eps, HORIZON)
        last_crossing(run.steps, correct, eps, HORIZON)


def time_sweep(seeds: int) -> None:
    """Print what each stage of the sweep costs."""
    keys = [(s_pos, seed) for s_pos in MAJORITIES for seed in range(seeds)]
    data = [points(*key) for key in keys]
    clock = [time.process_time()]
    early = states(data)
    clock.append(time.process_time())
    runs = [late(*one, HORIZON) for one in zip(data, early, strict=True)]
    clock.append(time.process_time())
    for run, (_, seed) in zip(runs, keys, strict=True):
        read_times(run, seed)
    clock.append(time.process_time())
    stages = dict(zip(("every step to 1e4", "flow to 1e12", "accuracy and times"), np.diff(clock), strict=True))
    gradients = np.mean([run.gradients for run in runs])
    print(f"{len(keys)} runs, {len(runs[0].steps)} late steps each, {gradients:.0f} gradients a run; CPU seconds:")
    for stage, seconds in stages.items():
        print(f"  {stage:20s} {seconds:7.1f}")
    print(f"  {'sum':20s} {clock[-1] - clock[0]:7.1f}")


def time_against_horizon() -> None:
    """Print the cost of the flow against log T."""
    data = [points(s_pos, 0) for s_pos in MAJORITIES]
    early = states(data)
    print("horizon   gradients   CPU s a run   CPU s a unit of log T")
    for horizon in (10**7, 10**8, 10**10, 10**12):
        start = time.process_time()
        runs = [late(*one, horizon) for one in zip(data, early, strict=True)]
        seconds = (time.process_time() - start) / len(data)
        gradients = np.mean([run.gradients for run in runs])
        print(f"{horizon:7.0e} {gradients:11.0f} {seconds:13.3f} {seconds / np.log(horizon / START):23.4f}")


def time_pairs() -> dict:
    """Print and return the paired ratio from 1e4 to 1e7, the trainer's from its cost a step and replicate to 1e4."""
    data = [points(s_pos, 0) for s_pos in MAJORITIES]
    stepwise, plain, flows = [], [], []
    for _ in range(PAIRS):
        clock = [time.process_time()]
        early = states(data)
        clock.append(time.process_time())
        for one in zip(data, early, strict=True):
            late(*one, 10**7)
        clock.append(time.process_time())
        stepwise.append((clock[1] - clock[0]) / START / len(data))
        plain.append(stepwise[-1] * (10**7 - START) * len(data))
        flows.append(clock[2] - clock[1])
    print(f"every step: {1e6 * np.median(stepwise):.2f} CPU microseconds a step and replicate, {len(data)} at once")
    print_ratio("summed loss, 1e4 to 1e7", flows, plain)
    return row(f"steps 1e4 to 1e7 of {len(data)} balances", flows, plain, extrapolated=True)


def time_mean_loss() -> dict:
    """Print and return the paired ratio of naive steps and the flow on the mean loss, to 1e7."""
    plain, flows = [], []
    for seed in range(PAIRS):
        x, y = points(400, seed, total=700)
        start, (w, b) = time.process_time(), (np.zeros(2), 0.0)
        for _ in range(STEPWISE):
            w, b = gradient_step(w, b, x, y, eta=ETA / POINTS)
        plain.append((time.process_time() - start) / STEPWISE * 10**7)
        start = time.process_time()
        descend(x, y, step=ETA / POINTS, steps=flow_steps(10**7))
        flows.append(time.process_time() - start)
    print(f"mean loss: {np.median(flows):.3f} CPU s a run to 1e7")
    print_ratio("mean loss, to 1e7", flows, plain)
    return row("mean loss, 1e7 steps of one run", flows, plain, extrapolated=True)


def print_ratio(name: str, ours: list[float], plain: list[float]) -> None:
    """Print the median of the paired ratios and their range."""
    low, middle, high = np.quantile(np.divide(plain, ours), [0, 0.5, 1])
    print(f"{name}, every step over the flow: {middle:.0f}x (paired, {low:.0f} to {high:.0f})")


if __name__ == "__main__":
    time_sweep(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
    time_against_horizon()
    save([time_pairs(), time_mean_loss()])

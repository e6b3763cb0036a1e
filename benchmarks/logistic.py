"""Cost of training in two dimensions: a naive full pass against the batched active set, on the same data.

Prints CPU microseconds a step and replicate, their paired ratio, and the peak memory. Run from the root as
`PYTHONPATH=scripts python benchmarks/logistic.py [horizon]`, with one BLAS thread (OMP_NUM_THREADS=1).
"""

import resource
import sys
import time

import numpy as np
from grokking.logistic.model import gradient_step
from grokking.planar.data import training_set
from grokking.planar.descent import CHUNK, Checkpoint, execute, prepared
from table import row, save

ETA = 1e-2
REPLICATES = 16
PAIRS = 10
NAIVE_STEPS = 2000
DESIGNS = {
    "plain": {},
    "full, 350 + 350 planted": {"planting": "full", "s_pos": 350, "s_neg": 350},
    "equispaced, 300 + 100 planted": {"planting": "equispaced", "s_pos": 300, "s_neg": 100},
}


def time_reference(x: np.ndarray, y: np.ndarray) -> float:
    """Return the CPU seconds a step of the package's reference loop."""
    w, b, start = np.zeros(2), 0.0, time.process_time()
    for _ in range(NAIVE_STEPS):
        w, b = gradient_step(w, b, x, y, eta=ETA)
    return (time.process_time() - start) / NAIVE_STEPS


def time_full_pass(x: np.ndarray, y: np.ndarray) -> float:
    """Return the CPU seconds a step of a full pass in as few NumPy calls as it takes: the harder rival."""
    signed = y[:, None] * np.column_stack([x, np.ones(len(x))])
    theta, start = np.zeros(3), time.process_time()
    with np.errstate(over="ignore"):
        for _ in range(NAIVE_STEPS):
            theta = theta + ETA * ((1 / (1 + np.exp(signed @ theta))) @ signed)
    return (time.process_time() - start) / NAIVE_STEPS


def compare(design: dict, horizon: int) -> tuple[float, float, float]:
    """Return CPU seconds a step and replicate: reference, full pass, and batched training to `horizon`.

    The naive loops are timed between the chunks of training, so that all see the same state of the machine.
    """
    drawn = [training_set(0, seed, gamma=1e-3, n_pos=1000, n_neg=1000, **design) for seed in range(REPLICATES)]
    data = [(dataset.x, dataset.y.astype(float)) for dataset in drawn]
    naive = []
    elsewhere = 0.0
    every = max(1, horizon // CHUNK // PAIRS)

    def interleave(checkpoint: Checkpoint) -> None:
        nonlocal elsewhere
        if checkpoint.step // CHUNK % every == 0:
            start = time.process_time()
            naive.append((time_reference(*data[0]), time_full_pass(*data[0])))
            elsewhere += time.process_time() - start

    steps, state = prepared(REPLICATES, ETA, horizon, None)
    start = time.process_time()
    execute(data, state, steps, horizon, eta=ETA, bias=True, on_chunk=interleave)
    batched = (time.process_time() - start - elsewhere) / horizon / REPLICATES
    reference, full_pass = np.median(naive, axis=0)
    return reference, full_pass, batched


def main() -> None:
    """Print one line for each design of data."""
    horizon = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    print(f"CPU microseconds a step and replicate; horizon {horizon}, batch {REPLICATES}")
    print(f"{'data':32}{'reference':>10}{'full pass':>10}{'batched':>10}{'full pass / batched':>21}")
    rows = []
    for name, design in DESIGNS.items():
        reference, full_pass, batched = np.multiply(compare(design, horizon), 1e6)
        ratio = full_pass / batched
        seconds = [1e-6 * horizon * cost for cost in (batched, full_pass)]
        rows.append(row(f"{horizon} steps of one replicate, {name}", *([one] for one in seconds), extrapolated=True))
        print(f"{name:32}{reference:10.2f}{full_pass:10.2f}{batched:10.2f}{ratio:21.1f}", flush=True)
    save(rows)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()

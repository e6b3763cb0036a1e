"""A run in high dimension with every step after separation executed, and its gradients against full passes.

Rows are those of `brute_force`.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy.special import expit

from grokking.highdim.data import Population
from grokking.highdim.descent import core_of
from grokking.highdim.resident import CUTOFF, ResidentRows, stream_two_steps
from grokking.highdim.training import TrainingRun, Trajectories
from grokking.logistic.comparison import compared_row, relative_errors, violation
from grokking.results.files import read_arrays, write_parquet
from grokking.results.jobs import StageError, stage

log = logging.getLogger(__name__)

SEED = 0
GRADIENTS = 50
"""States, spread over the snapshots, at which the gradient is compared with a full pass."""
GRADIENT_TOLERANCE = 1e-12
TOLERANCE = 1e-10
"""Largest relative error of w that is accepted at the last step executed."""
AGAIN = 1e-13
"""Largest relative error of states that are executed again to another horizon, whose rows in memory are others; to the
same one they must come out with the same bytes. Chaos would make much of any other data or code."""


@stage
def check(run: TrainingRun, seed: int, executed_to: int, trajectory: Path, out: Path) -> None:
    """Compare the first replicate, drawn from the root seed `seed`, and write the rows.

    Raises StageError where an error is above its tolerance, and as `compared` does.
    """
    rows = []
    for row in compared(run, seed, executed_to, read_arrays(trajectory)):
        log.info("%s", row)
        if line := violation(row):
            raise StageError(line)
        rows.append(row)
    write_parquet(pa.Table.from_pylist(rows), out)


def compared(run: TrainingRun, root: int, executed_to: int, trajectory: Trajectories) -> Iterator[dict]:
    """Yield rows of `brute_force` for seed 0: its gradients, w at all snapshots that the flow gave, w at the last.

    Steps are executed to `executed_to`, or twice the flow's first one where that is later. Raises StageError where
    those before the flow, executed again, do not come out as they are stored: a comparison would then say nothing.
    """
    population = run.training_set(root, SEED)
    steps, w, b = trajectory["step"], trajectory["w"][SEED], trajectory["b"][SEED]
    about = {"run": run.run, "model": "highdim", "seed": SEED, "contracting": None}
    chosen = np.unique(np.linspace(1, len(steps) - 1, GRADIENTS).astype(int))
    states = np.column_stack([w, b]) if run.bias else w
    ours = trained_gradients(population, run, trajectory, states, chosen)
    errors = relative_errors(ours, full_gradients(population, states[chosen]))
    yield compared_row(about, "gradient", steps[chosen], errors, GRADIENT_TOLERANCE)

    flow_from = int(trajectory["flow_from"][SEED])
    end = min(run.horizon, max(executed_to, 2 * flow_from))
    executed = replace(run, horizon=end).trained(root, SEED, every_step=True)
    # At step 0 all states are 0, and have no relative error.
    both, stored, again = (part[1:] for part in np.intersect1d(steps, executed.step, return_indices=True))
    after = both > flow_from
    of_both = relative_errors(np.column_stack([w, b])[stored], np.column_stack([executed.w, executed.b])[again])
    if of_both[~after].max(initial=0) > (0.0 if end == run.horizon else AGAIN):
        raise StageError(f"the steps to {flow_from}, executed again, are not the stored ones: train again here")
    errors = relative_errors(w[stored], executed.w[again])[after]
    about["contracting"] = True  # training has made sure of it before the flow
    yield compared_row(about, "w", both[after], errors, None)
    yield compared_row(about, "w", both[-1:], errors[-1:], TOLERANCE)


def full_gradients(population: Population, states: np.ndarray) -> np.ndarray:
    """Return sum_i sigmoid(-m_i) v_i at all states (k, width) by one float64 pass over every row, shape (k, width).

    With c the mean of w, z.w is taken as c sum(z) + z.(w - c): its terms cancel, so that a plain product loses digits.
    """
    d = population.d
    mean = states[:, :d].mean(axis=1)
    rest = (states[:, :d] - mean[:, None]).T
    gradients = np.zeros_like(states)
    for chunk in population.chunks():
        z = chunk.z.astype(float)
        margins = z @ rest + np.outer(z.sum(axis=1), mean)
        margins += np.outer(chunk.y, states[:, d:].sum(axis=1))
        pushes = expit(-margins).T
        gradients[:, :d] += pushes @ z
        gradients[:, d:] += (pushes @ chunk.y)[:, None]
    return gradients


def trained_gradients(
    population: Population, run: TrainingRun, trajectory: Trajectories, states: np.ndarray, chosen: np.ndarray
) -> np.ndarray:
    """Return the gradients at states[chosen] over the rows that training used there, shape (len(chosen), width)."""
    _, rows, _ = stream_two_steps(population, run.eta, run.bias)
    first = int(np.searchsorted(trajectory["step"], trajectory["separation"][SEED]))
    while run.eta * _resident(rows, states[first]).trace >= 1:  # training still went on with the resident rows
        first += 1
    core, _ = core_of(rows, states[first], run.eta)
    if len(core) != trajectory["n_core"][SEED]:
        raise StageError(f"{len(core)} rows push after separation, not the stored {trajectory['n_core'][SEED]}")
    v = rows.rows(core)
    return np.array(
        [
            _resident(rows, states[i]).direction if i < first else expit(-rows.exact_margins(core, states[i])) @ v
            for i in chosen
        ]
    )


def _resident(rows: ResidentRows, state: np.ndarray):
    return rows.gradient(state, rows.reach(state[None], CUTOFF))

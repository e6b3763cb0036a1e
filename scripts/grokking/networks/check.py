"""The accelerated times of a network run against plain gradient descent with every step executed."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from grokking.networks.plain import plain_times
from grokking.networks.run import Run, tolerance
from grokking.results.files import read_parquet, write_parquet
from grokking.results.jobs import StageError, stage
from grokking.results.rows import bound_rows

SEED = 0
EVERY_STEP = "times with every step of gradient descent executed"

Times = Mapping[str, int | None]
"""From t1 and t2 to their steps, None where the horizon comes first."""


@stage
def check(run: Run, seed: int, times: Path, bounds: Path, brute_force: Path) -> None:
    """Compare the first replicate's times with those of plain descent from the same root seed `seed`.

    Writes rows of the tables `bounds` and `brute_force`. Raises StageError, naming the run, where the times differ by
    more than the acceleration is allowed to, and where plain descent diverges.
    """
    rows = [row for row in read_parquet(times).to_pylist() if row["seed"] == SEED]
    found, plain = {row["quantity"]: row["step"] for row in rows}, executed_times(run, seed, SEED)
    if violations(found, plain):
        steps = f"t1 {plain['t1']}, t2 {plain['t2']}"
        raise StageError(f"{run.run}: every step executed gives {steps}, the acceleration {found}")
    write_parquet(bounds_table(run, SEED, found, plain), bounds)
    write_parquet(brute_force_table(run, SEED, found, plain), brute_force)


def executed_times(run: Run, root: int, seed: int) -> Times:
    """Train one seed with every step executed and return its times.

    Takes as long as it takes: 0.25 s of CPU for 1000 steps at n = 50, m = 1000.
    """
    try:
        t1, t2 = plain_times(*run.problem(root, seed), run.eta, run.weight_decay, run.eps, run.eps, run.horizon)
    except ValueError as error:
        raise StageError(f"{run.run}: {error}") from error
    return {"t1": t1, "t2": t2}


def violations(found: Times, plain: Times) -> int:
    """Return how many of the accelerated times are further from those executed than they may be."""
    return sum(not _agree(quantity, found[quantity], plain[quantity]) for quantity in plain)


def bounds_table(run: Run, seed: int, found: Times, plain: Times) -> pa.Table:
    """Return rows of `bounds`: the times executed, how many were compared and how many differ."""
    facts = {f"{quantity}_plain": step for quantity, step in plain.items()}
    facts |= {"checks": len(plain), "violations": violations(found, plain)}
    return bound_rows(run.run, seed, [(*fact, EVERY_STEP) for fact in facts.items()])


def brute_force_table(run: Run, seed: int, found: Times, plain: Times) -> pa.Table:
    """Return a row of `brute_force` for each time; of one that neither reaches, steps and error are null."""
    rows = []
    for quantity, step in plain.items():
        both = step is not None and found[quantity] is not None
        row = {"run": run.run, "model": "two-layer network", "seed": seed, "quantity": quantity}
        row |= {"first_step": step, "last_step": step, "worst_step": step, "n_snapshots": 1}
        row["max_error"] = abs(found[quantity] - step) / max(step, 1) if both else None
        row["tolerance"] = tolerance(quantity, step) / max(step, 1) if both else None
        rows.append(row | {"n_times": 1, "n_times_equal": int(_agree(quantity, found[quantity], step))})
    return pa.Table.from_pylist(rows)


def _agree(quantity: str, accelerated: int | None, plain: int | None) -> bool:
    if accelerated is None or plain is None:
        return accelerated is plain
    return abs(accelerated - plain) <= tolerance(quantity, plain)

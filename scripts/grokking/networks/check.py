"""The accelerated times of a network run against plain gradient descent with every step executed."""

from pathlib import Path

import pyarrow as pa

from grokking.networks.plain import plain_times
from grokking.networks.run import Run, tolerance
from grokking.results.files import read_parquet, write_parquet
from grokking.results.jobs import StageError, stage
from grokking.results.rows import bound_rows

SEED = 0
EVERY_STEP = "times with every step of gradient descent executed"


@stage
def check(run: Run, seed: int, times: Path, bounds: Path) -> None:
    """Compare the first replicate's times with those of plain descent from the same root seed `seed`; write `bounds`.

    Raises StageError where they differ by more than the acceleration is allowed to.
    """
    rows = [row for row in read_parquet(times).to_pylist() if row["seed"] == SEED]
    found = {row["quantity"]: row["step"] for row in rows}
    table = compared(run, seed, SEED, found["t1"], found["t2"])
    facts = dict(zip(table["quantity"].to_pylist(), table["value"].to_pylist(), strict=True))
    if facts["violations"]:
        plain = f"t1 {facts['t1_plain']}, t2 {facts['t2_plain']}"
        raise StageError(f"every step executed gives {plain}, the acceleration {found}")
    write_parquet(table, bounds)


def compared(run: Run, root: int, seed: int, t1: int | None, t2: int | None) -> pa.Table:
    """Train one seed with every step executed and compare its times with t1 and t2: rows of the table `bounds`.

    Takes as long as it takes: 0.25 s of CPU for 1000 steps at n = 50, m = 1000.
    """
    constants = run.eta, run.weight_decay, run.eps, run.eps
    plain_t1, plain_t2 = plain_times(*run.problem(root, seed), *constants, run.horizon)
    violations = [not _agree("t1", t1, plain_t1), not _agree("t2", t2, plain_t2)]
    facts = {"t1_plain": plain_t1, "t2_plain": plain_t2, "checks": len(violations), "violations": sum(violations)}
    return bound_rows(run.run, seed, [(*fact, EVERY_STEP) for fact in facts.items()])


def _agree(quantity: str, accelerated: int | None, plain: int | None) -> bool:
    if accelerated is None or plain is None:
        return accelerated is plain
    return abs(accelerated - plain) <= tolerance(quantity, plain)

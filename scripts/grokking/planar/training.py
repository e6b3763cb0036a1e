"""Training of one run on the summed loss in two dimensions, all seeds at once: checkpoints on disk, progress, rows."""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.logistic.trajectory import Trajectory, trajectory_table
from grokking.planar.data import read_points
from grokking.planar.descent import TOLERANCE, Checkpoint
from grokking.planar.trainer import UnsettledError, train
from grokking.results.files import complete_or_absent, write_parquet
from grokking.results.jobs import StageError, stage
from grokking.results.provenance import code_digest
from grokking.results.rows import bound_rows

PROGRESS_EVERY = 30.0  # seconds between lines of progress

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingRun:
    """What training on the summed loss depends on, named as in the table `runs`."""

    run: str
    dataset: str
    eta: float
    bias: bool
    horizon: int
    n_seeds: int


@stage
def train_run(
    run: TrainingRun, seed: int, data: Path, checkpoint: Path, save_every: float, trajectory: Path, certificate: Path
) -> None:
    """Train on every replicate of `data`; write the snapshots, and rows of `bounds` that say how they were found.

    The state is saved to `checkpoint` every `save_every` seconds, and gone on from if the same job left it there: same
    run, root `seed`, points and code. Raises StageError where a run cannot be followed to its horizon.
    """
    drawn = read_points([data])
    sets = [drawn[run.dataset, replicate]["train"] for replicate in range(run.n_seeds)]
    try:
        found = trained(run, [(one.x, one.y) for one in sets], seed, checkpoint, save_every)
    except UnsettledError as error:
        raise StageError(f"{run.run}, {error}") from error
    except OverflowError as error:
        raise StageError(f"{run.run}: eta: {run.eta} is not allowed; expected a smaller one, as {error}") from error
    write_parquet(trajectory_table(run.run, found.steps, found.w, found.b), trajectory)
    write_parquet(certificate_table(run.run, found), certificate)
    checkpoint.unlink(missing_ok=True)


def trained(
    run: TrainingRun, x_y: Sequence[tuple[np.ndarray, np.ndarray]], root: int, checkpoint: Path, save_every: float
) -> Trajectory:
    """Return the trajectory of a run on each (x, y), saved and gone on from as `train_run` says; the file is left."""
    digest = _digest(run, root, x_y)
    resume = _load(checkpoint, digest)
    calls = [_reporter(run, resume), _saver(checkpoint, digest, save_every)]
    found = train(
        x_y,
        eta=run.eta,
        horizon=run.horizon,
        bias=run.bias,
        resume=resume,
        on_chunk=lambda state: [call(state) for call in calls],
    )
    for replicate, step in enumerate(found.flow_from):
        how = f"followed as a flow from step {step}" if step else "every step executed"
        log.info("%s: seed %d of %d, %s", run.run, replicate + 1, run.n_seeds, how)
    return found


def certificate_table(run: str, trajectory: Trajectory) -> pa.Table:
    """Return, as rows of `bounds`, the gradient left out at executed steps at most, and where they end."""
    statement = f"certificate: at most {TOLERANCE:g} of the gradient"
    return pa.concat_tables(
        bound_rows(
            run,
            seed,
            [
                ("omitted_gradient", omitted, statement),
                ("flow_from", flow_from or None, "last executed step, from which the flow in log t is followed"),
            ],
        )
        for seed, (omitted, flow_from) in enumerate(zip(trajectory.omitted, trajectory.flow_from, strict=True))
    )


def _digest(run: TrainingRun, root: int, x_y: Sequence[tuple[np.ndarray, np.ndarray]]) -> str:
    """Return what a checkpoint must agree on to be gone on from: parameters, points and code."""
    digest = hashlib.sha256(json.dumps([asdict(run), root, code_digest()], sort_keys=True).encode())
    for x, y in x_y:
        digest.update(x.tobytes() + y.tobytes())
    return digest.hexdigest()


def _load(file: Path, digest: str) -> Checkpoint | None:
    if not file.exists():
        return None
    with np.load(file) as stored:
        if str(stored["digest"]) != digest:
            return None
        return Checkpoint(
            **{key: stored[key] for key in stored.files if key != "digest"} | {"step": int(stored["step"])}
        )


def _saver(file: Path, digest: str, every: float) -> Callable[[Checkpoint], None]:
    saved = time.monotonic()

    def save(state: Checkpoint) -> None:
        nonlocal saved
        if time.monotonic() - saved >= every:
            with complete_or_absent(file) as temporary, open(temporary, "wb") as opened:
                np.savez(opened, **vars(state), digest=digest)
            saved = time.monotonic()

    return save


def _reporter(run: TrainingRun, resume: Checkpoint | None) -> Callable[[Checkpoint], None]:
    first = resume.step if resume else 0
    started = reported = time.monotonic()
    if resume:
        log.info("%s: goes on from step %d", run.run, first)

    def report(state: Checkpoint) -> None:
        nonlocal reported
        now = time.monotonic()
        if now - reported >= PROGRESS_EVERY:
            rate, reported = (state.step - first) / (now - started), now
            executed = np.count_nonzero(state.flow_from == 0)
            text = "%s: %d of %d steps, %d of %d seeds executed, %.0f steps a second"
            log.info(text, run.run, state.step, run.horizon, executed, run.n_seeds, rate)

    return report

"""One logistic configuration trained for all its seeds at once: checkpoints on disk, progress, rows of the results.

A configuration ("run") is a mapping with run, eta, bias, horizon and n_seeds.
"""

import hashlib
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.logistic.trajectory import Trajectory
from grokking.planar.data import points
from grokking.planar.descent import TOLERANCE, Checkpoint, train
from grokking.results.files import complete_or_absent
from grokking.results.provenance import code_digest
from grokking.results.rows import bound_rows

PROGRESS_EVERY = 30.0  # seconds between lines of progress


def train_run(run: Mapping, data: pa.Table, root: int, checkpoint: Path, save_every: float) -> Trajectory:
    """Train all seeds of a run, as `train_sets` does."""
    sets = [points(data, seed, "train") for seed in range(run["n_seeds"])]
    return train_sets(run, [(drawn.x, drawn.y) for drawn in sets], root, checkpoint, save_every)


def train_sets(
    run: Mapping, x_y: list[tuple[np.ndarray, np.ndarray]], root: int, checkpoint: Path, save_every: float
) -> Trajectory:
    """Train on each (x, y); go on from the file `checkpoint` if it was left by the same job.

    The state is saved there every `save_every` seconds; the file is the caller's to remove once all is written.
    """
    digest = _digest(run, root, x_y)
    resume = _load(checkpoint, digest)
    calls = [_reporter(run["run"], run["horizon"], resume), _saver(checkpoint, digest, save_every)]
    return train(
        x_y,
        eta=run["eta"],
        horizon=run["horizon"],
        bias=run["bias"],
        resume=resume,
        on_chunk=lambda state: [call(state) for call in calls],
    )


def certificate_table(run: Mapping, trajectory: Trajectory) -> pa.Table:
    """Return, as rows of `bounds`, the certified bound on the gradient left out at any step, relative to it."""
    statement = f"certificate: at most {TOLERANCE:g} of the gradient"
    return pa.concat_tables(
        bound_rows(run["run"], seed, [("omitted_gradient", omitted, statement)])
        for seed, omitted in enumerate(trajectory.omitted)
    )


def _digest(run: Mapping, root: int, x_y: list[tuple[np.ndarray, np.ndarray]]) -> str:
    """Return what a checkpoint must agree on to be gone on from: parameters, points and code."""
    digest = hashlib.sha256(json.dumps([dict(run), root, code_digest()], sort_keys=True).encode())
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


def _reporter(name: str, horizon: int, resume: Checkpoint | None) -> Callable[[Checkpoint], None]:
    first = resume.step if resume else 0
    started = reported = time.monotonic()
    if resume:
        print(f"{name}: goes on from step {first}", file=sys.stderr, flush=True)

    def report(state: Checkpoint) -> None:
        nonlocal reported
        now = time.monotonic()
        if now - reported >= PROGRESS_EVERY or state.step == horizon:
            rate = (state.step - first) / (now - started)
            left = (horizon - state.step) / rate
            text = f"{name}: {state.step} of {horizon} steps, {rate:.0f} a second, {left:.0f} s left"
            print(text, file=sys.stderr, flush=True)
            reported = now

    return report

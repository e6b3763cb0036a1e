"""Training of an experiment's runs on one seed of a data set, by mean loss: checkpoints on disk, nodes, certificate."""

import hashlib
import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.flow.trainer import LIMIT, MeanTrajectory, NotConvergedError, Progress, train
from grokking.highdim.data import Population
from grokking.results.files import complete_or_absent, write_arrays, write_parquet
from grokking.results.jobs import StageError, stage
from grokking.results.provenance import code_digest
from grokking.results.rows import bound_rows

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingRun:
    """What the training of runs that differ in their `bias` alone depends on, named as in the table `runs`.

    `run` is what the job calls itself, `runs` and `bias` are the names and biases of its runs.
    """

    run: str
    runs: tuple[str, ...]
    bias: tuple[bool, ...]
    d: int
    n_pos: int
    n_neg: int
    s_pos: int
    s_neg: int
    gamma: float
    eta: float
    horizon: int


@stage
def train_run(
    run: TrainingRun, seed: int, replicate: int, checkpoint: Path, trajectory: Path, certificate: Path
) -> None:
    """Train all runs on one replicate, drawn from the root `seed`; write the nodes, and rows of `bounds` for each run.

    The state is saved to `checkpoint` after each pass over the data, and gone on from if the same job left it there:
    same runs, root, replicate and code. Raises StageError where the passes do not settle, the certificate fails or the
    step size is not one for this trainer.
    """
    sizes = (run.n_pos, run.n_neg, run.s_pos, run.s_neg)
    population = Population(seed, replicate, run.d, *sizes, gamma=run.gamma)
    digest = _digest(run, seed, replicate)
    try:
        found = train(
            population,
            run.eta,
            run.horizon,
            run.bias,
            progress=_load(checkpoint, digest),
            on_pass=lambda progress: _save(checkpoint, digest, progress),
        )
    except NotConvergedError as error:
        line = f"horizon: {run.horizon} is not allowed; expected a shorter one, or a smaller eta, as {error}"
        raise StageError(f"{run.run}, seed {replicate}: {line}") from error
    except ValueError as error:
        raise StageError(f"{run.run}, seed {replicate}: {error}") from error
    write_arrays(_arrays(run, found), trajectory)
    write_parquet(certificate_table(run, replicate, found), certificate)
    checkpoint.unlink(missing_ok=True)


def certificate_table(run: TrainingRun, replicate: int, found: list[MeanTrajectory]) -> pa.Table:
    """Return, as rows of `bounds`, what the certificate asks for and the passes that each run took."""
    correction = f"certificate: correction that a finer grid asks for, relative to ||(w, b)||, at most {LIMIT:g}"
    return pa.concat_tables(
        bound_rows(
            name,
            replicate,
            [
                ("correction", one.correction, correction),
                ("passes", len(one.updates), "passes over all points, that of the certificate left out"),
            ],
        )
        for name, one in zip(run.runs, found, strict=True)
    )


def _arrays(run: TrainingRun, found: list[MeanTrajectory]) -> dict[str, np.ndarray]:
    """Return names (R,), nodes theta (R, n + 1, d + 2) and what says when they are: horizon and t0."""
    return {
        "run": np.array(run.runs),
        "theta": np.stack([one.theta for one in found]),
        "horizon": np.array(run.horizon),
        "t0": np.array(found[0].t0),
    }


def _digest(run: TrainingRun, root: int, replicate: int) -> str:
    """Return what a checkpoint must agree on to be gone on from."""
    return hashlib.sha256(json.dumps([asdict(run), root, replicate, code_digest()]).encode()).hexdigest()


def _load(file: Path, digest: str) -> Progress | None:
    if not file.exists():
        return None
    with np.load(file) as stored:
        if str(stored["digest"]) != digest:
            return None
        log.info("goes on after pass %d", len(stored["updates"]))
        return Progress(stored["theta"], stored["updates"])


def _save(file: Path, digest: str, progress: Progress) -> None:
    with complete_or_absent(file) as temporary, open(temporary, "wb") as opened:
        np.savez(opened, theta=progress.theta, updates=progress.updates, digest=digest)

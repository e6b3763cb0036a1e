"""Adversarial accuracy of streamed data along training, exact and under PGD, in one pass over the points.

Let z = y x. The attack's box, the cube, is symmetric, so that the worst point of a model w is clip(z - eps sign(w)),
and what matters of the snapshots is their pattern of signs: one for all, once each w is near w_true.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.highdim.accuracy import Models, saved_models, standard_test_set
from grokking.highdim.data import Chunk
from grokking.logistic.attacks import Attack
from grokking.logistic.geometry import HALF_SIDE
from grokking.results.files import read_arrays, write_parquet
from grokking.results.jobs import seeds_of, stage
from grokking.results.rows import curve_rows

DTYPES = (np.float32, np.float64)


@dataclass(frozen=True)
class AttackRun:
    """The parameters that the attack of a run's snapshots depends on, named as in the table `runs`."""

    run: str
    d: int
    gamma: float
    n_seeds: int
    n_snapshots: int
    n_test: int
    attack_eps: float
    attack_step: float
    attack_n_steps: int


@stage
def attack(run: AttackRun, seed: int, trajectory: Path, curves: Path) -> None:
    """Attack one replicate after the other, its test points drawn from the root seed `seed`, and write the curves."""
    saved, parts = read_arrays(trajectory), []
    how = Attack(run.attack_eps, run.attack_step, run.attack_n_steps)
    for replicate in seeds_of(run.run, run.n_seeds, "attacked"):
        steps, w, b = saved_models(saved, replicate, run.n_snapshots)
        points = standard_test_set(seed, replicate, run.d, run.n_test, run.gamma)
        found = attack_accuracies(points.chunks(), w, b, how)
        series = {(name, "standard"): values for name, values in found.items()}
        parts.append(curve_rows(run.run, replicate, steps, series))
    write_parquet(pa.concat_tables(parts), curves)


def attack_accuracies(
    chunks: Iterable[Chunk], w: np.ndarray, b: np.ndarray, attack: Attack
) -> Mapping[str, np.ndarray]:
    """Return accuracies under attack and shares of masked points of each model w (S, d), b (S,).

    Keys as in the table `curves`: adversarial_exact, and adversarial_pgd_* and masked_* in both precisions whatever
    attack.dtype is. PGD is not iterated. A point whose gradient is exactly zero stays where it is, and it is right. At
    any other each step lowers the margin, so that the gradient stays and every coordinate ends at the edge of the ball
    or the box: the worst point. Raises ValueError where the steps cannot cross the ball.
    """
    if (attack.n_steps - 1) * attack.step < attack.eps:
        raise ValueError(f"{attack.n_steps} steps of {attack.step} do not cross a ball of radius {attack.eps}")
    patterns, pattern = np.unique(np.sign(w).astype(np.float32), axis=0, return_inverse=True)
    groups = [(signs, np.flatnonzero(pattern == index)) for index, signs in enumerate(patterns)]
    models = Models(w, b), [Models(w[rows], b[rows]) for _, rows in groups]
    counts, size = {}, 0
    for chunk in chunks:
        size += len(chunk.p)
        for name, right in _verdicts(chunk, groups, *models, attack.eps):
            counts[name] = counts.get(name, 0) + np.count_nonzero(right, axis=0)
    return {name: count / size for name, count in counts.items()}


def _verdicts(chunk: Chunk, groups, models: Models, grouped: list[Models], eps: float) -> Iterator:
    """Yield the name of each quantity and its truth (n, S) at each point."""
    logits = chunk.y[:, None] * models.margins(chunk)
    safe = np.empty(logits.shape, dtype=bool)
    for (signs, rows), some in zip(groups, grouped, strict=True):
        safe[:, rows] = some.margins(_worst(chunk, signs, eps)) > 0
    yield "adversarial_exact", safe
    for dtype in DTYPES:
        masked = _is_masked(logits.astype(dtype), chunk.y)
        yield f"adversarial_pgd_{dtype.__name__}", safe | masked
        yield f"masked_{dtype.__name__}", masked


def _worst(chunk: Chunk, signs: np.ndarray, eps: float) -> Chunk:
    z = np.clip(chunk.z - np.float32(eps) * signs, -HALF_SIDE, HALF_SIDE, dtype=np.float32)
    return Chunk(z, chunk.y, z.sum(axis=1, dtype=float) / np.sqrt(z.shape[1]))


def _is_masked(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return where sigmoid(z) - y01, the factor of the loss's gradient, is exactly zero in the logits' precision."""
    # The overflow of exp is what makes the factor vanish for label -1.
    with np.errstate(over="ignore", under="ignore"):
        return 1 / (1 + np.exp(-logits)) == (y > 0).astype(logits.dtype)[:, None]

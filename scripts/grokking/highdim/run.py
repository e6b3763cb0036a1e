"""What the runs on one high-dimensional data set did, read from their snapshots: series, times and summary numbers.

All runs on a data set, of both losses, with a bias or without, are evaluated on the same points: these are drawn once.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.collocation import Collocation
from grokking.highdim.accuracy import (
    Counted,
    concentrated_accuracy_from_angle,
    grouped,
    standard_accuracy_from_angle,
    standard_test_set,
    tangent_to_w_true,
)
from grokking.highdim.attack import PRECISIONS, Attacked
from grokking.highdim.data import Concentrated
from grokking.highdim.descent import TOLERANCE
from grokking.highdim.training import Sampled
from grokking.logistic import evaluation
from grokking.logistic.attacks import Attack
from grokking.logistic.phases import LOGGED_FROM, Number, bias_and_accuracy, crossings, existing
from grokking.results.files import read_arrays, write_parquet
from grokking.results.jobs import stage
from grokking.results.rows import Series, Time, bound_rows, curve_rows, time_rows
from grokking.results.snapshots import log_spaced_pairs
from grokking.steps import log_spaced_steps
from grokking.times import first_crossing

log = logging.getLogger(__name__)

ATTACKED_SPLIT = "standard"
PEAK_FROM = 20
"""Step from which the peak of |b|/||w|| is looked for."""
ONSET = 0.005
"""Excess of the accuracy under PGD over the exact one at which masking sets in."""


@dataclass(frozen=True)
class EvaluatedRun:
    """What the evaluation of a run's snapshots depends on beside its data; `eps` are the levels of its times.

    A run is attacked if attack_n_steps > 0.
    """

    run: str
    reduction: str
    bias: bool
    horizon: int
    n_snapshots: int
    eps: tuple[float, ...]
    attack_eps: float
    attack_step: float
    attack_n_steps: int


@dataclass(frozen=True)
class Evaluation(Sampled):
    """The data set `run` with the runs on it that are evaluated together, and its test sets of n_test points."""

    alpha: float
    n_test: int
    runs: tuple[EvaluatedRun, ...]


@dataclass(frozen=True)
class Snapshots:
    """Steps (k,), weights w (k, d) and biases b (k,) of one replicate of a run, and what vouches for them.

    The number `certificate`s are named as in the table `bounds`, exact steps as in the table `times`, -1 for one that
    was not reached.
    """

    steps: np.ndarray
    w: np.ndarray
    b: np.ndarray
    certificate: Mapping[str, Number]
    exact: Mapping[str, int]


@stage
def evaluate(
    run: Evaluation, seed: int, replicate: int, trajectories: list[Path], curves: Path, times: Path, summary: Path
) -> None:
    """Evaluate one replicate of all runs, its points drawn from the root seed `seed`, and write three tables."""
    found = read_snapshots(run.runs, replicate, trajectories)
    parts = []
    for one, snapshots, values in zip(run.runs, found, series(run, seed, replicate, found), strict=True):
        parts.append(
            (
                curve_rows(one.run, replicate, snapshots.steps, values),
                time_table(one, replicate, snapshots, values),
                bound_rows(one.run, replicate, existing(numbers(one, snapshots, values))),
            )
        )
    for path, tables in zip((curves, times, summary), zip(*parts, strict=True), strict=True):
        write_parquet(pa.concat_tables(tables), path)


def read_snapshots(runs: Iterable[EvaluatedRun], replicate: int, trajectories: Iterable[Path]) -> list[Snapshots]:
    """Return the evaluated snapshots of each run: a file of the mean loss holds one replicate, of the sum loss all."""
    places = {
        str(name): (file, index) for file in map(read_arrays, trajectories) for index, name in enumerate(file["run"])
    }
    readers = {"mean": _of_mean_loss, "sum": _of_sum_loss}
    return [readers[run.reduction](run, replicate, *places[run.run]) for run in runs]


def _of_mean_loss(run: EvaluatedRun, _: int, file: Mapping[str, np.ndarray], index: int) -> Snapshots:
    """At most n_snapshots, evenly spaced in log t, read off the polynomials through the nodes."""
    steps = log_spaced_steps(run.horizon, run.n_snapshots)
    theta = file["theta"][index]
    grid = Collocation(int(file["horizon"]), float(file["t0"]), len(theta) - 1)
    states = grid.evaluate(theta, steps)
    w = states[:, :-2] + states[:, -2:-1] / np.sqrt(states.shape[1] - 2)
    return Snapshots(steps, w, states[:, -1], {}, {})


def _of_sum_loss(run: EvaluatedRun, replicate: int, file: Mapping[str, np.ndarray], _: int) -> Snapshots:
    """At most n_snapshots stored ones, in pairs of neighbours, step 0 left out."""
    kept = log_spaced_pairs(file["step"], run.n_snapshots)
    kept = kept[file["step"][kept] > 0]
    certificate = {
        "omitted_gradient": (file["left_out"][replicate], f"certificate: at most {TOLERANCE:g} of the gradient"),
        "core_rows": (file["n_core"][replicate], "rows that push after separation"),
    }
    exact = {"t_separation": int(file["separation"][replicate]), "t_flow": int(file["flow_from"][replicate])}
    return Snapshots(file["step"][kept], file["w"][replicate, kept], file["b"][replicate, kept], certificate, exact)


def series(run: Evaluation, root: int, seed: int, found: list[Snapshots]) -> list[Series]:
    """Return every series of each run over its evaluated snapshots, each set of points drawn once."""
    results = [_of_weights(snapshots, run.gamma, run.alpha) for snapshots in found]
    sets = {
        "train": run.training_set(root, seed),
        "standard": standard_test_set(root, seed, run.d, run.n_test, run.gamma),
        "concentrated": Concentrated(root, seed, run.d, run.n_test, run.gamma, run.alpha),
    }
    for split, points in sets.items():
        log.info("%s: seed %d, %s points", run.run, seed, split)
        counters = [(index, Counted(snapshots.w, snapshots.b)) for index, snapshots in enumerate(found)]
        if split == ATTACKED_SPLIT:
            counters += [(i, attacked(one, found[i])) for i, one in enumerate(run.runs) if one.attack_n_steps > 0]
        for rows in grouped(points.chunks()):
            for _, counter in counters:
                counter.add(rows)
        for index, counter in counters:
            results[index] |= {(name, split): share for name, share in counter.shares().items()}
    return results


def attacked(run: EvaluatedRun, found: Snapshots) -> Attacked:
    """Return a run's snapshots, ready to be attacked."""
    return Attacked(found.w, found.b, Attack(run.attack_eps, run.attack_step, run.attack_n_steps))


def _of_weights(found: Snapshots, gamma: float, alpha: float) -> dict[tuple[str, str], np.ndarray]:
    """Return the series that need no points."""
    w, b, tangent = found.w, found.b, tangent_to_w_true(found.w)
    return {
        ("bias", "train"): b,
        ("bias_distance", "train"): evaluation.bias_distance(w, b),
        ("norm", "train"): np.linalg.norm(w, axis=1),
        ("angle", "train"): evaluation.angle(w, np.full(w.shape[1], 1 / np.sqrt(w.shape[1]))),
        ("accuracy_from_angle", "standard"): standard_accuracy_from_angle(tangent, gamma),
        ("accuracy_from_angle", "concentrated"): concentrated_accuracy_from_angle(tangent, gamma, alpha),
    }


def time_table(run: EvaluatedRun, seed: int, found: Snapshots, values: Series) -> pa.Table:
    """Return the crossings of all accuracies, the bias's peak, masking, separation, and where a flow replaces steps."""
    rows = crossings(vars(run), found.steps, values)
    rows += [
        (name, None, Time(step, False, 0) if step >= 0 else Time(None, True, 0)) for name, step in found.exact.items()
    ]
    rows += [(name, None, time) for name, time in _events(run, found.steps, values)]
    return time_rows(run.run, seed, rows, run.horizon)


def _exact_time(step: int) -> Time:
    return Time(step, False, 0) if step >= 0 else Time(None, True, 0)


def _events(run: EvaluatedRun, steps: np.ndarray, values: Series) -> Iterator[tuple[str, Time]]:
    if run.bias:
        late = np.flatnonzero(steps >= min(PEAK_FROM, steps[-1]))
        yield "t_peak", _time_of(steps, int(late[np.argmax(values["bias_distance", "train"][late])]))
    for name in PRECISIONS if run.attack_n_steps > 0 else ():
        excess = values[f"adversarial_pgd_{name}", "standard"] - values["adversarial_exact", "standard"]
        begun = np.append(np.flatnonzero(excess > ONSET), len(steps))
        yield f"t_attack_{name}", _time_of(steps, int(begun[0]))


def _time_of(steps: np.ndarray, index: int) -> Time:
    """Return a snapshot's step as a time, censored where the index is beyond the last."""
    resolution = int(np.diff(steps, prepend=0)[min(index, len(steps) - 1)])
    return Time(int(steps[index]), False, resolution) if index < len(steps) else Time(None, True, resolution)


def numbers(run: EvaluatedRun, found: Snapshots, values: Series) -> dict[str, Number]:
    """Return single numbers of one seed with their definitions."""
    steps, accuracy, predicted = (
        found.steps,
        values["accuracy", "concentrated"],
        values["accuracy_from_angle", "concentrated"],
    )
    trained = first_crossing(steps, values["accuracy", "train"], 0.0, run.horizon).step
    rise = None if trained is None else accuracy[-1] - accuracy[np.searchsorted(steps, trained)]
    logged = steps >= min(LOGGED_FROM, steps[-1])
    error = np.abs(accuracy - predicted)[logged].max()
    return {
        **bias_and_accuracy(steps, values),
        "late_rise": (rise, "concentrated accuracy, end less at T_tr(0)"),
        "angle_error": (error, "max |concentrated accuracy - accuracy from the angle|, t >= 100"),
        "bias_cost": (predicted[-1] - accuracy[-1], "accuracy from the angle - concentrated accuracy, end"),
        "final_angle": (values["angle", "train"][-1], "angle of w and w_true in radians, end"),
        **found.certificate,
    }

"""Small problems of the sections planar and highdim, from a configuration through every stage.

A configuration is refused before any job, or each of its runs ends: with tables, or with a StageError.
"""

import copy
import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import yaml
from checkout import ROOT
from evaluations import by_data, predicted, streams
from experiments import designs_of, runs_of
from grokking.flow import training as by_mean
from grokking.flow.prediction import PredictedRun, predict_run
from grokking.highdim import training as by_sum
from grokking.highdim.run import EvaluatedRun
from grokking.highdim.run import Evaluation as HighdimEvaluation
from grokking.highdim.run import evaluate as evaluate_highdim
from grokking.planar import attack, flows, training
from grokking.planar.data import Design, draw_design
from grokking.planar.predictions import EvaluationRun
from grokking.planar.run import Evaluation, evaluate
from grokking.results.files import read_arrays, read_parquet
from grokking.results.jobs import StageError, read_as
from validation import config_errors

SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8"))
SHIPPED = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
CPU_SECONDS = 60
"""More than any of these problems takes."""
LINE = re.compile(r"x\S*(, seed \d+)?: (\w+|n_pos \+ n_neg): \S+ is not allowed[^;]*; expected [^\n]*")
"""A StageError's: the run, the key, its value and what was expected."""

DATA = {
    "planar": {"n_pos": 12, "n_neg": 10, "n_test": 20, "n_seeds": 2},
    "highdim": {"d": 16, "n_pos": 14, "n_neg": 14, "n_test": 40, "n_seeds": 1},
}
EXPERIMENT = {"figure": "none", "deviations": "none", "data": "points", "sweeps": {}, "attack_n_steps": 100}
OWN = {"planar": {"horizon": 2000}, "highdim": {"horizon": 500, "n_snapshots": 30, "max_chaotic": 3000}}


def configured(section: str, data: Mapping, experiment: Mapping) -> dict:
    """Return the shipped configuration with one experiment a section: of `section` a small one, with these changes."""
    config = copy.deepcopy(_shortened())
    config[section]["data"] = {"points": DATA[section] | data}
    config[section]["experiments"] = {"x": EXPERIMENT | OWN[section] | experiment}
    return config


def _shortened() -> dict:
    config = dict(SHIPPED)
    for name, section in SHIPPED.items():
        if isinstance(section, Mapping):
            first, experiment = next(iter(section["experiments"].items()))
            config[name] = section | {"experiments": {first: experiment | {"sweeps": {}}}}
            config[name] |= {key: [] for key in ("checks", "verified") if key in section}
    config["networks"]["checks"] = list(config["networks"]["experiments"])
    return config


def ends(section: str, config: Mapping, folder: Path) -> list[str] | str | None:
    """Return the lines that refuse a configuration before any job, the line of a StageError, or None where all ends.

    Asserts that a StageError is one line with run and key and that all numbers of all tables are finite or null. Raises
    TimeoutError after CPU_SECONDS, and whatever else a stage dies of.
    """
    if errors := config_errors(config, SCHEMA):
        return errors
    line = None
    with _limited(CPU_SECONDS):
        try:
            {"planar": _planar, "highdim": _highdim}[section](config, folder)
        except StageError as error:
            line = str(error)
    assert line is None or LINE.fullmatch(line), line
    for file in set(folder.iterdir()) - {folder / "checkpoint"}:  # a run that is refused leaves it
        arrays = read_arrays(file) if file.suffix == ".npz" else _columns(read_parquet(file))
        numbers = {name: values for name, values in arrays.items() if values.dtype.kind == "f"}
        assert [name for name, values in numbers.items() if not np.isfinite(values).all()] == [], file.name
    return line


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def late(*_):
        raise TimeoutError(f"not done after {seconds} s of CPU time")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _columns(table: pa.Table) -> dict[str, np.ndarray]:
    """Return the values of a table that are not null, by column."""
    return {name: table[name].drop_null().to_numpy() for name in table.column_names}


def _of(kind: type, run: Mapping) -> dict:
    """Return those parameters of a run that a stage depends on."""
    return {field.name: run[field.name] for field in fields(kind) if field.name in run}


def _planar(config: Mapping, folder: Path) -> None:
    runs, root = runs_of(config, "planar"), config["seed"]
    (design,) = designs_of(config, "planar", {run["dataset"] for run in runs}).values()
    data, trajectories = [folder / "data"], [folder / "trajectory"]
    draw_design(read_as(Design, _of(Design, design)), root, *data)
    if runs[0]["reduction"] == "mean":
        experiment = read_as(flows.FlowExperiment, {"name": "x", "runs": [_of(flows.FlowRun, run) for run in runs]})
        flows.train_flows(experiment, root, data, *trajectories, folder / "certificate")
    else:
        trajectories = [folder / run["run"] for run in runs]
        for run, trajectory in zip(runs, trajectories, strict=True):
            own = read_as(training.TrainingRun, _of(training.TrainingRun, run))
            training.train_run(own, root, *data, folder / "checkpoint", 60.0, trajectory, folder / "certificate")
    experiment = read_as(Evaluation, {"name": "x", "runs": [_of(EvaluationRun, run) for run in runs]})
    tables = [folder / name for name in ("curves", "times", "bounds", "theory")]
    evaluate(experiment, root, data, trajectories, *tables)
    experiment = {"name": "x", "runs": [_of(attack.AttackRun, run) for run in runs]}
    tables = [folder / name for name in ("adversarial", "attack_times")]
    attack.attack(read_as(attack.AttackExperiment, experiment), root, data, trajectories, *tables)


def _highdim(config: Mapping, folder: Path) -> None:
    runs, root, trajectories = runs_of(config, "highdim"), config["seed"], []
    for name, together in streams(runs).items():
        own = {"run": name, "runs": [run["run"] for run in together], "bias": [run["bias"] for run in together]}
        stream = read_as(by_mean.TrainingRun, _of(by_mean.TrainingRun, together[0]) | own)
        trajectories.append(folder / f"{name}.npz")
        by_mean.train_run(stream, root, 0, folder / "checkpoint", trajectories[-1], folder / "certificate")
    for run in runs:
        if run["reduction"] == "sum":
            trajectories.append(folder / f"{run['run']}.npz")
            by_sum.train(read_as(by_sum.TrainingRun, _of(by_sum.TrainingRun, run)), root, trajectories[-1])
    for name, together in by_data(runs).items():
        own = {"run": name, "runs": [_of(EvaluatedRun, run) for run in together]}
        evaluation = read_as(HighdimEvaluation, _of(HighdimEvaluation, together[0]) | own)
        evaluate_highdim(
            evaluation, root, 0, trajectories, *(folder / table for table in ("curves", "times", "bounds"))
        )
    for run in runs:
        if run["run"] in predicted(runs):
            predict_run(read_as(PredictedRun, _of(PredictedRun, run)), folder / "theory")

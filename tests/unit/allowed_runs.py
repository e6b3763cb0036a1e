"""Small runs of every kind of ridge regression and of every study beyond the papers, from configuration to tables.

A `Case` is an experiment, and its data set, that takes a fraction of a second. With some of its keys changed it is
either refused, in lines that name them, or its stages end: with tables, or with StageError.
"""

import copy
import dataclasses
import signal
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import yaml
from checkout import ROOT
from consistency import OR_ZERO, RANGES
from experiments import datasets_of, depends, runs_of, settled
from grokking.beyond import decay, kernel, losses, network, noise, optimisers, real
from grokking.depth import networks as deep
from grokking.depth import ridge as optimised
from grokking.networks import check
from grokking.networks import run as two_layer
from grokking.results.experiment import Experiment
from grokking.results.files import read_parquet
from grokking.results.jobs import StageError, read_as
from grokking.ridge import problem, surrogate, training
from grokking.ridge.run import Run as RidgeRun
from validation import config_errors

SHIPPED = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8"))
CPU_SECONDS = 10
"""Within which a small run ends, whatever is allowed of one of its keys; usual is a tenth of a second."""
STUDIES = {
    "label-noise": noise,
    "weight-decay": decay,
    "optimisers": optimisers,
    "losses": losses,
    "kernel": kernel,
    "bias-network": network,
    "real-data": real,
}


@dataclass(frozen=True)
class Case:
    """An experiment of a section and its data set.

    `every_step` says that steps are executed; `last` is the last step where the horizon is given in `decay_times`,
    which are set accordingly.
    """

    section: str
    experiment: Mapping
    dataset: Mapping | None = None
    every_step: bool = False
    last: int | None = None

    def changed(self, changes: Mapping) -> "Case":
        """Return the case with other values of some keys of its experiment or data set."""
        experiment = {**self.experiment, **{key: value for key, value in changes.items() if key in self.experiment}}
        dataset = self.dataset and {**self.dataset, **{k: v for k, v in changes.items() if k in self.dataset}}
        if self.dataset and self.dataset.get("features") == "gaussian":
            dataset["d"] = dataset["m"]
        if self.last and "decay_times" not in changes:
            experiment["decay_times"] = self.last * experiment["eta"] * experiment["weight_decay"]
        return replace(self, experiment=experiment, dataset=dataset)


_TOLD = {"figure": "figure", "scale": "reduced", "deviations": "small", "sweeps": {}}
_MODEL = {"eta": 0.1, "weight_decay": 0.01, "eps": 0.01}
_RIDGE = {"data": "small", "n": 5, "nu2": 1.0, "init_variance": 1.0, "unseen_scale": 1.0, "teacher_scale": 1.0}
_RIDGE |= {"noise_std": 0.0, "horizon": 100, "surrogate_points": 0, **_MODEL}
_FEATURES = {"m": 12, "d": 3, "n_points": 6, "n_seeds": 1, "teacher": "dense", "sigma2": 1.0}
_DEEP = {"d": 4, "n": 3, "m": 4, "nu2": 1.0, "n_seeds": 1, "decay_times": 1.0, **_MODEL}
_NETWORK = _DEEP | {"points_per_decade": 2, "eta": 0.01}
_RULE = {"n": 5, "m": 12, "horizon": 100, "n_seeds": 1, **_MODEL}
_BEYOND = {"eta": 0.01, "horizon": 2000, "eps": [0.0, 0.1], "n_seeds": 1}
_POINTS = {
    "n_pos": 20,
    "n_neg": 20,
    "planting": "full",
    "support": [[8, 5]],
    "gamma": 0.01,
    "alpha": 10.0,
    "n_test": 40,
}
_PLAIN = _POINTS | {"planting": "none", "support": [[0, 0]]}


def _beyond(study: str, dataset: Mapping = _POINTS, every_step: bool = False, **keys) -> Case:
    return Case("beyond", {"study": study, "data": "small", **_BEYOND, **keys}, dataset, every_step)


_ATTACK = {"n_attacked": 5, "attack_eps": 1.0, "attack_step": 0.25, "attack_n_steps": 5}
_OPTIMISERS = {"decoupled_decay": 0.0, "batch_size": 0, "axes": "data"}
CASES = {
    "gaussian": Case("ridge", _RIDGE, {"features": "gaussian", **_FEATURES, "d": 12}),
    "gaussian-noise": Case("ridge", {**_RIDGE, "noise_std": 0.5}, {"features": "gaussian", **_FEATURES, "d": 12}),
    "gaussian-square": Case(
        "ridge", {**_RIDGE, "n": 6, "teacher_scale": 0.0}, {"features": "gaussian", **_FEATURES, "m": 6, "d": 6}
    ),
    "relu": Case("ridge", {**_RIDGE, "surrogate_points": 3}, {"features": "relu", **_FEATURES}),
    "fourier": Case("ridge", _RIDGE, {"features": "fourier", **_FEATURES}),
    "network": Case("networks", _NETWORK, last=200),
    "depth-linear": Case("depth", {**_DEEP, "layers": 1, "activation": "linear", "nu2_first": 1.0}, last=200),
    "depth-relu": Case("depth", {**_DEEP, "layers": 3, "activation": "relu", "nu2_first": 1.0}, last=200),
    "rule": Case("optimisers", {**_RULE, "optimiser": "heavy-ball"}, every_step=True),
    "label-noise": _beyond("label-noise", flips=1, overlap=0.0),
    "label-noise-plain": _beyond("label-noise", _PLAIN, flips=0, overlap=0.0),
    "weight-decay": _beyond("weight-decay", weight_decay=1e-3, decay_bias=True),
    "descent": _beyond("optimisers", **_OPTIMISERS, optimiser="gradient-descent"),
    "momentum": _beyond("optimisers", _POINTS, True, **_OPTIMISERS, optimiser="nesterov", horizon=100),
    "adamw": _beyond("optimisers", _POINTS, True, **_OPTIMISERS, optimiser="adamw", horizon=100),
    "exponential": _beyond("losses", loss="exponential"),
    "squared-hinge": _beyond("losses", _POINTS, True, loss="squared-hinge", horizon=100),
    "kernel": _beyond("kernel", kernel_width=3.0, bias=True, horizon=1100),
    "bias-network": _beyond("bias-network", **_ATTACK, m=2, horizon=100),
    "real-data": Case(
        "beyond",
        {"study": "real-data", "source": "breast-cancer", "d": 30, "kept_negative": 1.0, "n_near": 40, **_BEYOND},
    ),
}
ODD = {  # values of keys that count something, or whose greatest values take long
    **{key: [1, 2, 3, 5] for key in ("n", "m", "n_points", "n_seeds", "n_attacked", "n_near")},
    "d": [1, 2, 30],
    "layers": [1, 2, 4],
    "points_per_decade": [0, 1, 7],
    "surrogate_points": [0, 1, 251],
    "n_pos": [8, 9, 100],
    "n_neg": [5, 6, 100],
    "n_test": [2, 42],
    "support": [[[0, 0]], [[0, 5]], [[1, 1]], [[20, 20]], [[19, 1]]],
    "alpha": [0.5000001, 1.0, 700.0],
    "flips": [0, 2, 27],
    "batch_size": [0, 1, 20],
    "attack_n_steps": [0, 5, 100],
    "kept_negative": [1e-3, 0.02, 0.5],
    "eps": [[0.0], [1 - 1e-15], [1e-300]],
}
EXECUTED = [10, 11, 20, 99, 101, 1000]
"""Last steps of runs whose steps are executed."""
FLOWS = [10, 11, 20, 99, 101, 1001, 10**6]
"""Last steps of flows, and of what is known in closed form, beside the greatest one."""


def keys_of(case: Case) -> list[str]:
    """Return the keys of a case whose values are numbers, or lists of them."""
    values = {**case.experiment, **(case.dataset or {})}
    return [key for key, value in values.items() if not isinstance(value, str | bool | dict)]


def odd_values(case: Case, key: str) -> list:
    """Return the ends of what is allowed of a key, and what lies in between."""
    if key == "horizon":
        return EXECUTED if case.every_step else [*FLOWS, _ends(case.section, key)[1]]
    if key in ODD and (key != "eps" or case.section == "beyond"):
        return ODD[key]
    least, most = _ends(case.section, key)
    return [least, most, float(np.sqrt(max(least, 1e-9) * most)), 1.0, 2.0, *([0.0] if key in OR_ZERO else [])]


@cache
def _ends(section: str, key: str) -> tuple[float, float]:
    ranges = {key: ends for kind in RANGES[section].values() for key, ends in kind.items()}
    described = SCHEMA["$defs"]["parameters"]["properties"][key]
    shared = SCHEMA["$defs"][described["$ref"].rsplit("/", 1)[1]] if "$ref" in described else {}
    return ranges.get(key) or tuple({**shared, **described}[end] for end in ("minimum", "maximum"))


def refusals(case: Case) -> list[str]:
    """Return the lines with which a case is refused."""
    return config_errors(configuration(case), SCHEMA)


def configuration(case: Case) -> dict:
    """Return a configuration with the case's experiment, named `run`, in its section and another one in each other."""
    config = copy.deepcopy(_smallest())
    section = {"experiments": {"run": {**_TOLD, **case.experiment}}}
    if case.section == "networks":
        section |= {"checks": ["run"], "verified": []}
    if case.dataset:
        section["data"] = {"small": dict(case.dataset)}
    elif "data" in config[case.section]:
        section |= {
            "data": config[case.section]["data"],
            "defaults": {"data": config[case.section]["defaults"]["data"]},
        }
    return settled(config | {case.section: section}, SHIPPED)


@cache
def _smallest() -> dict:
    """Return the shipped configuration with the first experiment of each section alone."""
    config = {key: value for key, value in SHIPPED.items() if not isinstance(value, dict)}
    for name, section in SHIPPED.items():
        if isinstance(section, dict):
            first, experiment = next(iter(section["experiments"].items()))
            kept = {"experiments": {first: {**experiment, "sweeps": {}}}, "defaults": section.get("defaults", {})}
            if "data" in section:
                kept["data"] = {experiment["data"]: section["data"][experiment["data"]]}
            if "checks" in section:
                kept["checks"] = [first]
            config[name] = kept | ({"verified": []} if "verified" in section else {})
    return config


def tables(case: Case, folder: Path) -> list[pa.Table]:
    """Return the tables that the stages of a case write, each called as a function. Raises what they raise."""
    config = configuration(case)
    run, files = runs_of(config, case.section)[0], [folder / name for name in ("curves", "times", "bounds")]
    with _cpu_limit(CPU_SECONDS), np.errstate(all="ignore"):
        if case.section == "ridge":
            dataset = datasets_of(config, "ridge")["small"]
            problem.draw(read_as(problem.DataSet, dataset), 1, folder / "data")
            training.train(Experiment("run", (_only(RidgeRun, run),)), 1, [folder / "data"], *files)
            if run["surrogate_points"]:
                files.append(folder / "surrogate")
                of_surrogate = read_as(surrogate.SurrogateRun, _only(surrogate.SurrogateRun, run))
                surrogate.measure(of_surrogate, 1, folder / "data", files[-1])
        elif case.section == "networks":
            alone = read_as(two_layer.Run, _only(two_layer.Run, run))
            two_layer.train(alone, 1, *files)
            files += [folder / "check", folder / "brute_force"]
            check.check(alone, 1, files[1], *files[3:])
        elif case.section == "beyond":
            given = {key: run[key] for key in ("run", *depends(run["study"]))}
            STUDIES[run["study"]].train(Experiment("run", (given,)), 1, *files)
        else:
            module = deep if case.section == "depth" else optimised
            module.train(Experiment("run", (_only(module.Run, run),)), 1, *files)
    return [read_parquet(file) for file in files]


def _only(kind: type, run: Mapping) -> dict:
    return {field.name: run[field.name] for field in dataclasses.fields(kind)}


@contextmanager
def _cpu_limit(seconds: float):
    """Raise TimeoutError where the block takes more CPU seconds."""

    def stop(*_):
        raise TimeoutError(f"more than {seconds} CPU seconds")

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def violation(case: Case, folder: Path) -> str | None:
    """Say what is wrong with how a case is refused, or with how it ends; None where nothing is."""
    lines = refusals(case)
    if lines:
        told = [line for line in lines if "\n" in line or " is not allowed; expected " not in line]
        return f"refused with {told}" if told else None
    try:
        found = tables(case, folder)
    except StageError as error:
        line = str(error)
        named = any(f" {key}: " in line for key in keys_of(case)) or "every step executed gives" in line
        return None if line.startswith("run") and named and "\n" not in line else f"ends with {line!r}"
    except BaseException as error:
        return f"raises {type(error).__name__}: {error}"
    infinite = [name for table in found for name in _infinite(table)]
    return f"has infinite values of {infinite}" if infinite else None


def _infinite(table: pa.Table) -> set[str]:
    """Return which quantities have an infinite value; NaN in curves stands for one that does not exist."""
    frame = table.to_pandas()
    numbers = frame.select_dtypes("float")
    return set(frame["quantity"][np.isinf(numbers).any(axis=1)])

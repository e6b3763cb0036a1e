"""Turning the experiments of the configuration into runs: one flat mapping of parameters for each job."""

from collections.abc import Iterator, Mapping


def ridge_runs(ridge: Mapping) -> list[dict]:
    """Return the runs of all ridge experiments with the columns of the `runs` table, data set parameters included."""
    return [{"run": name, "paper": "ridge", "model": "ridge", **run} for name, run in _runs_on_data(ridge, "n_points")]


def network_runs(networks: Mapping) -> list[dict]:
    """Return the runs of all network experiments with the columns of the `runs` table."""
    return [
        _network_run(name, parameters)
        for experiment in networks["experiments"]
        for name, parameters in swept(experiment)
    ]


def _network_run(name: str, parameters: Mapping) -> dict:
    """Return one run; its horizon is turned into steps, the time 1 / (eta lambda) being the swept run's own."""
    run = {key: value for key, value in parameters.items() if key not in ("name", "decay_times", "sweeps")}
    horizon = round(parameters["decay_times"] / (run["eta"] * run["weight_decay"]))
    return {"run": name, "paper": "ridge", "model": "two-layer network", **run, "horizon": horizon}


def logistic_runs(logistic: Mapping) -> list[dict]:
    """Return the runs of all logistic experiments with the columns of the `runs` table, and the list `eps`."""
    fixed = {"paper": "logistic", "model": "logistic", "d": 2}
    return [{"run": name, **fixed, **run} for name, run in _runs_on_data(logistic)]


def highdim_runs(highdim: Mapping) -> list[dict]:
    """Return the runs of all experiments in high dimension, like `logistic_runs`."""
    return [{"run": name, "paper": "logistic", "model": "highdim", **run} for name, run in _runs_on_data(highdim)]


def _runs_on_data(section: Mapping, *left_out: str) -> Iterator[tuple[str, dict]]:
    """Yield name and parameters of each run with those of its data set, but for the keys that are left out."""
    data = {dataset["name"]: dataset for dataset in section["data"]}
    for experiment in section["experiments"]:
        for name, parameters in swept(experiment):
            run = {key: value for key, value in parameters.items() if key not in ("name", "data", "sweeps")}
            drawn = {key: value for key, value in data[parameters["data"]].items() if key not in ("name", *left_out)}
            yield name, {"dataset": parameters["data"], **run, **drawn}


def delta_sweeps(delta: Mapping) -> list[dict]:
    """Return the delta experiments with their design's parameters and `runs`, one for each pair of `support`."""
    data = {dataset["name"]: dataset for dataset in delta["data"]}
    return [_delta_sweep(experiment, data[experiment["data"]]) for experiment in delta["experiments"]]


def _delta_sweep(experiment: Mapping, dataset: Mapping) -> dict:
    sweep = {key: value for key, value in experiment.items() if key not in ("name", "data")}
    drawn = {key: value for key, value in dataset.items() if key not in ("name", "support")}
    runs = [
        {"run": f"{experiment['name']}-{s_pos}-{s_neg}", "s_pos": s_pos, "s_neg": s_neg}
        for s_pos, s_neg in dataset["support"]
    ]
    return {"sweep": experiment["name"], "dataset": dataset["name"], **sweep, **drawn, "runs": runs}


def delta_runs(sweep: Mapping) -> list[dict]:
    """Return the runs of one delta experiment with the columns of the `runs` table."""
    kept = {key: value for key, value in sweep.items() if key not in ("sweep", "runs", "eps", "exact_horizon")}
    fixed = {"paper": "logistic", "model": "logistic", "d": 2, "experiment": sweep["sweep"]}
    axes = [None] + ["support"] * (len(sweep["runs"]) - 1)
    return [{**fixed, "axis": axis, **kept, **run} for axis, run in zip(axes, sweep["runs"], strict=True)]


def swept(experiment: Mapping) -> Iterator[tuple[str, dict]]:
    """Yield name and parameters of the base configuration and of each value of each sweep that differs from it.

    Each has its `experiment` and the `axis` along which it differs, None for the base, which belongs to every axis.
    """
    named = {"experiment": experiment["name"], "axis": None}
    yield experiment["name"], {**experiment, **named}
    for key, values in experiment.get("sweeps", {}).items():
        for value in values:
            if value != experiment[key]:
                text = value if isinstance(value, str) else f"{value:g}"
                yield f"{experiment['name']}-{key}-{text}", {**experiment, **named, "axis": key, key: value}

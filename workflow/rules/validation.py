"""Checking the configuration before any job: every error at once, one line each, naming key, value and expectation."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from math import ceil, sqrt

from experiments import network_runs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError


def config_errors(config: Mapping, schema: Mapping) -> list[str]:
    """Return one line for each thing that is wrong with the configuration, empty where nothing is.

    What the schema cannot say (sizes that must fit together, names that must exist) is checked once it is satisfied.
    """
    errors = Draft202012Validator(schema).iter_errors(config)
    lines = [line for error in errors for line in _schema_lines(error, config)]
    return sorted(set(lines)) or [
        *_ridge_errors(config["ridge"]),
        *_network_errors(config["networks"], config["ridge"]),
        *_logistic_errors(config),
        *_highdim_errors(config),
        *_delta_errors(config),
    ]


def _schema_lines(error: ValidationError, config: Mapping) -> Iterator[str]:
    place = _place(error.absolute_path, config)
    if error.validator == "additionalProperties":
        known = sorted(error.schema["properties"])
        for key in sorted(set(error.instance) - set(known)):
            near = get_close_matches(key, known, n=1)
            yield f"{_join(place, key)}: unknown key; " + (
                f"did you mean '{near[0]}'?" if near else f"expected one of {', '.join(known)}"
            )
    elif error.validator == "required":
        for key in sorted(set(error.validator_value) - set(error.instance)):
            yield f"{_join(place, key)}: missing; expected {_expectation(error.schema['properties'][key])}"
    else:
        yield f"{place}: {error.instance!r} is not allowed; expected {_EXPECTED[error.validator](error)}"


def _a_number_written_as(value: object) -> str:
    try:
        return f" (YAML reads {value} as text: write {float(value):.1e})" if isinstance(value, str) else ""
    except ValueError:
        return ""


_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_EXPECTED = {
    "type": lambda e: _TYPES[e.validator_value] + _a_number_written_as(e.instance),
    "enum": lambda e: "one of " + ", ".join(map(str, e.validator_value)),
    "minimum": lambda e: f"a number of at least {e.validator_value}",
    "exclusiveMinimum": lambda e: f"a number above {e.validator_value}",
    "maximum": lambda e: f"a number of at most {e.validator_value}",
    "exclusiveMaximum": lambda e: f"a number below {e.validator_value}",
    "multipleOf": lambda e: f"a multiple of {e.validator_value}",
    "minItems": lambda e: f"at least {e.validator_value} value(s)",
    "maxItems": lambda e: f"at most {e.validator_value} value(s)",
    "minLength": lambda e: "some text",
    "uniqueItems": lambda e: "each value once",
    "pattern": lambda e: f"text that matches {e.validator_value}",
}


def _expectation(schema: Mapping) -> str:
    return schema.get("description", _TYPES.get(schema.get("type"), "a value")).rstrip(".")


def _place(path, config: Mapping) -> str:
    """Return a path such as ridge.experiments[figure2].n; list items go by their name where they have one."""
    place, here = "", config
    for part in path:
        here = here[part]
        if isinstance(part, int):
            name = here.get("name", part) if isinstance(here, Mapping) else part
            place += f"[{name}]"
        else:
            place = _join(place, part)
    return place or "configuration"


def _join(place: str, key: str) -> str:
    return key if place in ("", "configuration") else f"{place}.{key}"


def _ridge_errors(ridge: Mapping) -> Iterator[str]:
    yield from _duplicates("ridge.data", ridge["data"])
    yield from _duplicates("ridge.experiments", ridge["experiments"])
    data = {dataset["name"]: dataset for dataset in ridge["data"]}
    for dataset in ridge["data"]:
        place = f"ridge.data[{dataset['name']}]"
        if dataset["n_points"] > dataset["m"]:
            yield f"{place}.n_points: {dataset['n_points']} is not allowed; expected at most m = {dataset['m']}"
        if dataset["features"] == "gaussian" and dataset["d"] != dataset["m"]:
            yield f"{place}.d: {dataset['d']} is not allowed; expected d = m = {dataset['m']} for gaussian features"
    for experiment in ridge["experiments"]:
        yield from _experiment_errors(experiment, data)


def _experiment_errors(experiment: Mapping, data: Mapping) -> Iterator[str]:
    place = f"ridge.experiments[{experiment['name']}]"
    yield from _unknown_data(place, experiment, data, "ridge.data")
    names = {experiment["data"], *experiment["sweeps"].get("data", [])}
    base = [data[experiment["data"]]] if experiment["data"] in data else []
    swept_n = [(n, dataset) for n in {experiment["n"], *experiment["sweeps"].get("n", [])} for dataset in base]
    swept_data = [(experiment["n"], data[name]) for name in sorted(names & set(data))]
    too_many = [(n, dataset) for n, dataset in swept_n if n > dataset["n_points"]]
    for n, dataset in too_many or [(n, dataset) for n, dataset in swept_data if n > dataset["n_points"]]:
        limit = f"n_points = {dataset['n_points']} of data set {dataset['name']} (m = {dataset['m']})"
        yield f"{place}.n: {n} is not allowed; expected at most {limit}"


def _network_errors(networks: Mapping, ridge: Mapping) -> Iterator[str]:
    yield from _duplicates("networks.experiments", networks["experiments"])
    taken = {experiment["name"] for experiment in ridge["experiments"]}
    for experiment in networks["experiments"]:
        place = f"networks.experiments[{experiment['name']}]"
        if experiment["name"] in taken:
            yield f"{place}.name: {experiment['name']!r} is not allowed; expected a name that ridge.experiments lacks"
        swept = [experiment["weight_decay"], *experiment["sweeps"].get("weight_decay", [])]
        limit = 1 / experiment["eta"]
        for value in sorted({value for value in swept if value >= limit}):
            yield f"{place}.weight_decay: {value} is not allowed; expected below 1 / eta = {limit:g}"
    names = [run["run"] for run in network_runs(networks)]
    for name in [name for name in networks["checks"] if name not in names]:
        near = get_close_matches(name, names, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        yield f"networks.checks: {name!r} is not a run; expected a run of networks.experiments{hint}"


def _unknown_data(place: str, experiment: Mapping, data: Mapping, expected: str) -> Iterator[str]:
    for name in sorted({experiment["data"], *experiment["sweeps"].get("data", [])} - set(data)):
        near = get_close_matches(name, data, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        yield f"{place}.data: {name!r} is not a data set; expected a name from {expected}{hint}"


def _logistic_errors(config: Mapping) -> Iterator[str]:
    logistic = config["logistic"]
    yield from _duplicates("logistic.data", logistic["data"])
    yield from _duplicates("logistic.experiments", logistic["experiments"])
    for name in sorted(_names(logistic["experiments"]) & _names(config["ridge"]["experiments"])):
        yield f"logistic.experiments: the name {name!r} is used in ridge.experiments; expected each name once"
    for dataset in logistic["data"]:
        yield from _planting_errors(f"logistic.data[{dataset['name']}]", dataset)
    data = {dataset["name"]: dataset for dataset in logistic["data"]}
    for experiment in logistic["experiments"]:
        place = f"logistic.experiments[{experiment['name']}]"
        yield from _unknown_data(place, experiment, data, "logistic.data")


def _planting_errors(place: str, dataset: Mapping) -> Iterator[str]:
    """Say what cannot be drawn: the square is [-5, 5]^2, its diagonal 2 h long, half the margin's chord h - gamma/2."""
    half_diagonal = 5 * sqrt(2)
    gamma, longest = dataset["gamma"], half_diagonal - dataset["gamma"] / 2
    if gamma >= 2 * half_diagonal:
        yield f"{place}.gamma: {gamma} is not allowed; expected less than the square's diagonal {2 * half_diagonal:.4g}"
    elif dataset["planting"] == "equispaced" and dataset["u_limit"] > longest:
        yield (
            f"{place}.u_limit: {dataset['u_limit']} is not allowed; "
            f"expected at most {longest:.4g}, where the margin leaves the square"
        )
    for sign in ("pos", "neg"):
        support, total = dataset[f"s_{sign}"], dataset[f"n_{sign}"]
        if dataset["planting"] == "none" and support > 0:
            yield f"{place}.s_{sign}: {support} is not allowed; expected 0 with planting none"
        elif support > total:
            yield f"{place}.s_{sign}: {support} is not allowed; expected at most n_{sign} = {total}"


def _highdim_errors(config: Mapping) -> Iterator[str]:
    highdim = config["highdim"]
    yield from _duplicates("highdim.data", highdim["data"])
    yield from _duplicates("highdim.experiments", highdim["experiments"])
    for section in ("ridge", "logistic"):
        for name in sorted(_names(highdim["experiments"]) & _names(config[section]["experiments"])):
            yield f"highdim.experiments: the name {name!r} is used in {section}.experiments; expected each name once"
    for dataset in highdim["data"]:
        for sign in ("pos", "neg"):
            support, total = dataset[f"s_{sign}"], dataset[f"n_{sign}"]
            if support > total:
                place = f"highdim.data[{dataset['name']}].s_{sign}"
                yield f"{place}: {support} is not allowed; expected at most n_{sign} = {total}"
    data = {dataset["name"]: dataset for dataset in highdim["data"]}
    for experiment in highdim["experiments"]:
        place = f"highdim.experiments[{experiment['name']}]"
        yield from _unknown_data(place, experiment, data, "highdim.data")
        steps, least = experiment["attack_n_steps"], 1 + ceil(experiment["attack_eps"] / experiment["attack_step"])
        if 0 < steps < least:
            yield f"{place}.attack_n_steps: {steps} is not allowed; expected 0 or at least {least}, to cross the ball"


def _delta_errors(config: Mapping) -> Iterator[str]:
    delta = config["delta"]
    yield from _duplicates("delta.data", delta["data"])
    yield from _duplicates("delta.experiments", delta["experiments"])
    for section in ("ridge", "logistic"):
        for name in sorted(_names(delta["experiments"]) & _names(config[section]["experiments"])):
            yield f"delta.experiments: the name {name!r} is used in {section}.experiments; expected each name once"
    for dataset in delta["data"]:
        yield from _design_errors(f"delta.data[{dataset['name']}]", dataset)
    data = {dataset["name"]: dataset for dataset in delta["data"]}
    for experiment in delta["experiments"]:
        place = f"delta.experiments[{experiment['name']}]"
        yield from _unknown_data(place, experiment | {"sweeps": {}}, data, "delta.data")
        start, horizon, exact = (experiment[key] for key in ("start", "horizon", "exact_horizon"))
        if horizon <= start:
            yield f"{place}.horizon: {horizon} is not allowed; expected more than start = {start}"
        if exact and not start < exact <= horizon:
            yield (
                f"{place}.exact_horizon: {exact} is not allowed; "
                f"expected 0, or more than start = {start} and at most horizon = {horizon}"
            )


def _design_errors(place: str, dataset: Mapping) -> Iterator[str]:
    """Say which designs cannot be drawn or extended: late steps need support vectors that are equally spaced."""
    if dataset["planting"] != "equispaced":
        yield (
            f"{place}.planting: {dataset['planting']} is not allowed; expected equispaced, "
            "as other plantings lead to the edge of stability, where late steps cannot be integrated"
        )
        return
    for s_pos, s_neg in dataset["support"]:
        yield from _planting_errors(place, dataset | {"s_pos": s_pos, "s_neg": s_neg})


def _names(entries: list) -> set[str]:
    return {entry["name"] for entry in entries}


def _duplicates(place: str, entries: list) -> Iterator[str]:
    names = [entry["name"] for entry in entries]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{place}: the name {name!r} is used {names.count(name)} times; expected each name once"

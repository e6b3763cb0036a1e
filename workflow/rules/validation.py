"""Checking the configuration before any job: every error at once, one line each, naming key, value and expectation."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from math import ceil, isfinite, sqrt
from pathlib import Path

import yaml
from experiments import swept
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend


def config_errors(config: Mapping, schema: Mapping) -> list[str]:
    """Return one line for each thing that is wrong with the configuration, empty where nothing is.

    What the schema cannot say (sizes that must fit together, names that must exist) is checked once it is satisfied.
    """
    lines = [line for error in _Validator(schema).iter_errors(config) for line in _schema_lines(error, config)]
    return sorted(set(lines)) or list(_consistency_errors(config))


def repeated_keys(file: str | Path) -> list[str]:
    """Return one line for each key that a mapping of a YAML file has twice: YAML keeps the last without a word."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where PyYAML was built with it
    lines, waiting = [], [yaml.compose(Path(file).read_text(), loader)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            waiting += [value for _, value in node.value]
            keys = [key.value for key, _ in node.value]
            repeated = [key for index, (key, _) in enumerate(node.value) if key.value in keys[:index]]
            lines += [f"{file}, line {key.start_mark.line + 1}: {key.value} is given twice" for key in repeated]
    return sorted(lines)


def _is_finite_number(_, value: object) -> bool:
    """Say whether a value is a number as the schema means it; YAML also knows .inf and .nan."""
    return Draft202012Validator.TYPE_CHECKER.is_type(value, "number") and isfinite(value)


def _is_whole_number(_, value: object) -> bool:
    """Say whether a value is a whole number for Python too: 20.0, which JSON Schema allows, counts nothing."""
    return isinstance(value, int) and not isinstance(value, bool)


_Validator = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"number": _is_finite_number, "integer": _is_whole_number}
    ),
)


def _schema_lines(error: ValidationError, config: Mapping) -> Iterator[str]:
    place = _place(error.absolute_path, config)
    if error.validator == "additionalProperties":
        known = sorted(error.schema["properties"])
        for key in sorted(map(str, set(error.instance) - set(known))):
            near = get_close_matches(key, known, n=1)
            yield f"{_join(place, key)}: unknown key; " + (
                f"did you mean '{near[0]}'?" if near else f"expected one of {', '.join(known)}"
            )
    elif error.validator == "required":
        for key in sorted(set(error.validator_value) - set(error.instance)):
            yield f"{_join(place, key)}: missing; expected {_expectation(error.schema['properties'][key])}"
    else:
        yield f"{place}: {error.instance!r} is not allowed; expected {_EXPECTED[error.validator](error)}"


def _hint(expected: str, value: object) -> str:
    """Say how a number must be written that YAML reads as something else, and what infinity lacks."""
    if expected not in ("number", "integer") or isinstance(value, bool):
        return ""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return ""
    if not isfinite(number):
        return " that is finite"
    if expected == "integer":
        return f" (write {number:.0f})" if number.is_integer() else ""
    return f" (YAML reads {value} as text: write {number:.1e})"


_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_EXPECTED = {
    "type": lambda e: _TYPES[e.validator_value] + _hint(e.validator_value, e.instance),
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


def _consistency_errors(config: Mapping) -> Iterator[str]:
    """Say what does not fit together in a configuration that the schema allows."""
    yield from _name_errors(config)
    for section, check_data, check_runs in _CHECKS:
        datasets = config[section]["data"]
        known = {dataset["name"]: dataset for dataset in datasets}
        for dataset in datasets:
            yield from check_data(f"{section}.data[{dataset['name']}]", dataset)
        for experiment in config[section]["experiments"]:
            place = f"{section}.experiments[{experiment['name']}]"
            runs = [run for _, run in swept(experiment)]
            yield from _unknown(f"{place}.data", {run["data"] for run in runs}, known, f"{section}.data")
            yield from check_runs(place, [run | {"data": known[run["data"]]} for run in runs if run["data"] in known])
    yield from _network_errors(config["networks"])


def _name_errors(config: Mapping) -> Iterator[str]:
    """Say which data sets, experiments or runs share a name: one would overwrite the other's results."""
    for section, *_ in _CHECKS:
        yield from _repeated((f"{section}.data", dataset["name"]) for dataset in config[section]["data"])
    experiments = [
        (f"{section}.experiments", experiment)
        for section, entries in config.items()
        if isinstance(entries, Mapping)
        for experiment in entries["experiments"]
    ]
    support = {design["name"]: design["support"] for design in config["delta"]["data"]}
    runs = [(place, name) for place, experiment in experiments for name, _ in swept(experiment)]
    for experiment in config["delta"]["experiments"]:
        pairs = support.get(experiment["data"], [])
        runs += [("delta.experiments", f"{experiment['name']}-{pos}-{neg}") for pos, neg in pairs]
    repeated = list(_repeated((place, experiment["name"]) for place, experiment in experiments))
    yield from repeated or _repeated(runs)


def _repeated(named: Iterable[tuple[str, str]]) -> Iterator[str]:
    places = defaultdict(list)
    for place, name in named:
        places[name].append(place)
    for name, found in places.items():
        if len(found) > 1:
            place = " and ".join(dict.fromkeys(found))
            yield f"{place}: the name {name!r} is used {len(found)} times; expected each name once"


def _unknown(place: str, names: Iterable[str], known: Collection[str], expected: str) -> Iterator[str]:
    for name in sorted(set(names) - set(known)):
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        yield f"{place}: {name!r} is not allowed; expected a name from {expected}{hint}"


def _network_errors(networks: Mapping) -> Iterator[str]:
    names = []
    for experiment in networks["experiments"]:
        runs = dict(swept(experiment))
        names += runs
        limit = 1 / experiment["eta"]
        for value in sorted({run["weight_decay"] for run in runs.values() if run["weight_decay"] >= limit}):
            place = f"networks.experiments[{experiment['name']}].weight_decay"
            yield f"{place}: {value} is not allowed; expected below 1 / eta = {limit:g}"
    yield from _unknown("networks.checks", networks["checks"], names, "the runs of networks.experiments")


def _ridge_data_errors(place: str, dataset: Mapping) -> Iterator[str]:
    if dataset["n_points"] > dataset["m"]:
        yield f"{place}.n_points: {dataset['n_points']} is not allowed; expected at most m = {dataset['m']}"
    if dataset["features"] == "gaussian" and dataset["d"] != dataset["m"]:
        yield f"{place}.d: {dataset['d']} is not allowed; expected d = m = {dataset['m']} for gaussian features"


def _ridge_run_errors(place: str, runs: Sequence[Mapping]) -> Iterator[str]:
    too_many = {run["n"]: run["data"] for run in reversed(runs) if run["n"] > run["data"]["n_points"]}
    for n, dataset in too_many.items():
        limit = f"n_points = {dataset['n_points']} of data set {dataset['name']} (m = {dataset['m']})"
        yield f"{place}.n: {n} is not allowed; expected at most {limit}"


def _support_errors(place: str, dataset: Mapping) -> Iterator[str]:
    for sign in ("pos", "neg"):
        support, total = dataset[f"s_{sign}"], dataset[f"n_{sign}"]
        if support > total:
            yield f"{place}.s_{sign}: {support} is not allowed; expected at most n_{sign} = {total}"


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
    if dataset["planting"] == "none":
        for key in [key for key in ("s_pos", "s_neg") if dataset[key] > 0]:
            yield f"{place}.{key}: {dataset[key]} is not allowed; expected 0 with planting none"
    else:
        yield from _support_errors(place, dataset)


def _highdim_run_errors(place: str, runs: Sequence[Mapping]) -> Iterator[str]:
    for run in runs[:1]:  # attacks are not swept
        steps, least = run["attack_n_steps"], 1 + ceil(run["attack_eps"] / run["attack_step"])
        if 0 < steps < least:
            yield f"{place}.attack_n_steps: {steps} is not allowed; expected 0 or at least {least}, to cross the ball"


def _design_errors(place: str, dataset: Mapping) -> Iterator[str]:
    """Say which designs cannot be drawn or extended: late steps need support vectors that are equally spaced."""
    if dataset["planting"] != "equispaced":
        yield (
            f"{place}.planting: {dataset['planting']} is not allowed; expected equispaced, "
            "as other plantings lead to the edge of stability, where late steps cannot be integrated"
        )
        return
    pairs = [dataset | {"s_pos": s_pos, "s_neg": s_neg} for s_pos, s_neg in dataset["support"]]
    yield from dict.fromkeys(line for pair in pairs for line in _planting_errors(place, pair))


def _delta_run_errors(place: str, runs: Sequence[Mapping]) -> Iterator[str]:
    for run in runs:
        start, horizon, exact = (run[key] for key in ("start", "horizon", "exact_horizon"))
        if horizon <= start:
            yield f"{place}.horizon: {horizon} is not allowed; expected more than start = {start}"
        if exact and not start < exact <= horizon:
            yield (
                f"{place}.exact_horizon: {exact} is not allowed; "
                f"expected 0, or more than start = {start} and at most horizon = {horizon}"
            )


def _nothing_more(place: str, runs: Sequence[Mapping]) -> Iterator[str]:
    return iter(())


_CHECKS = [  # section, what its data sets must satisfy, what the runs of an experiment must satisfy
    ("ridge", _ridge_data_errors, _ridge_run_errors),
    ("logistic", _planting_errors, _nothing_more),
    ("highdim", _support_errors, _highdim_run_errors),
    ("delta", _design_errors, _delta_run_errors),
]

"""Checking the configuration before any job: every error at once, one line each, naming key, value and expectation."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from math import ceil, isfinite
from pathlib import Path
from runpy import run_path

import yaml
from experiments import KINDS, drawn, filled, runs_of, swept
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

GEOMETRY = Path(__file__).parents[2] / "scripts/grokking/logistic/geometry.py"
HALF_DIAGONAL = float(run_path(str(GEOMETRY))["HALF_DIAGONAL"])  # of the square that points are drawn from
EXECUTABLE = 10**8  # steps at d = 2 that can be executed one by one in some hours


def config_errors(config: Mapping, schema: Mapping) -> list[str]:
    """Return one line for each thing that is wrong with the configuration, empty where nothing is.

    What the schema cannot say (sizes that must fit together, names that must exist) is checked once it is satisfied.
    """
    errors = [pair for error in _Validator(schema).iter_errors(config) for pair in _schema_lines(error, schema)]
    lines = dict(errors)  # one line a place: the section's own expectation, which comes after the general one
    return sorted([*lines.values(), *_missing(config, schema)]) or list(_consistency_errors(config))


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


def _schema_lines(error: ValidationError, schema: Mapping) -> Iterator[tuple[str, str]]:
    """Yield place and line of each thing that one error of the schema is about."""
    place = _place(error.absolute_path)
    if error.validator == "additionalProperties":
        known = sorted(error.schema["properties"])
        for key in sorted(map(str, set(error.instance) - set(known))):
            yield _unknown_key(place, key, known)
    elif error.validator == "required":
        for key in sorted(set(error.validator_value) - set(error.instance)):
            yield _missing_key(place, key, error.schema["properties"][key], schema)
    elif "propertyNames" in error.absolute_schema_path:
        if error.validator == "enum":
            yield _unknown_key(place, error.instance, sorted(error.validator_value))
        else:
            expected = _EXPECTED[error.validator](error)
            yield (
                _join(place, error.instance),
                f"{place}: the name {error.instance!r} is not allowed; expected {expected}",
            )
    else:
        place = place or "configuration"
        yield place, _not_allowed(place, error.instance, _EXPECTED[error.validator](error))


def _unknown_key(place: str, key: object, known: Sequence[str]) -> tuple[str, str]:
    near = get_close_matches(str(key), known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"expected one of {', '.join(known)}"
    return _join(place, key), f"{_join(place, key)}: unknown key; {hint}"


def _missing_key(place: str, key: str, described: Mapping, schema: Mapping) -> tuple[str, str]:
    return _join(place, key), f"{_join(place, key)}: missing; expected {_description(described, schema)}"


def _not_allowed(place: str, value: object, expected: str) -> str:
    return f"{place}: {value!r} is not allowed; expected {expected}"


def _missing(config: Mapping, schema: Mapping) -> Iterator[str]:
    """Say which keys neither an entry nor its section's defaults have; once, of the defaults, where no entry has it."""
    for section, described in schema["properties"].items():
        for kind in KINDS:
            entries, defaults = _mapping(config, section, kind), _mapping(config, section, "defaults", kind)
            if not entries or defaults is None or kind not in described["properties"]:
                continue
            keys = _resolved(described["properties"][kind]["additionalProperties"], schema)["propertyNames"]["enum"]
            for key in set(keys) - set(defaults):
                lacking = [name for name, entry in entries.items() if isinstance(entry, Mapping) and key not in entry]
                places = [f"{section}.{kind}.{name}" for name in lacking]
                if len(lacking) == len(entries) > 1:
                    places = [f"{section}.defaults.{kind}"]
                described_key = schema["$defs"]["parameters"]["properties"][key]
                yield from (_missing_key(place, key, described_key, schema)[1] for place in places)


def _mapping(config: Mapping, *path: str) -> Mapping | None:
    """Return the mapping at a path of the configuration: empty where nothing is, None where something else is."""
    here: object = config
    for part in path:
        here = here.get(part, {}) if isinstance(here, Mapping) else None
    return here if isinstance(here, Mapping) else None


def _resolved(described: Mapping, schema: Mapping) -> Mapping:
    """Return what a schema of the form {$ref: "#/$defs/NAME"} refers to."""
    return schema["$defs"][described["$ref"].removeprefix("#/$defs/")]


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
    "minProperties": lambda e: f"at least {e.validator_value} entry",
    "minItems": lambda e: f"at least {e.validator_value} value(s)",
    "maxItems": lambda e: f"at most {e.validator_value} value(s)",
    "minLength": lambda e: "some text",
    "uniqueItems": lambda e: "each value once",
    "pattern": lambda e: f"text that matches {e.validator_value}",
}


def _description(described: Mapping, schema: Mapping) -> str:
    if "description" not in described and "$ref" in described:
        described = _resolved(described, schema)
    return described["description"].rstrip(".")


def _place(path: Iterable[str | int]) -> str:
    """Return a path such as ridge.experiments.figure2.sweeps.n[1]."""
    place = ""
    for part in path:
        place = f"{place}[{part}]" if isinstance(part, int) else _join(place, part)
    return place


def _join(place: str, key: object) -> str:
    return f"{place}.{key}" if place else f"{key}"


Place = Callable[[str], str]  # key -> where its value was written
Error = tuple[str, object, str]  # place, value, what was expected


def _consistency_errors(config: Mapping) -> Iterator[str]:
    """Say what does not fit together in a configuration that the schema allows."""
    yield from _name_errors(config)
    told = set()
    for place, value, expected in _misfits(config):
        if (place, repr(value)) not in told:
            told.add((place, repr(value)))
            yield _not_allowed(place, value, expected)


def _misfits(config: Mapping) -> Iterator[Error]:
    """Yield what does not fit, for each run and for the data sets that runs use: others are not drawn."""
    for section, content in config.items():
        if not isinstance(content, Mapping):
            continue
        entries, used = filled(content), {}
        data = entries.get("data", {})
        for run in (run for name, experiment in entries["experiments"].items() for run in swept(name, experiment)):
            at = _of_run(config, section, run)
            if "data" in run and run["data"] not in data:
                yield from _unknown(at("data"), [run["data"]], data, f"{section}.data")
                continue
            dataset = {"name": run["data"], **data[run["data"]]} if "data" in run else {}
            used |= {run["data"]: dataset} if dataset else {}
            yield from _RUN_CHECKS.get(section, _nothing)(at, run, dataset)
        for name, dataset in used.items():
            yield from _DATA_CHECKS[section](_of_entry(config, section, "data", name), dataset)
    names = [run["run"] for run in runs_of(config, "networks")]
    yield from _unknown("networks.checks", config["networks"]["checks"], names, "the runs of networks.experiments")


def _of_entry(config: Mapping, section: str, kind: str, name: str) -> Place:
    """Return where the values of an entry were written: in it, or in its section's defaults."""
    own = config[section][kind][name]
    return lambda key: f"{section}.{kind}.{name}.{key}" if key in own else f"{section}.defaults.{kind}.{key}"


def _of_run(config: Mapping, section: str, run: Mapping) -> Place:
    """Return where the values of a run were written: in its experiment, there in its sweeps, or in the defaults."""
    unswept = _of_entry(config, section, "experiments", run["experiment"])
    swept_place = f"{section}.experiments.{run['experiment']}.sweeps"
    return lambda key: f"{swept_place}.{key}" if key == run["axis"] else unswept(key)


def _name_errors(config: Mapping) -> Iterator[str]:
    """Say which data sets, experiments or runs share a name: one would overwrite the other's results."""
    data, experiments, runs = [], [], []
    for section, content in config.items():
        if not isinstance(content, Mapping):
            continue
        designs, place = filled(content).get("data", {}).items(), f"{section}.experiments"
        data += [(f"{section}.data", name + ending) for name, design in designs for ending, _ in drawn(design)]
        experiments += [(place, name) for name in content["experiments"]]
        runs += [(place, run["run"]) for run in runs_of(config, section)]
    yield from _repeated(data)
    yield from list(_repeated(experiments)) or _repeated(runs)


def _repeated(named: Iterable[tuple[str, str]]) -> Iterator[str]:
    places = defaultdict(list)
    for place, name in named:
        places[name].append(place)
    for name, found in places.items():
        if len(found) > 1:
            place = " and ".join(dict.fromkeys(found))
            yield f"{place}: the name {name!r} is used {len(found)} times; expected each name once"


def _unknown(place: str, names: Iterable[str], known: Collection[str], expected: str) -> Iterator[Error]:
    for name in sorted(set(names) - set(known)):
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        yield place, name, f"a name from {expected}{hint}"


def _nothing(at: Place, run: Mapping, dataset: Mapping) -> Iterator[Error]:
    return iter(())


def _ridge_data_errors(at: Place, dataset: Mapping) -> Iterator[Error]:
    if dataset["n_points"] > dataset["m"]:
        yield at("n_points"), dataset["n_points"], f"at most m = {dataset['m']}"
    if dataset["features"] == "gaussian" and dataset["d"] != dataset["m"]:
        yield at("d"), dataset["d"], f"d = m = {dataset['m']} for gaussian features"


def _ridge_run_errors(at: Place, run: Mapping, dataset: Mapping) -> Iterator[Error]:
    if run["n"] > dataset["n_points"]:
        limit = f"n_points = {dataset['n_points']} of data set {dataset['name']} (m = {dataset['m']})"
        yield at("n"), run["n"], f"at most {limit}"


def _network_run_errors(at: Place, run: Mapping, _: Mapping) -> Iterator[Error]:
    limit = 1 / run["eta"]
    if run["weight_decay"] >= limit:
        yield at("weight_decay"), run["weight_decay"], f"below 1 / eta = {limit:g}"


def _support_errors(at: Place, dataset: Mapping) -> Iterator[Error]:
    for sign in ("pos", "neg"):
        support, total = dataset[f"s_{sign}"], dataset[f"n_{sign}"]
        if support > total:
            yield at(f"s_{sign}"), support, f"at most n_{sign} = {total}"


def _margin_errors(at: Place, dataset: Mapping) -> Iterator[Error]:
    """Say which margin does not fit: its chord in the square is twice HALF_DIAGONAL - gamma/2 long."""
    gamma, longest = dataset["gamma"], HALF_DIAGONAL - dataset["gamma"] / 2
    if longest <= 0:
        yield at("gamma"), gamma, f"less than the square's diagonal {2 * HALF_DIAGONAL:.4g}"
    elif dataset["planting"] == "equispaced" and dataset["u_limit"] > longest:
        yield at("u_limit"), dataset["u_limit"], f"at most {longest:.4g}, where the margin leaves the square"


def _design_errors(at: Place, design: Mapping) -> Iterator[Error]:
    yield from _margin_errors(at, design)
    n_pos, n_neg = design["n_pos"], design["n_neg"]
    for pair in design["support"]:
        if design["planting"] == "none" and pair != [0, 0]:
            yield at("support"), pair, "[0, 0] with planting none"
        elif pair[0] > n_pos or pair[1] > n_neg:
            yield at("support"), pair, f"at most n_pos = {n_pos} and n_neg = {n_neg}"


def _planar_run_errors(at: Place, run: Mapping, design: Mapping) -> Iterator[Error]:
    """Say which horizon is out of reach: only equally spaced support vectors keep off the edge of stability."""
    if design["planting"] != "equispaced" and run["horizon"] > EXECUTABLE:
        reason = f"at most {EXECUTABLE} with planting {design['planting']}, where every step may have to be executed"
        yield at("horizon"), run["horizon"], reason


def _highdim_run_errors(at: Place, run: Mapping, _: Mapping) -> Iterator[Error]:
    steps, least = run["attack_n_steps"], 1 + ceil(run["attack_eps"] / run["attack_step"])
    if 0 < steps < least:
        yield at("attack_n_steps"), steps, f"0 or at least {least}, to cross the ball"


_DATA_CHECKS = {
    "ridge": _ridge_data_errors,
    "planar": _design_errors,
    "highdim": _support_errors,
}
_RUN_CHECKS = {
    "ridge": _ridge_run_errors,
    "networks": _network_run_errors,
    "planar": _planar_run_errors,
    "highdim": _highdim_run_errors,
}

"""Checking the configuration before any job: every error at once, one line each, naming key, value and expectation."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from math import inf, isfinite
from pathlib import Path

import yaml
from consistency import consistency_errors, not_allowed, number
from experiments import KINDS
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where PyYAML was built with it


def loaded(text: str) -> object:
    """Return the content of a YAML document."""
    return yaml.load(text, _LOADER)


def config_errors(config: Mapping, schema: Mapping) -> list[str]:
    """Return one line for each thing that is wrong with the configuration, empty where nothing is.

    What the schema cannot say (sizes that must fit together, names that must exist) is checked once it is satisfied.
    """
    errors = [pair for error in _Validator(schema).iter_errors(config) for pair in _schema_lines(error, schema)]
    lines = dict(errors)  # one line a place: the section's own expectation, which comes after the general one
    return sorted([*lines.values(), *_missing(config, schema)]) or list(consistency_errors(config))


def file_errors(file: str | Path) -> list[str]:
    """Return one line for each thing in a YAML file that is read as something else than it says, sorted."""
    return sorted(repeated_keys(file) + misread_values(file))


def repeated_keys(file: str | Path) -> list[str]:
    """Return one line for each key that a mapping of a YAML file has twice: YAML keeps the last without a word."""
    lines = []
    for _, node in _nodes(file):
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            repeated = [key for index, (key, _) in enumerate(node.value) if key.value in keys[:index]]
            lines += [f"{file}, line {key.start_mark.line + 1}: {key.value} is given twice" for key in repeated]
    return sorted(lines)


def misread_values(file: str | Path) -> list[str]:
    """Return one line for each number, truth value or date of a YAML file that YAML 1.1 reads as another one.

    It takes 0123 for an octal number, 0x10 and 0b1 for numbers, too, 1:30 for one in base 60, and yes, no, on and off
    for truth values.
    """
    lines = []
    for place, node in _nodes(file):
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        if kind in _AS_WRITTEN and not _AS_WRITTEN[kind].fullmatch(node.value):
            where = f"{file}, line {node.start_mark.line + 1}: {place}"
            lines.append(f"{where}: {node.value} is read as {_told(loaded(node.value))}; write {_meant(node, kind)}")
    return sorted(lines)


def _nodes(file: str | Path) -> Iterator[tuple[str, yaml.Node]]:
    """Yield all nodes of a YAML file, keys included, each once and with its place."""
    waiting, seen = [("", yaml.compose(Path(file).read_text(encoding="utf-8"), _LOADER))], set()
    while waiting:
        place, node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        yield place, node
        if isinstance(node, yaml.SequenceNode):
            waiting += [(f"{place}[{index}]", value) for index, value in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            waiting += [(_join(place, key.value), part) for key, value in node.value for part in (key, value)]


_AS_WRITTEN = {  # kind of a YAML value: what is read as everybody reads it
    "int": re.compile(r"[-+]?(0|[1-9][0-9]*)"),
    "float": re.compile(r"[-+]?([0-9.]+([eE][-+]?[0-9]+)?|\.(inf|Inf|INF))|\.(nan|NaN|NAN)"),
    "bool": re.compile(r"true|false", re.IGNORECASE),
    "timestamp": re.compile("(?!)"),
}


def _told(value: object) -> str:
    return "a date" if isinstance(value, date) else str(value).lower() if isinstance(value, bool) else str(value)


def _meant(node: yaml.ScalarNode, kind: str) -> str:
    """Say how to write what a value is read as, and what may have been meant by it."""
    digits = node.value.lstrip("+-").lstrip("0")
    other = node.value.replace(node.value.lstrip("+-"), digits) if digits.isdecimal() else f"'{node.value}'"
    return other if kind == "timestamp" else f"{_told(loaded(node.value))} or {other}"


def _is_finite_number(_, value: object) -> bool:
    """Say whether a value is a number as the schema means it; YAML also knows .inf and .nan."""
    return Draft202012Validator.TYPE_CHECKER.is_type(value, "number") and -inf < value < inf


def _is_whole_number(_, value: object) -> bool:
    """Say whether a value is a whole number for Python too: 20.0, which JSON Schema allows, counts nothing."""
    return isinstance(value, int) and not isinstance(value, bool)


def _fits_pattern(_, pattern: str, value: object, __) -> Iterator[ValidationError]:
    """Yield an error unless all of a text matches: for `re.search` a `$` is also before a last line break."""
    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield ValidationError("no match")


_Validator = extend(
    Draft202012Validator,
    validators={"pattern": _fits_pattern},
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
        yield place, not_allowed(place, error.instance, _EXPECTED[error.validator](error))


def _unknown_key(place: str, key: object, known: Sequence[str]) -> tuple[str, str]:
    near = get_close_matches(str(key), known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"expected one of {', '.join(known)}"
    return _join(place, key), f"{_join(place, key)}: unknown key; {hint}"


def _missing_key(place: str, key: str, described: Mapping, schema: Mapping) -> tuple[str, str]:
    return _join(place, key), f"{_join(place, key)}: missing; expected {_description(described, schema)}"


def _missing(config: Mapping, schema: Mapping) -> Iterator[str]:
    """Say which keys neither an entry nor its section's defaults have; once, of the defaults, where no entry has it."""
    for section, described in schema["properties"].items():
        for kind in KINDS:
            entries, defaults = _mapping(config, section, kind), _mapping(config, section, "defaults", kind)
            if not entries or defaults is None or kind not in described["properties"]:
                continue
            entry = _resolved(described["properties"][kind]["additionalProperties"], schema)
            for key in set(entry["propertyNames"]["enum"]) - set(entry.get("optional", [])) - set(defaults):
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
    "minimum": lambda e: f"a number of at least {number(e.validator_value)}",
    "exclusiveMinimum": lambda e: f"a number above {e.validator_value}",
    "maximum": lambda e: f"a number of at most {number(e.validator_value)}",
    "exclusiveMaximum": lambda e: f"a number below {e.validator_value}",
    "multipleOf": lambda e: f"a multiple of {e.validator_value}",
    "minProperties": lambda e: f"at least {e.validator_value} entry",
    "minItems": lambda e: f"at least {e.validator_value} value(s)",
    "maxItems": lambda e: f"at most {e.validator_value} value(s)",
    "minLength": lambda e: "some text",
    "maxLength": lambda e: f"at most {e.validator_value} characters",
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

"""The declared claims: reading them, the limits that decide each, and the sentence that says so.

A file of workflow/claims is a mapping of `defaults`, keys that each of its claims has unless it gives its own, of
`headlines`, the claims that the README shows, and of `claims`, a list. An entry with `over` stands for one claim for
each combination: `over` maps a name to a list of mappings, whose keys stand in braces in the entry's texts; a text that
is nothing but a key takes its value as it is.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import product
from math import inf
from pathlib import Path
from typing import Any

import yaml

REQUIRED = ("id", "paper", "place", "statement", "number", "limits", "measure", "evidence")
OPTIONAL = ("note", "paper_value", "reduction", "source")
CHOICES = {"reduction": ("mean", "sum"), "source": ("text", "plot", "ours")}
"""Keys that take one of a few words: the reading of the loss, and where the paper's number comes from."""
FORMS = {  # the key of `limits` that says of which form they are: other keys, and those of them that it must have
    "is": ((), ()),
    "within": (("of", "partly"), ("of",)),
    "factor": (("of", "partly"), ("of",)),
    "at_least": (("up_to", "partly"), ()),
    "at_most": (("from", "partly"), ()),
    "between": (("partly",), ()),
}
Range = tuple[float, float]


class ClaimError(Exception):
    """Declared claims that cannot be read; the message names each and what is wrong, one line for each."""


def read_claims(files: Iterable[Path]) -> list[dict]:
    """Return the claims of all files. Raises ClaimError where an entry is none, or two have one name."""
    claims, lines = [], []
    for declared in map(_read, files):
        for entry in declared["claims"]:
            try:
                claims += [_checked(declared.get("defaults", {}) | claim) for claim in _expanded(entry)]
            except ClaimError as error:
                lines.append(f"claim {entry.get('id', 'without an id')}: {error}")
    counts = Counter(claim["id"] for claim in claims)
    lines += [f"claim {name}: id: used {count} times; expected once" for name, count in counts.items() if count > 1]
    if lines:
        raise ClaimError("\n".join(lines))
    return claims


def headlines(files: Iterable[Path]) -> list[str]:
    """Return the names of the claims that the README shows."""
    return [name for declared in map(_read, files) for name in declared.get("headlines", [])]


def _read(file: Path) -> dict:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where PyYAML was built with it
    return yaml.load(Path(file).read_text(encoding="utf-8"), loader)


def limits(claim: Mapping) -> tuple[Range, Range | None]:
    """Return the range in which a claim's number counts as reproduced, and that in which it partly does, if any."""
    return tuple(one and one[0] for one in _both(claim))


def possible(claim: Mapping) -> Range:
    """Return the range beyond which a claim's number cannot be: the ends `from` and `up_to` of its limits, if any."""
    return claim["limits"].get("from", -inf), claim["limits"].get("up_to", inf)


def criterion(claim: Mapping) -> str:
    """Return what decides a claim in one sentence, made from what is measured and the limits that it is held to."""
    (_, words), partly = _both(claim)
    middle = f" of {_text(claim['limits']['of'])}" if "of" in claim["limits"] else ""
    note = f"; {claim['note']}" if "note" in claim else ""
    return f"{claim['number']} is {words}{middle}{f' (partly {partly[1]})' if partly else ''}{note}"


def _both(claim: Mapping) -> tuple[tuple[Range, str], tuple[Range, str] | None]:
    """Return the range in which a claim is reproduced and that in which it partly is, each with its words."""
    given, form = claim["limits"], _form(claim)
    partly = given.get("partly")
    return _range(form, given, given[form]), None if partly is None else _range(form, given, partly)


def _range(form: str, given: Mapping, end: float | list[float]) -> tuple[Range, str]:
    """Return the range that an end describes, and how it is called; two numbers are a range of their own."""
    if isinstance(end, list):
        return tuple(end), "between {} and {}".format(*map(_text, end))
    text = _text(end)
    match form:
        case "within":  # as the decimal numbers that are written would give it
            return (round(given["of"] - end, 12), round(given["of"] + end, 12)), f"within {text}"
        case "factor":  # to three digits
            ends = (float(f"{at:.3g}") for at in (given["of"] / end, given["of"] * end))
            return tuple(ends), f"within a factor of {text}"
        case "at_least":
            greatest = given.get("up_to", inf)
            return (end, greatest), text if end == greatest else f"at least {text}"
        case "at_most":
            least = given.get("from", -inf)
            return (least, end), text if end == least else f"at most {text}"
    return (end, end), text


def _form(claim: Mapping) -> str:
    keys = list(claim["limits"])
    for form, (allowed, needed) in FORMS.items():
        if form in keys and {*needed} <= {*keys} <= {form, *allowed}:
            return form
    expected = f"one of {', '.join(FORMS)}, with `of` where it is within or factor"
    raise ClaimError(f"limits: {', '.join(keys)} is not allowed; expected {expected}")


def _text(value: float) -> str:
    """Return a number as it is written by hand: 1e6 and 1e-12."""
    return re.sub(r"e([+-])0?", lambda found: "e" + found.group(1).strip("+"), f"{value:g}")


def _checked(claim: dict) -> dict:
    """Return a claim that has all its keys and no other, and limits of a known form."""
    for key in sorted(set(claim) - {*REQUIRED, *OPTIONAL}):
        near = get_close_matches(key, [*REQUIRED, *OPTIONAL], n=1, cutoff=0)[0]
        raise ClaimError(f"{key}: unknown key; did you mean '{near}'?")
    for key in [key for key in REQUIRED if not claim.get(key)]:
        raise ClaimError(f"{key}: missing")
    for key, allowed in CHOICES.items():
        if key in claim and claim[key] not in allowed:
            raise ClaimError(f"{key}: {claim[key]!r} is not allowed; expected one of {', '.join(allowed)}")
    ending = claim["id"].rpartition("-")[2]
    if ending in CHOICES["reduction"] and claim.get("reduction") != ending:
        raise ClaimError(f"reduction: {claim.get('reduction')!r} is not allowed; expected {ending}, as the id ends")
    try:
        criterion(claim)
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise ClaimError(f"limits: {claim['limits']!r} is not allowed; expected a mapping to numbers") from error
    return claim


def _expanded(entry: Mapping) -> Iterator[dict]:
    """Yield the claims that an entry stands for."""
    kept = {key: value for key, value in entry.items() if key != "over"}
    try:
        combinations = [
            {key: value for one in chosen for key, value in one.items()}
            for chosen in product(*entry.get("over", {}).values())
        ]
    except (AttributeError, TypeError) as error:
        raise ClaimError("over: expected a mapping from names to lists of mappings") from error
    for values in combinations:
        yield _filled(kept, values)


def _filled(part: Any, values: Mapping) -> Any:
    """Return a part of an entry with the keys in braces replaced by their values."""
    if isinstance(part, Mapping):
        return {key: _filled(value, values) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, values) for value in part]
    if not isinstance(part, str):
        return part
    for key in re.findall(r"{(\w+)}", part):
        if key not in values:
            known = ", ".join(map(str, values)) or "nothing: there is no `over`"
            raise ClaimError(f"{{{key}}} is not given by `over`; expected one of {known}")
    whole = re.fullmatch(r"{(\w+)}", part)
    return values[whole.group(1)] if whole else re.sub(r"{(\w+)}", lambda key: str(values[key.group(1)]), part)

"""The placeholders with which pages, stories and captions name claims.

`${FORM: NAME ...}` stands for what a form makes of the claims named; FORMS says what each gives. A name may hold `*`,
which stands for any text. The forms that give a number or a verdict take one claim, all others one or more. Where the
verdicts are not those that a text presumes `make docs` stops; a caption shows the verdicts instead.

This module imports nothing of the project: the names are checked before any job, outside of a job's environment.
"""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from fnmatch import filter as matching
from string import Template

FORMS = {
    "ours": "our number",
    "interval": "our number with its interval",
    "percent": "our number, a share, in percent",
    "paper": "the paper's number",
    "quantile": "the place of the paper's number among our seeds",
    "verdict": "the verdict",
    "claims": "a table of the claims, both readings of one statement in one row",
    "holds": "nothing, but presumes that the claims are reproduced, or partly reproduced",
    "fails": "nothing, but presumes that the claims are `not reproduced`",
}
OF_ONE = ("ours", "interval", "percent", "paper", "quantile", "verdict")


class Page(Template):
    """A text with placeholders, and with plain names, as in `$figures`."""

    braceidpattern = r"[a-z]+:\s*[-\w.*][-\w.*\s]*"


def placeholders(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield form and names of each placeholder of a text."""
    for found in Page.pattern.finditer(text):
        if found["braced"]:
            form, names = split(found["braced"])
            yield form, names


def split(placeholder: str) -> tuple[str, list[str]]:
    """Return form and names of what stands between the braces."""
    form, _, names = placeholder.partition(":")
    return form, names.split()


def chosen(names: Collection[str], known: Collection[str]) -> list[str]:
    """Return those of the known names that the names of a placeholder stand for, in the placeholder's order."""
    return list(dict.fromkeys(one for name in names for one in matching(known, name)))


def placeholder_errors(text: str, known: Collection[str]) -> Iterator[str]:
    """Yield one line for each placeholder of an unknown form, or that names what is no claim."""
    for form, names in placeholders(text):
        if form not in FORMS:
            yield f"${{{form}: ...}} is not allowed; {_near(form, FORMS)}"
            continue
        if form in OF_ONE and (len(names) > 1 or "*" in names[0]):
            yield f"${{{form}: {' '.join(names)}}} is not allowed; expected one claim"
        for name in [name for name in names if not matching(known, name)]:
            yield f"${{{form}: {name}}} is not allowed; expected a claim; {_near(name, known)}"
    for found in Page.pattern.finditer(text):
        if found["invalid"] is not None:
            line = text[found.start() :].splitlines()[0][:40]
            yield f"{line!r} is not allowed; expected $name, ${{form: claim ...}}, or $$ for a dollar sign"


def _near(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0)
    return f"did you mean '{near[0]}'?" if near else "there is none"

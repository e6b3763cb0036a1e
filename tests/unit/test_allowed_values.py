"""Whatever the configuration allows, a run ends: with finite numbers, or with one line that names run and key."""

import pytest
from allowed_runs import CASES, keys_of, odd_values, refusals, violation

ALWAYS = ("eta", "horizon")
"""Keys that every kind of run is tried with; the others once a section. tests/sweeps tries all, and pairs of them."""


def tried() -> list[tuple[str, str]]:
    """Return cases and keys."""
    first = {(case.section, key): name for name, case in reversed(CASES.items()) for key in keys_of(case)}
    every = [(name, key) for name, case in CASES.items() for key in keys_of(case)]
    return [(name, key) for name, key in every if key in ALWAYS or first[CASES[name].section, key] == name]


def test_the_small_runs_are_allowed():
    assert {name: lines for name, case in CASES.items() if (lines := refusals(case))} == {}


@pytest.mark.parametrize(("name", "key"), tried())
def test_a_run_with_an_odd_value_is_refused_or_ends(tmp_path, name, key):
    case = CASES[name]
    found = {str(value): violation(case.changed({key: value}), tmp_path) for value in odd_values(case, key)}
    assert {value: wrong for value, wrong in found.items() if wrong} == {}

"""As tests/unit/test_allowed_values.py, with odd values of all keys of all small runs, and of pairs of keys."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from allowed_runs import CASES, keys_of, odd_values, violation
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(("name", "key"), [(name, key) for name, case in CASES.items() for key in keys_of(case)])
def test_a_run_with_an_odd_value_is_refused_or_ends(tmp_path, name, key):
    case = CASES[name]
    found = {str(value): violation(case.changed({key: value}), tmp_path) for value in odd_values(case, key)}
    assert {value: wrong for value, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=100, derandomize=True)
@given(data=st.data())
def test_a_run_with_several_odd_values_is_refused_or_ends(name, data):
    case = CASES[name]
    keys = data.draw(st.lists(st.sampled_from(keys_of(case)), min_size=2, max_size=3, unique=True))
    changes = {key: data.draw(st.sampled_from(odd_values(case, key))) for key in keys}
    with TemporaryDirectory() as folder:
        assert violation(case.changed(changes), Path(folder)) is None

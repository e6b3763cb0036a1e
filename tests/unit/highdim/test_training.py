"""The training stage: every seed on its own data, and one line where a run cannot be followed."""

import re
from dataclasses import asdict, replace

import numpy as np
import pytest
from called import arguments
from grokking.highdim import descent
from grokking.highdim.separated import NotContractingError, SeparatedRows
from grokking.highdim.training import train, trajectories
from grokking.results.files import read_arrays
from samples import HIGHDIM as RUN


def line_of_failure(run, folder):
    with pytest.raises(SystemExit) as failed:
        train.main(None, arguments(folder, {"trajectory": folder / "out.npz"}, run=asdict(run), seed=1))
    assert not list(folder.iterdir())
    return failed.value.code


def test_seeds_are_the_runs_of_their_own_data(tmp_path):
    train(replace(RUN, n_seeds=2), 1, tmp_path / "out.npz")
    both = read_arrays(tmp_path / "out.npz")
    assert not np.allclose(both["w"][0], both["w"][1])
    np.testing.assert_array_equal(trajectories(RUN, root=1)["w"][0], both["w"][0])


def test_data_that_is_not_separated_in_time_is_one_line(tmp_path):
    line = line_of_failure(replace(RUN, d=16, n_pos=400, n_neg=400, eta=0.01, max_chaotic=40), tmp_path)
    expected = (
        r"wide, seed 0: max_chaotic: 40 is not allowed; expected more, as after \d+ steps a margin is negative .*"
    )
    assert re.fullmatch(expected, line)


def test_a_certificate_that_fails_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(descent, "TOLERANCE", 1e-30)
    expected = "wide, seed 0: eta: 0.15 is not allowed; expected a smaller one, as what was left out may reach"
    assert line_of_failure(RUN, tmp_path).startswith(expected)


def test_steps_that_turn_out_too_large_for_the_flow_are_one_line(tmp_path, monkeypatch):
    def refuse(*_):
        raise NotContractingError("it is stiff")

    monkeypatch.setattr(SeparatedRows, "flow", refuse)
    expected = "wide, seed 0: eta: 0.15 is not allowed; expected a smaller one, as it is stiff"
    assert line_of_failure(RUN, tmp_path) == expected

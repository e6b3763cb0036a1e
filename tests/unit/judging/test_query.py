"""The questions that measures and figures ask, and what they are told where a name does not exist."""

import numpy as np
import pandas as pd
import pytest
from judging.query import NotInResultsError, Results


def results():
    base = {"experiment": "e", "model": "ridge", "weight_decay": 1e-3, "n": 10, "m": 50, "bias": True}
    changes = [{}, {"axis": "weight_decay", "weight_decay": 1e-4}, {"axis": "n", "n": 5}]
    changes += [{"axis": "data", "m": 20, "n": 11}, {"axis": "bias", "bias": False}]
    runs = [{"run": f"r{i}", "axis": None} | base | change for i, change in enumerate(changes)]
    runs.append({"run": "x", "axis": None, "figure": "e"} | base | {"experiment": "other", "model": "highdim"})
    times = [("r0", 0, "T", 0.0, 7), ("r0", 1, "T", 0.0, None), ("r0", 0, "T", 0.1, 3), ("x", 0, "S", None, 1)]
    numbers = [("r0", 0, "checks", 2.0, "h"), ("x", 0, "checks", 3.0, "h"), ("r0", 0, "checks", 5.0, "g")]
    curve = [("r0", seed, step, "loss", "train", step + seed) for seed in (0, 1) for step in (0, 1)]
    tables = {
        "runs": pd.DataFrame(runs),
        "times": pd.DataFrame(times, columns=["run", "seed", "quantity", "eps", "step"]).astype({"step": "Int64"}),
        "bounds": pd.DataFrame(numbers, columns=["run", "seed", "quantity", "value", "equation"]),
        "curves": pd.DataFrame(curve, columns=["run", "seed", "step", "quantity", "split", "value"]),
    }
    return Results(tables, {"runs": pd.DataFrame({"dataset": ["runs", "runs", "even"], "y": [1, -1, 1]})})


def test_runs_are_addressed_by_experiment_and_never_by_the_label_that_is_shown():
    assert list(results().runs("e")["run"]) == ["r0", "r1", "r2", "r3", "r4"]
    assert list(results().runs("e", bias=False)["run"]) == ["r4"]
    assert results().first("other")["run"] == "x"


def test_a_sweep_holds_the_runs_of_its_axis_and_the_first_whatever_else_differs():
    asked = results()
    assert list(asked.sweep("e", "weight_decay")["run"]) == ["r1", "r0"]
    assert asked.axes("e") == ["weight_decay", "n", "data", "bias"]
    assert list(asked.sweep("other", "n")["run"]) == ["x"]


def test_a_sweep_over_data_lies_over_the_number_in_which_the_data_sets_differ():
    assert list(results().sweep("e", "data")["at"]) == [20, 50]
    assert results().number_of("e", "data") == "m"


def test_times_are_picked_by_level_and_say_what_was_not_reached():
    asked = results()
    runs = asked.runs("e")
    assert list(asked.times(runs, "T", 0.0, unreached=np.inf)) == [7, np.inf]
    assert list(asked.times(runs, "T", levels=[0.0, 0.1, 0.5]).dropna()) == [7, 3]
    assert asked.times(runs, "S").empty
    np.testing.assert_array_equal(asked.levels(runs, "T"), [0.0, 0.1])


def test_numbers_belong_to_runs_and_equations():
    asked = results()
    assert asked.numbers(asked.runs("e"), "checks", "h").tolist() == [2.0]
    assert list(asked.checked_on("h")["run"]) == ["r0", "x"]


def test_a_curve_has_a_column_for_each_seed():
    assert results().curve("r0", "loss", "train").to_numpy().tolist() == [[0, 1], [1, 2]]


def test_splits_of_a_curve_are_not_mixed():
    asked = results()
    train = asked.table("curves")
    both = Results({"curves": pd.concat([train, train.assign(split="test")], ignore_index=True)})
    assert both.curve("r0", "loss", "test").equals(asked.curve("r0", "loss"))
    with pytest.raises(ValueError, match="several values at one step and seed: expected one"):
        both.curve("r0", "loss")


def test_a_data_set_may_have_the_name_of_a_table():
    assert list(results().points("runs")["y"]) == [1, -1]
    assert "experiment" in results().table("runs")


@pytest.mark.parametrize(
    ("question", "line"),
    [
        (lambda asked: asked.runs("f"), "experiment 'f' is not in the configuration; expected one of e, other"),
        (lambda asked: asked.runs("e", n=99), "experiment 'e' has no run with n = 99; expected one of 10, 5, 11"),
        (lambda asked: asked.check_axis("other", "n"), "experiment 'other' has no sweep of n; there is none"),
        (lambda asked: asked.sweep("other", "data"), "data sets of model 'highdim' do not differ in one number"),
        (lambda asked: asked.sweep("e", "nu"), "the runs have no 'nu'; expected one of "),
        (lambda asked: asked.times(asked.runs("e"), "U"), "no run has 'U' in the table times; expected one of S, T"),
        (lambda asked: asked.times(asked.runs("e"), "T", 0.5), "no run has T at eps = 0.5; expected one of 0.0, 0.1"),
        (lambda asked: asked.numbers(asked.runs("e"), "check"), "no run has 'check' in the table bounds"),
        (
            lambda asked: asked.numbers(asked.runs("e"), "checks", "i"),
            "no run checks the equation 'i'; expected one of g, h",
        ),
        (lambda asked: asked.curve("r0", "loss", "test"), "no run has loss on 'test'; expected one of train"),
        (lambda asked: asked.curve("r9", "loss", "train"), "run 'r9' has no loss on 'train'; there is none"),
        (lambda asked: asked.points("plain"), "data set 'plain' was not given; expected one of even, runs"),
        (lambda asked: asked.table("fits"), "table 'fits' was not given; expected one of runs, times, bounds, curves"),
    ],
)
def test_a_name_that_does_not_exist_is_an_error_that_says_which_do(question, line):
    with pytest.raises(NotInResultsError) as failed:
        question(results())
    assert str(failed.value).startswith(line)

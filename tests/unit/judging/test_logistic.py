import judging.logistic  # noqa: F401 (it registers measures)
import numpy as np
import pandas as pd
import pytest
from judging.query import Results
from judging.registry import MEASURES, mean, median


def tables(times=(), numbers=(), curves=()):
    common = {
        "experiment": "f",
        "axis": None,
        "n_pos": 10,
        "n_neg": 10,
        "scale": "paper",
        "deviations": "none",
        "horizon": 9000,
    }
    runs = pd.DataFrame(
        [
            {"run": "a", "bias": True, "s_pos": 4, "s_neg": 4} | common,
            {"run": "b", "bias": True, "s_pos": 6, "s_neg": 2} | common,
            {"run": "c", "bias": True, "s_pos": 7, "s_neg": 1} | common | {"n_neg": 5},
            {"run": "d", "bias": False, "s_pos": 4, "s_neg": 4} | common,
        ]
    )
    columns = ["run", "seed", "quantity", "eps", "step"]
    return {
        "runs": runs,
        "times": pd.DataFrame(times, columns=columns).astype({"step": "Int64"}),
        "bounds": pd.DataFrame(numbers, columns=["run", "seed", "quantity", "value"]),
        "curves": pd.DataFrame(curves, columns=["run", "seed", "step", "quantity", "value"]).assign(split="train"),
    }


def measured(name, given, **arguments):
    return MEASURES[name](Results(given), experiment="f", **arguments)


def test_median_counts_what_was_not_reached_as_late():
    assert median(np.array([1.0, 2.0, np.inf])).value == 2.0
    assert median(np.array([1.0, np.inf, np.inf])).value == np.inf


def test_median_interval_holds_the_median_with_95_percent():
    rng = np.random.default_rng(1)
    found = [median(rng.exponential(size=20)) for _ in range(2000)]
    inside = np.mean([one.ci_low <= np.log(2) <= one.ci_high for one in found])
    assert 0.94 <= inside <= 0.99


def test_mean_has_an_interval_only_where_seeds_differ():
    assert np.isnan(mean(np.array([2.0, 2.0])).ci_low)
    spread = mean(np.array([1.0, 3.0]))
    assert spread.ci_low < 2.0 < spread.ci_high


def test_times_and_delays_are_those_of_the_first_run():
    rows = [("a", s, "T_tr", 0.0, 10) for s in range(3)]
    rows += [("a", s, "T_te_standard", 0.0, step) for s, step in enumerate([100, 300, None])]
    rows += [("a", 0, "T_te_standard", 0.1, 5), ("d", 0, "T_te_standard", 0.0, 1)]
    given = tables(rows)
    assert measured("logistic_time", given, quantity="T_te_standard", eps=0.0).value == 300
    assert measured("delay", given, test="standard", eps=0.0).value == 30


def test_delay_by_bias_pairs_seeds():
    rows = [("a", s, "T_tr", 0.0, step) for s, step in enumerate([100, 400, 900])]
    rows += [("d", s, "T_tr", 0.0, step) for s, step in enumerate([100, 100, 100])]
    both = tables(rows)
    both["runs"] = both["runs"][both["runs"]["run"].isin(["a", "d"])]
    assert measured("delay_by_bias", both, quantity="T_tr", eps=0.0).value == 4


def test_phases_are_pooled_over_runs_with_a_bias():
    rows = [(run, 0, "t_phase_3", np.nan, step) for run, step in [("a", 1), ("b", 2), ("c", 3), ("d", 1000)]]
    given = tables(rows)
    assert measured("phase_start", given, quantity="t_phase_3").value == 2
    assert measured("phase_start", given, quantity="t_phase_3", classes="imbalanced").value == 3
    assert measured("phase_start", given, quantity="t_phase_3", classes="balanced").value == 1


@pytest.mark.parametrize(("planted", "expected"), [("all", 2.0), ("balanced", 1.0), ("imbalanced", 2.5)])
def test_summaries_are_averaged_over_the_runs_asked_for(planted, expected):
    rows = [(run, s, "x", value) for run, value in [("a", 1.0), ("b", 2.0), ("c", 3.0), ("d", 50.0)] for s in range(2)]
    assert measured("summary_mean", tables(numbers=rows), quantity="x", planted=planted).value == expected


def test_rank_with_imbalance():
    rows = [(run, s, "x", value) for run, value in [("a", 1.0), ("b", 2.0), ("c", 3.0)] for s in range(2)]
    times = [(run, 0, "T", 0.0, step) for run, step in [("a", None), ("b", 20), ("c", 10)]]
    given = tables(times, rows)
    given["runs"] = given["runs"][:3]
    assert measured("rank_with_imbalance", given, quantity="x").value == pytest.approx(1.0)
    assert measured("rank_with_imbalance", given, quantity="T", eps=0.0).value == pytest.approx(-1.0)


def test_the_interval_of_a_correlation_ends_at_1():
    seeds = [(1.0, 2.0, 3.0), (1.0, 2.0, 3.0), (2.0, 1.0, 3.0)]
    rows = [(run, s, "x", value) for s, values in enumerate(seeds) for run, value in zip("abc", values, strict=True)]
    given = tables(numbers=rows)
    given["runs"] = given["runs"][:3]
    found = measured("rank_with_imbalance", given, quantity="x")
    assert (found.value, found.ci_high) == (pytest.approx(5 / 6), 1)


def test_attacks_are_compared_from_the_first_logged_step_to_the_end():
    values = {"pgd": [0.1, 0.6, 0.9], "exact": [0.5, 0.5, 0.6], "masked": [0.0, 0.1, 0.25]}
    rows = [("d", 0, step, name, v) for name, vs in values.items() for step, v in zip([50, 100, 1000], vs, strict=True)]
    given = tables(curves=rows)
    assert measured("attack_gain", given, bias=False, quantity="pgd").value == pytest.approx(0.3)
    less = measured("attack_difference", given, bias=False, quantity="pgd", less=["exact", "masked"])
    assert less.value == pytest.approx(0.05)


def swept(values):
    """Tables of an experiment swept over `flips`, and of another, g: numbers x of two seeds by run, y always 1."""
    runs = [
        {"run": f"{name}{pos}{flips}", "experiment": name, "axis": "flips" if flips else None, "flips": flips}
        | {"s_pos": pos, "s_neg": 3}
        for name in "fg"
        for pos in (3, 4)
        for flips in (0, 1)
    ]
    rows = [(run, seed, "x", x) for run, xs in values.items() for seed, x in enumerate(xs)]
    rows += [(run["run"], seed, "y", 1.0) for run in runs for seed in range(2)]
    return {"runs": pd.DataFrame(runs), "bounds": pd.DataFrame(rows, columns=["run", "seed", "quantity", "value"])}


SWEPT = swept({"f30": [1, 1], "f31": [2, 2], "f40": [4, 4], "f41": [0.1, 0.3], "g30": [1, 1], "g41": [0.5, 0.7]})


def test_a_number_is_that_of_the_run_at_a_place_of_a_sweep():
    assert measured("number_in_run", SWEPT, quantity="x", support=[4, 3], axis="flips", at=1).sample == (0.1, 0.3)
    assert measured("number_in_run", SWEPT, quantity="x").value == 1
    assert measured("number_in_run", SWEPT, quantity="y", over="x", axis="flips", at=1).value == 0.5
    given = {"quantity": "x", "support": [4, 3], "axis": "flips", "at": 1}
    assert measured("share_of_numbers", SWEPT, **given, least=0.3).value == 0.5


def test_numbers_are_compared_where_they_are_farthest_apart():
    assert measured("farthest_number", SWEPT, quantity="x", over="y").value == pytest.approx(5)
    assert measured("farthest_mean", SWEPT, quantity="x", less="y").value == pytest.approx(3)
    assert measured("farthest_mean", SWEPT, quantity="x", less="y", support=[3, 3]).value == pytest.approx(1)
    found = measured("farthest_between", SWEPT, other="g", quantity="x", axis="flips")
    assert found.value == pytest.approx(0.4)

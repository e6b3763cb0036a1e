import judging.logistic  # noqa: F401 (it registers measures)
import numpy as np
import pandas as pd
import pytest
from judging.fits import fit_support, times_on_delta
from judging.query import NotInResultsError, Results
from judging.registry import MEASURES

COUNTS = [(20, 20), (25, 16), (40, 10), (80, 5)]
QUANTITY = "T_te_concentrated_last"


def tables(slope=2.0, seeds=3, spread=0.1, censored=None):
    """Times T = 1e6 exp(slope |log delta|) and 1e3 without a bias; log delta as measured is twice that from counts."""
    rng = np.random.default_rng(0)
    runs, times, bounds = [], [], []
    for experiment, bias in (("f", True), ("control", False)):
        for s_pos, s_neg in COUNTS:
            run, log_delta = f"{experiment}-{s_pos}-{s_neg}", np.log(s_neg / s_pos) / 2
            axis = None if s_pos == s_neg else "support"
            runs.append(
                {"run": run, "experiment": experiment, "axis": axis, "s_pos": s_pos, "s_neg": s_neg, "horizon": 1e9}
            )
            for seed in range(seeds):
                step = 1e6 * np.exp(-slope * log_delta + spread * rng.standard_normal()) if bias else 1e3
                step = None if (run, seed) == censored else step
                times.append({"run": run, "seed": seed, "quantity": QUANTITY, "eps": 0.01, "step": step})
                times.append({"run": run, "seed": seed, "quantity": "T_te_model", "eps": 0.01, "step": 3e6})
                for name, factor in (("log_delta_counts", 1), ("log_delta_measured", 2)):
                    value = {"quantity": name, "value": factor * log_delta, "equation": "e"}
                    bounds.append({"run": run, "seed": seed} | value)
    return {"runs": pd.DataFrame(runs), "times": pd.DataFrame(times), "bounds": pd.DataFrame(bounds)}


def fits(given):
    return fit_support(Results(given), 1).set_index(["fit", "x"])


def test_the_slope_is_that_on_delta_from_counts_and_as_measured():
    found = fits(tables(spread=0.0))
    name = f"f: {QUANTITY} on support"
    assert found.loc[(name, "|ln delta|, counts"), "slope"] == pytest.approx(2.0)
    assert found.loc[(name, "|ln delta|, measured"), "slope"] == pytest.approx(1.0)
    assert found.loc[(name, "|ln delta|, counts"), "n"] == 9  # the balanced run is left out


def test_the_interval_holds_the_slope_and_censored_times_are_counted():
    fit = fits(tables(censored=("f-80-5", 1))).loc[(f"f: {QUANTITY} on support", "|ln delta|, counts")]
    assert fit["ci_low"] < 2.0 < fit["ci_high"]
    assert (fit["n"], fit["n_censored"]) == (8, 1)


def test_times_are_sorted_along_delta():
    values = times_on_delta(Results(tables()), "f", QUANTITY, 0.01)
    assert values.index.to_numpy() == pytest.approx([np.log(p / n) / 2 for p, n in COUNTS[1:]])
    assert values.shape == (3, 3)


def measured(name, given, **arguments):
    return MEASURES[name](Results(given), experiment="f", **arguments)


def test_measures_of_slope_ratio_and_delay():
    given = tables(spread=0.0)
    given["fits"] = fits(given).reset_index()
    assert measured("delta_slope", given, quantity=QUANTITY, eps=0.01).value == pytest.approx(2.0)
    with pytest.raises(NotInResultsError, match=r"no fit of f: .*, eps = 0\.5"):
        measured("delta_slope", given, quantity=QUANTITY, eps=0.5)
    within = {"quantity": QUANTITY, "model": "T_te_model", "levels": [0.01]}
    # The times are 1.56e6, 4e6 and 16e6.
    assert measured("share_within", given, **within, factor=2).value == pytest.approx(2 / 3)
    assert measured("median_time", given, quantity=QUANTITY, eps=0.01).value == pytest.approx(4e6)
    delay = measured("delay_due_to_bias", given, control="control", quantity=QUANTITY, eps=0.01)
    assert delay.value == pytest.approx(4e3)


@pytest.mark.parametrize(("steps", "spread"), [((4, 5, 4), 1.25), ((4, None, 4), np.inf), ((None, None, None), np.nan)])
def test_the_spread_of_a_time_over_seeds(steps, spread):
    given = tables()
    rows = [
        {"run": "f-20-20", "seed": seed, "quantity": "T", "eps": 0.1, "step": step} for seed, step in enumerate(steps)
    ]
    given["times"] = pd.concat([given["times"], pd.DataFrame(rows)])
    found = measured("spread_over_seeds", given, quantity="T", levels=[0.1]).value
    assert found == pytest.approx(spread, nan_ok=True)


def test_a_time_not_reached_is_out_of_every_factor_and_late():
    given = tables(spread=0.0, seeds=1, censored=("f-40-10", 0))
    within = {"quantity": QUANTITY, "model": "T_te_model", "levels": [0.01]}
    assert measured("share_within", given, **within, factor=2).value == pytest.approx(1 / 3)
    assert measured("median_time", given, quantity=QUANTITY, eps=0.01).value == pytest.approx(16e6)


def test_the_slope_is_held_against_the_theorem_at_the_level_where_it_departs_most():
    given = tables(slope=2.0, spread=0.0)
    given["runs"]["alpha"] = 10.0  # at eps = 0.01 the theorem's slope is 1/1.38
    arguments = {"quantity": QUANTITY, "levels": [0.01]}
    assert measured("slope_against_theorem", given, **arguments).value == pytest.approx(2.76)
    assert measured("steepest_slope", given, **arguments).value == pytest.approx(2.0)
    assert np.isnan(measured("steepest_slope", given, **arguments, least=0.5).value)  # two runs are left
    assert measured(
        "slope_against_theorem", tables(slope=0.5, spread=0.0) | {"runs": given["runs"]}, **arguments
    ).value == (pytest.approx(1 / 0.69))


def test_runs_that_differ_otherwise_too_are_no_part_of_the_sweep():
    given = tables()
    wider = given["runs"]["run"] == "f-80-5"
    given["runs"].loc[wider, "axis"] = "data"
    assert times_on_delta(Results(given), "f", QUANTITY, 0.01).shape == (2, 3)
    fit = fits(given).loc[(f"f: {QUANTITY} on support", "|ln delta|, counts")]
    assert (fit["n"], np.isnan(fit["slope"])) == (6, True)


def test_a_hypothesis_that_never_holds_counts_against_the_share():
    given = tables(seeds=1)
    rows = [("f-25-16", "hypothesis", 1), ("f-25-16", "holds_from", 100), ("f-40-10", "hypothesis", 0)]
    rows += [("f-80-5", "hypothesis", 1), ("f-80-5", "holds_from", 5000)]
    numbers = [{"run": r, "seed": 0, "quantity": q, "value": v, "equation": "h"} for r, q, v in rows]
    given["bounds"] = pd.DataFrame(numbers)
    assert measured("share_holding", given, equation="h", before=1000).value == pytest.approx(1 / 3)
    assert measured("median_number", given, quantity="holds_from", equation="h").value == 100
    with pytest.raises(NotInResultsError, match="no run checks the equation 'other'; expected one of h"):
        measured("share_holding", given, equation="other", before=1000)
    given["bounds"] = given["bounds"].query("run == 'f-40-10'")
    assert measured("share_holding", given, equation="h", before=1000).value == 0


def test_a_time_over_that_at_other_counts_is_paired_by_seed():
    given, args = tables(spread=0.3), {"quantity": QUANTITY, "eps": 0.01, "support": [80, 5], "over": [20, 20]}
    steps = given["times"].pivot_table(index=["run", "eps", "quantity"], columns="seed", values="step")
    ratio = steps.loc[("f-80-5", 0.01, QUANTITY)] / steps.loc[("f-20-20", 0.01, QUANTITY)]
    assert measured("delay_by_support", given, **args).value == pytest.approx(ratio.median())
    with pytest.raises(NotInResultsError, match="s_pos"):
        measured("delay_by_support", given, **args | {"support": [81, 5]})


def test_an_unreached_time_over_its_prediction_is_infinite():
    given = tables(spread=0.0, censored=("f-20-20", 1))
    given["bounds"]["value"] = 1e5
    args = {"quantity": QUANTITY, "eps": 0.01, "over": "log_delta_counts"}
    found = measured("time_over_number", given, **args)
    assert found.value == pytest.approx(10)
    assert sorted(found.sample)[-1] == np.inf

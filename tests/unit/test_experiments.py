"""The expansion of the configuration, on small ones of the same form."""

import copy

import pytest
from experiments import axes_of, datasets_of, designs_of, drawn, runs_of, settled
from snakemake.utils import update_config

SHIPPED = {
    "seed": 1,
    "ridge": {
        "defaults": {"data": {"m": 5, "n_points": 4}, "experiments": {"n": 2, "eta": 1.0, "sweeps": {}}},
        "data": {"small": {"m": 3}, "large": {}},
        "experiments": {
            "first": {"data": "small", "sweeps": {"n": [2, 3], "data": ["small", "large"]}},
            "second": {"data": "large", "eta": 0.5},
        },
    },
}


def merged(overlay):
    """Return the shipped configuration under an overlay, as Snakemake merges them: the overlay's keys come first."""
    config = copy.deepcopy(overlay)
    update_config(config, copy.deepcopy(SHIPPED))
    update_config(config, copy.deepcopy(overlay))
    return settled(config, SHIPPED)


def by_name(config, section="ridge"):
    return {run["run"]: run for run in runs_of(config, section)}


def test_a_run_has_the_defaults_its_own_values_and_those_of_its_data_set():
    assert by_name(SHIPPED)["second"] == {
        "run": "second",
        "experiment": "second",
        "axis": None,
        "paper": "ridge",
        "model": "ridge",
        "dataset": "large",
        "m": 5,
        "n": 2,
        "eta": 0.5,
    }


def test_each_value_of_a_sweep_but_the_base_value_is_a_run_along_its_axis():
    runs = [run for run in runs_of(SHIPPED, "ridge") if run["experiment"] == "first"]
    assert [(run["run"], run["axis"], run["n"], run["dataset"], run["m"]) for run in runs] == [
        ("first", None, 2, "small", 3),
        ("first-n-3", "n", 3, "small", 3),
        ("first-data-large", "data", 2, "large", 5),
    ]


def test_numbers_in_names_are_short():
    runs = by_name(merged({"ridge": {"experiments": {"second": {"sweeps": {"eta": [1.0e-5, 1.0]}}}}}))
    assert {"second-eta-1e-05", "second-eta-1"} < set(runs)


def test_null_takes_an_entry_away_or_back_to_the_default():
    config = merged({"ridge": {"experiments": {"first": {"sweeps": {"n": None}}, "second": {"eta": None}}}})
    assert set(by_name(config)) == {"first", "first-data-large", "second"}
    assert by_name(config)["second"]["eta"] == 1.0
    assert set(by_name(merged({"ridge": {"experiments": {"first": None}}}))) == {"second"}


def test_an_overlay_that_names_the_last_experiment_leaves_the_order_as_it_was():
    overlay = {"ridge": {"experiments": {"third": {"data": "large"}, "second": {"n": 4}}}}
    assert list(by_name(merged(overlay))) == [*by_name(SHIPPED), "third"]
    assert list(merged(overlay)) == list(SHIPPED)


@pytest.mark.parametrize("config", [{"ridge": [1]}, {"ridge": {"experiments": 5}}, {}])
def test_a_malformed_configuration_is_left_to_the_schema(config):
    assert settled(config, SHIPPED) == config


def test_a_data_set_knows_its_name_and_has_the_defaults():
    assert datasets_of(SHIPPED, "ridge") == {
        "small": {"name": "small", "m": 3, "n_points": 4},
        "large": {"name": "large", "m": 5, "n_points": 4},
    }


def test_axes_of_every_experiment_are_known_by_name():
    assert axes_of(SHIPPED) == {"first": ["n", "data"], "second": []}


def test_the_horizon_of_a_network_follows_the_swept_decay():
    experiment = {"eta": 0.1, "weight_decay": 0.5, "decay_times": 2.0, "sweeps": {"weight_decay": [0.25]}}
    runs = by_name({"networks": {"experiments": {"net": experiment}}}, "networks")
    assert {name: run["horizon"] for name, run in runs.items()} == {"net": 40, "net-weight_decay-0.25": 80}
    assert "decay_times" not in runs["net"]


PLANAR = {
    "planar": {
        "data": {
            "plain": {"planting": "none", "support": [[0, 0]]},
            "one": {"planting": "full", "support": [[3, 1]]},
            "two": {"planting": "full", "support": [[2, 2], [1, 3]]},
        },
        "experiments": {
            "alone": {"data": "one", "bias": True, "sweeps": {"bias": [True, False]}},
            "pairs": {"data": "two", "bias": True},
            "classes": {"data": "one", "bias": True, "sweeps": {"data": ["one", "two"]}},
        },
    }
}


def test_a_design_with_one_pair_is_one_data_set_and_with_several_one_for_each():
    assert [(name, s["s_pos"], s["s_neg"]) for name, s in datasets_of(PLANAR, "planar").items()] == [
        ("plain", 0, 0),
        ("one", 3, 1),
        ("two-2-2", 2, 2),
        ("two-1-3", 1, 3),
    ]
    assert list(drawn({"d": 5})) == [("", {"d": 5})]


def test_an_experiment_has_a_run_for_each_pair_of_its_design():
    runs = [(run["run"], run["axis"], run["dataset"], run["s_neg"]) for run in runs_of(PLANAR, "planar")]
    assert runs == [
        ("alone", None, "one", 1),
        ("alone-bias-0", "bias", "one", 1),
        ("pairs-2-2", None, "two-2-2", 2),
        ("pairs-1-3", "support", "two-1-3", 3),
        ("classes", None, "one", 1),
        ("classes-data-two-2-2", "data", "two-2-2", 2),
        ("classes-data-two-1-3", "data", "two-1-3", 3),
    ]
    assert not any("support" in run for run in runs_of(PLANAR, "planar"))


def test_several_pairs_are_an_axis():
    assert axes_of(PLANAR) == {"alone": ["bias"], "pairs": ["support"], "classes": ["data"]}


def test_an_experiment_may_take_some_pairs_of_its_design_and_its_first_seeds():
    own = {"data": "two", "bias": True, "support": [[1, 3]], "n_seeds": 2}
    planar = {"data": PLANAR["planar"]["data"], "defaults": {"data": {"n_seeds": 5}}, "experiments": {"some": own}}
    runs = [(run["run"], run["axis"], run["dataset"], run["n_seeds"]) for run in runs_of({"planar": planar}, "planar")]
    assert runs == [("some-1-3", None, "two-1-3", 2)]


def test_a_design_is_drawn_for_those_of_its_data_sets_that_are_used():
    assert designs_of(PLANAR, "planar", {"one", "two-1-3"}) == {
        "one": {"name": "one", "planting": "full", "datasets": ["one"], "support": [[3, 1]]},
        "two": {"name": "two", "planting": "full", "datasets": ["two-1-3"], "support": [[1, 3]]},
    }


def test_null_in_the_shipped_file_itself_takes_away_too():
    assert settled({"a": {"b": None}, "c": None}, {"c": None, "a": {"b": None}}) == {"a": {}}

"""Numbers of the sections planar and highdim: beyond its range one is refused before any job, within it a run ends."""

from math import inf, nextafter

import numpy as np
import pytest
from grokking.flow.prediction import PredictedRun, theory_table
from logistic_stages import SCHEMA, configured, ends
from validation import config_errors

NUMBERS = ("number", "integer")
FITTED = {"support", "u_limit", "gap", "margin_points", "perturbation", "s_pos", "s_neg", "eps"}
"""Keys whose range depends on others, or that are lists."""
SIZES = {"n_pos", "n_neg", "n_test", "n_seeds", "d", "n_snapshots", "max_chaotic"}
"""Keys whose upper end fills the memory, or takes long: it is only looked at."""
EQUISPACED = {"planting": "equispaced", "support": [[6, 4]]}
WEIGHTED = {"planting": "weighted", "margin_points": 4, "support": [[9.5, 0.5]]}
UNUSED = {
    ("planar", "mean"): set(),
    ("planar", "sum"): {"b_0", "attack_eps", "attack_step", "attack_n_steps", "n_test"},
    ("highdim", "mean"): {"max_chaotic", "attack_step", "attack_n_steps"},
    ("highdim", "sum"): {"attack_eps", "attack_step", "attack_n_steps", "n_test", "n_snapshots"},
}
"""Keys that a reduction does not use, or as the other one does."""
BASES = {
    ("planar", "mean"): EQUISPACED,
    ("planar", "sum"): {},
    ("highdim", "mean"): {},
    ("highdim", "sum"): {},
}
KINDS = {"planar": ("planar_data", "planar_experiment"), "highdim": ("highdim_data", "highdim_experiment")}


def ranges(section):
    """Yield kind (data or experiment), key and range of every number of a section that has one of its own."""
    general = SCHEMA["$defs"]["parameters"]["properties"]
    for kind in KINDS[section]:
        described = SCHEMA["$defs"][kind]
        for key in sorted(set(described["propertyNames"]["enum"]) - FITTED):
            whole = general[key] | described["properties"].get(key, {})
            if "$ref" in whole:
                whole = SCHEMA["$defs"][whole["$ref"].removeprefix("#/$defs/")] | whole
            if whole.get("type") in NUMBERS:
                yield kind.removeprefix(f"{section}_"), key, whole


def sides(described):
    """Return the least and the greatest value that a range has, None for an end that it lacks."""
    low, high = described.get("minimum"), described.get("maximum")
    if low is None and "exclusiveMinimum" in described:
        low = nextafter(described["exclusiveMinimum"], inf)
    if high is None and "exclusiveMaximum" in described:
        high = nextafter(described["exclusiveMaximum"], -inf)
    return low, high


def changed(section, reduction, kind, key, value):
    data, experiment = dict(BASES[section, reduction]), {"reduction": reduction}
    (data if kind == "data" else experiment)[key] = value
    return configured(section, data, experiment)


ALL = [(section, *found) for section in KINDS for found in ranges(section)]


def test_every_number_has_a_range():
    """But for the upper ends of a margin, the square's diagonal, and of an experiment's seeds, those of its data."""
    without = [(section, kind, key) for section, kind, key, described in ALL if None in sides(described)]
    seeds = [(section, "experiment", "n_seeds") for section in KINDS]
    assert sorted(without) == sorted([("planar", "data", "gamma"), *seeds])


@pytest.mark.parametrize(("section", "kind", "key", "described"), ALL, ids=lambda value: str(value)[:20])
def test_a_number_beyond_its_range_is_refused_in_one_line(section, kind, key, described):
    step = described.get("multipleOf", 1)
    for end, way in zip(sides(described), (-1, 1), strict=True):
        if end is None:
            continue
        beyond = end + way * step if described["type"] == "integer" else nextafter(end, way * inf)
        (line,) = config_errors(changed(section, "mean", kind, key, beyond), SCHEMA)
        place = f"{section}.{'data.points' if kind == 'data' else 'experiments.x'}.{key}"
        assert line.startswith(f"{place}: {beyond!r} is not allowed; expected a number")


def inner(section, reduction):
    """Yield kind, key and value: the ends of ranges, and some values in between."""
    for kind, key, described in ranges(section):
        if key in UNUSED[section, reduction]:
            continue
        low, high = sides(described)
        yield kind, key, low
        if key not in SIZES and high is not None and (section, reduction, key) != ("highdim", "mean", "horizon"):
            yield kind, key, high
    yield from [("experiment", "horizon", steps) for steps in (11, 101, 1001)]
    yield from [("experiment", "eta", eta) for eta in (1e-6, 0.04, 0.5, 33.3)]
    yield from [("experiment", "eps", levels) for levels in ([0.0, 5e-324], [1 - 2**-53])]
    yield "experiment", "bias", False


PLANAR = [("data", "gamma", gamma) for gamma in (0.3, 14.142)]
PLANAR += [
    ("data", "gap", 7.071),
    ("data", "u_limit", 5e-324),
    ("data", "u_limit", 7.07),
    ("data", "perturbation", 1e-5),
]
PLANAR += [("data", "support", [pair]) for pair in ([0, 10], [12, 10], [1, 1])]
HIGHDIM = [
    ("data", "s_pos", 1),
    ("data", "s_neg", 14),
    ("data", "n_pos", 60),
    ("data", "d", 100),
    ("data", "gamma", 3.0),
]
CASES = [(*base, *found) for base in BASES for found in inner(*base)]
CASES += [("planar", "mean", *found) for found in PLANAR] + [("highdim", "mean", *found) for found in HIGHDIM]
CASES += [("highdim", "sum", *found) for found in HIGHDIM]


@pytest.mark.parametrize(("section", "reduction", "kind", "key", "value"), CASES, ids=lambda value: str(value)[:12])
def test_a_run_with_a_number_of_its_range_ends(section, reduction, kind, key, value, tmp_path):
    ends(section, changed(section, reduction, kind, key, value), tmp_path)


@pytest.mark.parametrize("horizon", [10, 10**5])
@pytest.mark.parametrize("eta", [1e-12, 0.05])
@pytest.mark.parametrize(("d", "points"), [(4, 2 * 10**7), (100, 202)])
def test_what_is_predicted_in_high_dimension_is_finite(d, points, eta, horizon):
    law = {"d": d, "n_pos": points // 2, "n_neg": points // 2, "gamma": 1e-5, "alpha": 0.6, "n_snapshots": 6}
    table = theory_table(PredictedRun(run="x", **law, bias=True, eta=eta, horizon=horizon))
    assert np.isfinite(table["value"].to_numpy()).all()


@pytest.mark.parametrize("pair", [[1e-9, 1e-9], [1e9, 1e-9], [1e9, 1e9]])
def test_a_run_with_weights_of_their_range_ends(pair, tmp_path):
    ends("planar", configured("planar", WEIGHTED | {"support": [pair]}, {"reduction": "mean"}), tmp_path)

"""What the schema cannot say of a configuration: sizes that must fit together, names that must exist and be unique."""

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from math import ceil, prod
from pathlib import Path
from runpy import run_path

from experiments import STUDIES, drawn, filled, runs_of, swept

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = ("benchmarks", "docs", "envs", "examples", "scripts", "tests", "workflow", ".ci", ".git", ".github", ".venv")
LONGEST_NAME = 255  # of a folder, on the file systems that there are
GEOMETRY = PROJECT / "scripts/grokking/logistic/geometry.py"
HALF_DIAGONAL = float(run_path(str(GEOMETRY))["HALF_DIAGONAL"])  # of the square that points are drawn from
CHECKED = {"networks": ["checks", "verified"], "planar": ["checks"]}  # section: keys that name runs to be executed
EXECUTABLE = 10**9  # steps at d = 2 that can be executed one by one within hours
DRAWN_POINTS = 10**7  # of a design at d = 2, which a job holds at once
WEIGHTS = (1e-9, 1e9)  # of the support vectors of a class with planting weighted
LARGEST_MEAN_ETA = 0.05  # in high dimension, whose trainer needs ten steps while descent relaxes from 0
NUMBERS = {"data": 2 * 10**9, "trajectories": 10**5, "snapshots": 10**7}  # that a job in high dimension holds at once
FLOAT32 = 1e-6  # far above what a projection in high dimension is rounded by
TRAINABLE = 10**8  # steps of ridge regression and of networks that can be executed
MOST_NUMBERS = 5 * 10**7  # that an array may have: 400 MB
SLOWEST_DECAY = 1e-12  # eta weight_decay with which all times are whole numbers that float64 can tell apart
OR_ZERO = ("teacher_scale", "unseen_scale", "noise_std", "decoupled_decay")
SCALE, LEVEL, ETA, SEEDS, INPUTS = (1e-6, 1e6), (1e-12, 1e6), (1e-12, 1e12), (1, 10**4), (1, 10**6)
RANGES = {  # section: kind: key: least and most, within which what is computed ends and means something
    "ridge": {
        "data": {"d": INPUTS, "n_seeds": SEEDS},
        "experiments": {
            "teacher_scale": SCALE,
            "unseen_scale": SCALE,
            "noise_std": SCALE,
            "eta": ETA,
            "eps": LEVEL,
            "horizon": (10, 10**15),
        },
    },
    "networks": {"experiments": {"d": INPUTS, "eta": ETA, "eps": LEVEL, "n_seeds": SEEDS}},
    "depth": {"experiments": {"d": INPUTS, "eta": ETA, "eps": LEVEL, "n_seeds": SEEDS}},
    "optimisers": {"experiments": {"eta": ETA, "eps": LEVEL, "horizon": (10, TRAINABLE), "n_seeds": SEEDS}},
    "beyond": {
        "data": {
            "n_pos": (1, 10**6),
            "n_neg": (1, 10**6),
            "gamma": (1e-6, 14),
            "alpha": (0.5, 1e8),
            "n_test": (2, 10**6),
        },
        "experiments": {
            "eta": (1e-9, 1e9),
            "horizon": (10, 10**17),
            "n_seeds": SEEDS,
            "decoupled_decay": (1e-12, 1e6),
            "attack_eps": (1e-6, 10),
            "attack_step": (1e-6, 10),
            "attack_n_steps": (0, 10**5),
        },
    },
}
FEATURES = {"digits": 64, "breast-cancer": 30}  # of the real data sets
RING = 2 * (5 - 5 / 2**0.5)  # the margin that would fill a kernel's disc outside of its true boundary
SNAPSHOTS = 1000  # more than a flow to any horizon has
DECOUPLED = ("adamw", "sgdw")
CORNERED = ("hinge", "squared-hinge")
Place = Callable[[str], str]  # key -> where its value was written
Error = tuple[str, object, str]  # place, value, what was expected


def consistency_errors(config: Mapping) -> Iterator[str]:
    """Say what does not fit together in a configuration that the schema allows."""
    yield from _folder_errors(config["results"])
    if of_studies := list(_study_errors(config)):
        yield from of_studies
        return
    if out_of_range := list(_once(_range_errors(config))):
        yield from out_of_range
        return
    yield from _name_errors(config)
    yield from _once(_misfits(config))


def _once(errors: Iterable[Error]) -> Iterator[str]:
    """Yield the line of each error: of several runs with a value of one place once."""
    told = set()
    for place, value, expected in errors:
        if (place, repr(value)) not in told:
            told.add((place, repr(value)))
            yield not_allowed(place, value, expected)


def _range_errors(config: Mapping) -> Iterator[Error]:
    """Yield the values that are outside of RANGES, of data sets and of all runs."""
    for section, ranges in RANGES.items():
        entries = filled(config[section])
        for name, dataset in entries.get("data", {}).items():
            yield from _outside(_of_entry(config, section, "data", name), dataset, ranges["data"])
        for run in (run for name, experiment in entries["experiments"].items() for run in swept(name, experiment)):
            yield from _outside(_of_run(config, section, run), run, ranges["experiments"])


def _outside(at: Place, values: Mapping, ranges: Mapping[str, tuple[float, float]]) -> Iterator[Error]:
    for key in ranges.keys() & values.keys():
        (least, most), zero = ranges[key], "0 or " if key in OR_ZERO else ""
        if not least <= values[key] <= most and not (zero and values[key] == 0):
            yield at(key), values[key], f"{zero}a number from {number(least)} to {number(most)}"


def number(value: float) -> str:
    """Return a number as it is to be written in YAML, which reads 1e-06 as text."""
    return f"{value:.1e}" if 0 < value < 1e-4 else str(int(value) if value == int(value) else value)


def _folder_errors(results: str) -> Iterator[str]:
    """Say why the results cannot be written to this folder: its place is no folder's, or somebody else's."""
    folder = Path(results)
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if os.path.lexists(place))
    taken = [place.resolve() for place in (Path(".snakemake"), *(PROJECT / name for name in SOURCES))]
    if max(map(len, folder.parts), default=0) > LONGEST_NAME:
        expected = f"names of at most {LONGEST_NAME} characters"
    elif not there.is_dir():
        expected = f"a folder, and {there} is none"
    elif not os.access(there, os.W_OK):
        expected = f"a folder that can be written to, and {there} cannot"
    elif any(place.is_relative_to(folder.resolve()) for place in (PROJECT, Path.cwd())):
        expected = "a folder of its own, as results"
    elif place := next((place for place in taken if folder.resolve().is_relative_to(place)), None):
        expected = f"a folder outside of {place}"
    else:
        return
    yield not_allowed("results", results, expected)


def _study_errors(config: Mapping) -> Iterator[str]:
    """Say which experiments beyond the papers have keys that their study does not use, or lack some that it does."""
    known = {key for _, keys in STUDIES.values() for key in keys}
    for name, experiment in filled(config["beyond"])["experiments"].items():
        study, place = experiment["study"], f"beyond.experiments.{name}"
        _, keys = STUDIES[study]
        for key in sorted((known | {"support"}) & set(experiment) - {*keys, *(["support"] if "data" in keys else [])}):
            yield f"{place}.{key}: unknown key in the study {study}; expected {', '.join(keys)}"
        for key in sorted(set(keys) - set(experiment)):
            yield f"{place}.{key}: missing; the study {study} needs it"
        for key in sorted(set(experiment["sweeps"]) - set(experiment)):
            yield f"{place}.sweeps.{key}: unknown key in the study {study}; expected {', '.join(keys)}"


def not_allowed(place: str, value: object, expected: str) -> str:
    """Return the line of a value that is not allowed."""
    return f"{place}: {value!r} is not allowed; expected {expected}"


def _misfits(config: Mapping) -> Iterator[Error]:
    """Yield what does not fit, for each run and for the data sets that runs use: others are not drawn."""
    for section, content in config.items():
        if not isinstance(content, Mapping):
            continue
        entries, used = filled(content), {}
        data = entries.get("data", {})
        for run in (run for name, experiment in entries["experiments"].items() for run in swept(name, experiment)):
            at = _of_run(config, section, run)
            if "data" in run and run["data"] not in data:
                yield from _unknown(at("data"), [run["data"]], data, f"{section}.data")
                continue
            dataset = {"name": run["data"], **data[run["data"]]} if "data" in run else {}
            used |= {run["data"]: dataset} if dataset else {}
            yield from _RUN_CHECKS[section](at, run, dataset)
        for name, dataset in used.items():
            yield from _DATA_CHECKS[section](_of_entry(config, section, "data", name), dataset)
    steps = {run["run"]: run["horizon"] for run in runs_of(config, "networks")}
    for key in CHECKED["networks"]:
        for name in config["networks"][key]:
            if steps.get(name, 0) > TRAINABLE:
                expected = f"a run of at most {TRAINABLE} steps, as each is executed, and it has {steps[name]}"
                yield f"networks.{key}", name, expected
    for section, runs in (("networks", runs_of(config, "networks")), ("planar", _mean_runs(config))):
        names = [run["run"] for run in runs]
        expected = f"the runs of {section}.experiments" + (" with reduction mean" if section == "planar" else "")
        for key in CHECKED[section]:
            yield from _unknown(f"{section}.{key}", config[section][key], names, expected)


def _mean_runs(config: Mapping) -> list[dict]:
    return [run for run in runs_of(config, "planar") if run["reduction"] == "mean"]


def _of_entry(config: Mapping, section: str, kind: str, name: str) -> Place:
    """Return where the values of an entry were written: in it, or in its section's defaults."""
    own = config[section][kind][name]
    return lambda key: f"{section}.{kind}.{name}.{key}" if key in own else f"{section}.defaults.{kind}.{key}"


def _of_run(config: Mapping, section: str, run: Mapping) -> Place:
    """Return where the values of a run were written: in its experiment, there in its sweeps, or in the defaults."""
    unswept = _of_entry(config, section, "experiments", run["experiment"])
    swept_place = f"{section}.experiments.{run['experiment']}.sweeps"
    return lambda key: f"{swept_place}.{key}" if key == run["axis"] else unswept(key)


def _name_errors(config: Mapping) -> Iterator[str]:
    """Say which data sets, experiments or runs share a name: one would overwrite the other's results."""
    data, experiments, runs = [], [], []
    for section, content in config.items():
        if not isinstance(content, Mapping):
            continue
        designs, place = filled(content).get("data", {}).items(), f"{section}.experiments"
        data += [(f"{section}.data", name + ending) for name, design in designs for ending, _ in drawn(design)]
        experiments += [(place, name) for name in content["experiments"]]
        runs += [(place, run["run"]) for run in runs_of(config, section)]
    yield from _repeated(data)
    yield from list(_repeated(experiments)) or _repeated(runs)


def _repeated(named: Iterable[tuple[str, str]]) -> Iterator[str]:
    places = defaultdict(list)
    for place, name in named:
        places[name].append(place)
    for name, found in places.items():
        if len(found) > 1:
            place = " and ".join(dict.fromkeys(found))
            yield f"{place}: the name {name!r} is used {len(found)} times; expected each name once"


def _unknown(place: str, names: Iterable[str], known: Collection[str], expected: str) -> Iterator[Error]:
    for name in sorted(set(names) - set(known)):
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        yield place, name, f"a name from {expected}{hint}"


def _ridge_data_errors(at: Place, dataset: Mapping) -> Iterator[Error]:
    if dataset["n_points"] > dataset["m"]:
        yield at("n_points"), dataset["n_points"], f"at most m = {dataset['m']}"
    if dataset["features"] == "gaussian" and dataset["d"] != dataset["m"]:
        yield at("d"), dataset["d"], f"d = m = {dataset['m']} for gaussian features"
    if dataset["features"] == "fourier" and dataset["teacher"] != "dense":
        yield at("teacher"), dataset["teacher"], "dense for fourier features"
    if dataset["features"] != "fourier" and dataset["sigma2"] != 1:
        yield at("sigma2"), dataset["sigma2"], f"1 for {dataset['features']} features"
    yield from _size_errors(at, dataset, ("n_points", "m"), ("n_points", "n_points", "n_seeds"))
    if dataset["features"] != "gaussian":
        yield from _size_errors(at, dataset, ("m", "d"), ("n_points", "d"))


def _size_errors(at: Place, run: Mapping, *shapes: tuple[str | int, ...]) -> Iterator[Error]:
    """Say of which key, the first of a shape, so much is asked for that an array of that shape is too large."""
    for shape in shapes:
        key, others = shape[0], [run.get(side, side) for side in shape if side != shape[0]]
        most = int((MOST_NUMBERS / prod(others)) ** (1 / shape.count(key)))
        if run[key] > most:
            yield at(key), run[key], f"at most {most}, so that {' x '.join(map(str, shape))} numbers fit in memory"


def _ridge_run_errors(at: Place, run: Mapping, dataset: Mapping) -> Iterator[Error]:
    yield from _decay_errors(at, run, dataset)
    yield from _slow_errors(at, run)
    if dataset["features"] == "relu" and dataset["d"] == 1 and run["n"] > 2:
        yield at("n"), run["n"], f"at most 2, as relu features of one input, those of {dataset['name']}, are two"
    if run["surrogate_points"] and run["unseen_scale"] != 1:
        yield at("surrogate_points"), run["surrogate_points"], "0 where unseen_scale is not 1"
    if run["n"] > dataset["n_points"]:
        limit = f"n_points = {dataset['n_points']} of data set {dataset['name']} (m = {dataset['m']})"
        yield at("n"), run["n"], f"at most {limit}"


def _slow_errors(at: Place, run: Mapping) -> Iterator[Error]:
    least = SLOWEST_DECAY / run["eta"]
    if run["weight_decay"] < least:
        yield at("weight_decay"), run["weight_decay"], f"at least {SLOWEST_DECAY:.1e} / eta = {least:g}"


def _network_errors(at: Place, run: Mapping, _: Mapping) -> Iterator[Error]:
    yield from list(_decay_errors(at, run, _)) or _horizon_errors(at, run, 10**15)
    yield from _size_errors(at, run, ("n", "m"), ("m", "d"), ("n", "d"))


def _depth_errors(at: Place, run: Mapping, _: Mapping) -> Iterator[Error]:
    yield from list(_decay_errors(at, run, _)) or _horizon_errors(at, run, TRAINABLE)
    yield from _size_errors(at, run, ("n_seeds", "m", "n"), ("n_seeds", "m", "d"), ("n_seeds", "d", 1000))
    if run["layers"] > 2:
        yield from _size_errors(at, run, ("m", "m", "n_seeds"))


def _horizon_errors(at: Place, run: Mapping, most: int) -> Iterator[Error]:
    """Say where decay_times / (eta weight_decay) is no horizon."""
    horizon, one = run["decay_times"] / (run["eta"] * run["weight_decay"]), run["eta"] * run["weight_decay"]
    if not 10 <= horizon <= most:
        limits = f"from {10 * one:.4g} to {most * one:.4g}"
        yield at("decay_times"), run["decay_times"], f"{limits}, for a last step from 10 to {most}"


def _optimised_errors(at: Place, run: Mapping, _: Mapping) -> Iterator[Error]:
    yield from _decay_errors(at, run, _)
    yield from _slow_errors(at, run)
    if run["n"] > run["m"]:
        yield at("n"), run["n"], f"at most m = {run['m']}"
    yield from _size_errors(at, run, ("n_seeds", "n", "m"))


def _decay_errors(at: Place, run: Mapping, _: Mapping) -> Iterator[Error]:
    limit = 1 / run["eta"]
    if run["weight_decay"] >= limit:
        yield at("weight_decay"), run["weight_decay"], f"below 1 / eta = {limit:g}"


def _population_errors(at: Place, dataset: Mapping) -> Iterator[Error]:
    d, points = dataset["d"], dataset["n_pos"] + dataset["n_neg"]
    if points * d > NUMBERS["data"]:
        yield at("n_pos"), dataset["n_pos"], f"n_pos + n_neg at most {NUMBERS['data'] // d} with d = {d}, not {points}"
    if dataset["n_seeds"] * d > NUMBERS["trajectories"]:
        yield at("n_seeds"), dataset["n_seeds"], f"at most {NUMBERS['trajectories'] // d} with d = {d}"
    narrowest = 0.5 + FLOAT32 / dataset["gamma"]
    if dataset["alpha"] < narrowest:
        yield at("alpha"), dataset["alpha"], f"at least {narrowest:.4g} with gamma = {dataset['gamma']:g}"
    for sign in ("pos", "neg"):
        support, total = dataset[f"s_{sign}"], dataset[f"n_{sign}"]
        if support > total:
            yield at(f"s_{sign}"), support, f"at most n_{sign} = {total}"


def _margin_errors(at: Place, dataset: Mapping) -> Iterator[Error]:
    """Say which margin or gap does not fit: a chord of the square at p is twice HALF_DIAGONAL - p long."""
    gamma, longest = dataset["gamma"], HALF_DIAGONAL - dataset["gamma"] / 2
    if longest <= 0:
        yield at("gamma"), gamma, f"less than the square's diagonal {2 * HALF_DIAGONAL:.4g}"
    elif dataset["planting"] in ("equispaced", "weighted") and dataset["u_limit"] > longest:
        yield at("u_limit"), dataset["u_limit"], f"at most {longest:.4g}, where the margin leaves the square"
    if dataset["gap"] >= HALF_DIAGONAL:
        yield at("gap"), dataset["gap"], f"less than half the square's diagonal, {HALF_DIAGONAL:.4g}"


def _design_errors(at: Place, design: Mapping) -> Iterator[Error]:
    yield from _margin_errors(at, design)
    yield from _weight_errors(at, design)
    n_pos, n_neg = design["n_pos"], design["n_neg"]
    if design["mirrored"] and n_pos != n_neg:
        yield at("n_neg"), n_neg, f"n_pos = {n_pos}, as the data set is mirrored"
    if design["mirrored"] and design["planting"] != "none":
        yield at("planting"), design["planting"], "none, as the data set is mirrored"
    for pair in design["support"]:
        if design["planting"] == "none" and pair != [0, 0]:
            yield at("support"), pair, "[0, 0] with planting none"
        elif design["planting"] != "weighted" and not all(isinstance(count, int) for count in pair):
            yield at("support"), pair, f"whole numbers with planting {design['planting']}"
        elif design["planting"] != "weighted" and (pair[0] > n_pos or pair[1] > n_neg):
            yield at("support"), pair, f"at most n_pos = {n_pos} and n_neg = {n_neg}"
        elif design["planting"] == "weighted" and not all(WEIGHTS[0] <= count <= WEIGHTS[1] for count in pair):
            yield at("support"), pair, f"numbers from {WEIGHTS[0]:g} to {WEIGHTS[1]:g} with planting weighted"


def _weight_errors(at: Place, design: Mapping) -> Iterator[Error]:
    """Say where the points that weigh S+ and S- do not fit."""
    points, most = design["margin_points"], min(design["n_pos"], design["n_neg"])
    if design["planting"] != "weighted" and points:
        yield at("margin_points"), points, f"0 with planting {design['planting']}"
    if design["planting"] == "weighted" and not 1 <= points <= most:
        yield at("margin_points"), points, f"from 1 to {most}, the points of a class, with planting weighted"


def _planar_data_errors(at: Place, design: Mapping) -> Iterator[Error]:
    yield from _design_errors(at, design)
    if design["perturbation"] > design["gamma"] / 100:
        limit = f"at most gamma / 100 = {design['gamma'] / 100:g}, so that points keep their side of the separator"
        yield at("perturbation"), design["perturbation"], limit
    points = len(design["support"]) * (design["n_pos"] + design["n_neg"] + 2 * design["n_test"])
    if points * design["n_seeds"] > DRAWN_POINTS:
        limit = f"at most {DRAWN_POINTS // points}: a design of {points} points a seed has {DRAWN_POINTS} at most"
        yield at("n_seeds"), design["n_seeds"], limit


def _planar_run_errors(at: Place, run: Mapping, design: Mapping) -> Iterator[Error]:
    yield from _attack_errors(at, run)
    for pair in run.get("support", []):
        if pair not in design["support"]:
            yield at("support"), pair, f"pairs of data set {design['name']}: {design['support']}"
    if run.get("n_seeds", 0) > design["n_seeds"]:
        yield at("n_seeds"), run["n_seeds"], f"at most n_seeds = {design['n_seeds']} of data set {design['name']}"
    if run["reduction"] == "sum":
        yield from _sum_errors(at, run, design)


def _sum_errors(at: Place, run: Mapping, design: Mapping) -> Iterator[Error]:
    """Say what the summed loss, whose steps are executed, is not trained with.

    Only equally spaced support vectors keep off the edge of stability, so that a flow can go on for ever.
    """
    if run["b_0"] != 0:
        yield at("b_0"), run["b_0"], "0 with reduction sum"
    if design["planting"] == "weighted":
        yield at("reduction"), "sum", f"mean, as the points of data set {design['name']} have weights"
    elif design["planting"] != "equispaced" and run["horizon"] > EXECUTABLE:
        reason = f"at most {EXECUTABLE} with planting {design['planting']}, where every step may have to be executed"
        yield at("horizon"), run["horizon"], reason


def _attack_errors(at: Place, run: Mapping) -> Iterator[Error]:
    steps, eps, step = run["attack_n_steps"], run["attack_eps"], run["attack_step"]
    if steps > 0 and (steps - 1) * step < eps:
        yield at("attack_n_steps"), steps, f"0 or at least {1 + ceil(eps / step)}, to cross the ball"


def _beyond_data_errors(at: Place, design: Mapping) -> Iterator[Error]:
    yield from _design_errors(at, {"gap": 0.0, "margin_points": 0, "mirrored": False, "u_limit": 1.0, **design})
    if design["alpha"] * design["gamma"] > HALF_DIAGONAL:
        furthest = HALF_DIAGONAL / design["gamma"]
        yield at("alpha"), design["alpha"], f"at most {furthest:.4g}, where concentrated points are anywhere"


def _beyond_run_errors(at: Place, run: Mapping, design: Mapping) -> Iterator[Error]:
    for pair in run.get("support", []):
        if pair not in design["support"]:
            yield at("support"), pair, f"pairs of data set {design['name']}: {design['support']}"
    if "weight_decay" in run:
        yield from _decay_errors(at, run, design)
    if "data" in run:
        yield from _size_errors(at, {**design, **run}, ("n_seeds", design["n_pos"] + design["n_neg"], 3))
    if "kernel_width" in run:
        yield from _kernel_errors(at, run, design)
    if "source" in run and run["d"] != FEATURES[run["source"]]:
        yield at("d"), run["d"], f"{FEATURES[run['source']]}, the features of {run['source']}"
    if "batch_size" in run:
        yield from _optimiser_errors(at, run, design["n_pos"] + design["n_neg"])
    if run.get("loss") in CORNERED and run["horizon"] > EXECUTABLE:
        yield (
            at("horizon"),
            run["horizon"],
            f"at most {EXECUTABLE}, as every step on the loss {run['loss']} is executed",
        )
    if "attack_eps" in run:
        yield from _attack_errors(at, run)
        if run["m"] % 2:
            yield at("m"), run["m"], "an even number, as hidden neurons start in pairs"
        yield from _size_errors(at, run, ("m", 3, SNAPSHOTS), ("n_attacked", "m", 2))
        if run["n_attacked"] > design["n_test"]:
            yield at("n_attacked"), run["n_attacked"], f"at most n_test of {design['name']}, {design['n_test']}"
    if "flips" in run:
        loose = design["n_pos"] + design["n_neg"] - max(map(sum, run.get("support", design["support"])))
        if run["flips"] > loose:
            yield at("flips"), run["flips"], f"at most {loose}, the points of {design['name']} that are not planted"


def _kernel_errors(at: Place, run: Mapping, design: Mapping) -> Iterator[Error]:
    """Say what of a data set does not fit into the disc, or into memory."""
    points, most = design["n_pos"] + design["n_neg"], int(MOST_NUMBERS**0.5)
    if design["gamma"] >= RING:
        yield (
            at("data"),
            run["data"],
            f"a data set with gamma below {RING:.4g}, a margin that is within the disc",
        )
    if points > most:
        yield at("data"), run["data"], f"a data set with at most {most} points, so that their kernel fits in memory"
    elif design["n_test"] * max(points, SNAPSHOTS) > MOST_NUMBERS:
        limit = MOST_NUMBERS // max(points, SNAPSHOTS)
        yield at("data"), run["data"], f"a data set with n_test at most {limit}, so that their kernel fits in memory"


def _optimiser_errors(at: Place, run: Mapping, points: int) -> Iterator[Error]:
    if run["batch_size"] and points % run["batch_size"]:
        yield at("batch_size"), run["batch_size"], f"0 or a divisor of the number of points, {points}"
    if run["decoupled_decay"] * run["eta"] >= 1:
        yield at("decoupled_decay"), run["decoupled_decay"], f"below 1 / eta = {1 / run['eta']:g}"
    if run["decoupled_decay"] and run["optimiser"] not in DECOUPLED:
        yield at("decoupled_decay"), run["decoupled_decay"], f"0 unless the optimiser is {' or '.join(DECOUPLED)}"
    if (run["optimiser"] != "gradient-descent" or run["batch_size"]) and run["horizon"] > EXECUTABLE:
        yield at("horizon"), run["horizon"], f"at most {EXECUTABLE}, as every step of {run['optimiser']} is executed"


def _highdim_run_errors(at: Place, run: Mapping, dataset: Mapping) -> Iterator[Error]:
    yield from _attack_errors(at, run)
    if run.get("n_seeds", 0) > dataset["n_seeds"]:
        yield at("n_seeds"), run["n_seeds"], f"at most n_seeds = {dataset['n_seeds']} of data set {dataset['name']}"
    if run["n_snapshots"] * dataset["d"] > NUMBERS["snapshots"]:
        limit = f"at most {NUMBERS['snapshots'] // dataset['d']} with d = {dataset['d']}"
        yield at("n_snapshots"), run["n_snapshots"], limit
    if run["reduction"] == "mean" and run["eta"] > LARGEST_MEAN_ETA:
        yield at("eta"), run["eta"], f"at most {LARGEST_MEAN_ETA} with reduction mean"


_DATA_CHECKS = {
    "ridge": _ridge_data_errors,
    "planar": _planar_data_errors,
    "highdim": _population_errors,
    "beyond": _beyond_data_errors,
}
_RUN_CHECKS = {
    "ridge": _ridge_run_errors,
    "networks": _network_errors,
    "depth": _depth_errors,
    "optimisers": _optimised_errors,
    "planar": _planar_run_errors,
    "highdim": _highdim_run_errors,
    "beyond": _beyond_run_errors,
}

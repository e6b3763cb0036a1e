"""Turning the configuration into runs: defaults filled in, sweeps expanded, one flat mapping for each run."""

from collections.abc import Collection, Iterator, Mapping
from os.path import normpath

KINDS = ("data", "experiments")  # what a section has by name, and its `defaults` by kind
SHARED = {  # section: what all of its runs have in the table `runs`
    "ridge": {"paper": "ridge", "model": "ridge"},
    "networks": {"paper": "ridge", "model": "two-layer network"},
    "depth": {"paper": "ridge", "model": "depth"},
    "optimisers": {"paper": "ridge", "model": "optimiser"},
    "planar": {"paper": "logistic", "model": "logistic", "d": 2},
    "highdim": {"paper": "logistic", "model": "highdim"},
    "beyond": {"paper": "beyond", "model": "beyond", "reduction": "mean", "d": 2},
}
OF_NO_RUN = ("data", "support", "sweeps", "decay_times", "n_points")  # keys that are no column of `runs`
STUDIES = {  # study of the section `beyond`: the script that trains it, and the keys that its experiments must have
    "label-noise": ("train_label_noise.py", ("data", "flips", "overlap")),
    "weight-decay": ("train_weight_decay.py", ("data", "weight_decay", "decay_bias")),
    "optimisers": ("train_bias_optimisers.py", ("data", "optimiser", "decoupled_decay", "batch_size", "axes")),
    "losses": ("train_losses.py", ("data", "loss")),
    "kernel": ("train_kernel.py", ("data", "kernel_width", "bias")),
    "bias-network": (
        "train_bias_network.py",
        ("data", "m", "n_attacked", "attack_eps", "attack_step", "attack_n_steps"),
    ),
    "real-data": ("train_real_data.py", ("source", "d", "kept_negative", "n_near")),
}
# What a job beyond the papers depends on beside the keys of its study, and what of its `data`.
OF_EVERY_STUDY = ("eta", "horizon", "eps", "n_seeds")
OF_POINTS = ("n_pos", "n_neg", "planting", "s_pos", "s_neg", "gamma", "alpha", "n_test")


def settled(config: Mapping, shipped: Mapping) -> dict:
    """Return a configuration without its null entries, in the order of the shipped one, `results` as a plain path.

    Snakemake merges an overlay into config.yaml key by key, with the overlay's keys first; null takes an entry away.
    It takes paths literally: of one with a slash too many, or with a `.`, it would warn at every file.
    """
    found, results = _settled(config, shipped), config.get("results")
    return found | {"results": plain_path(results)} if isinstance(results, str) else found


def plain_path(path: str) -> str:
    """Return a path without doubled or trailing slashes and without what `.` and `..` allow to leave out."""
    return "/" + normpath(path).lstrip("/") if path.startswith("/") else normpath(path) if path else path


def _settled(value: object, shipped: object) -> object:
    if not isinstance(value, Mapping):
        return value
    known = shipped if isinstance(shipped, Mapping) else {}
    order = [key for key in known if key in value] + [key for key in value if key not in known]
    return {key: _settled(value[key], known.get(key)) for key in order if value[key] is not None}


def filled(section: Mapping) -> dict:
    """Return a section whose data sets and experiments have what they leave to its defaults."""
    defaults = section.get("defaults", {})
    return {kind: _filled(section[kind], defaults.get(kind, {})) for kind in KINDS if kind in section}


def _filled(entries: Mapping[str, Mapping], defaults: Mapping) -> dict[str, dict]:
    return {name: {**defaults, **entry} for name, entry in entries.items()}


def runs_of(config: Mapping, section: str) -> list[dict]:
    """Return the runs of all experiments of a section with the columns of the table `runs`, those of the data included.

    Values are the configuration's own; the one list among them is the `eps` of logistic runs. The horizon of a network
    is turned into steps, the time 1 / (eta lambda) being the swept run's own.
    """
    entries = filled(config[section])
    runs = (run for name, experiment in entries["experiments"].items() for run in swept(name, experiment))
    return [SHARED[section] | columns for run in runs for columns in _on_data(run, entries.get("data", {}))]


def _on_data(run: Mapping, data: Mapping[str, Mapping]) -> Iterator[dict]:
    """Yield a run on each data set of its design, or on those of its own `support`.

    Those after the first differ from it along the axis `support`. A run's own `n_seeds` are the first of its data set.
    """
    for index, (ending, dataset) in enumerate(chosen(run, data.get(run.get("data"), {}))):
        columns = {**dataset, **run, "run": run["run"] + ending}
        if index > 0:
            columns["axis"] = run["axis"] or "support"
        if "data" in run:
            columns["dataset"] = run["data"] + ending
        if "decay_times" in run:
            columns["horizon"] = round(run["decay_times"] / (run["eta"] * run["weight_decay"]))
        yield {key: value for key, value in columns.items() if key not in OF_NO_RUN}


def drawn(design: Mapping) -> Iterator[tuple[str, dict]]:
    """Yield how the name ends and the parameters of each data set of a design: one for each pair of its `support`.

    A design with one pair, or without that key, is one data set of its own name.
    """
    kept = {key: value for key, value in design.items() if key != "support"}
    pairs = [{"s_pos": s_pos, "s_neg": s_neg} for s_pos, s_neg in design.get("support", [])]
    for pair in pairs or [{}]:
        yield "-{s_pos:g}-{s_neg:g}".format(**pair) if len(pairs) > 1 else "", kept | pair


def chosen(experiment: Mapping, design: Mapping) -> list[tuple[str, dict]]:
    """Return those data sets of a design that an experiment is run on: all, unless it gives its own `support`."""
    pairs = experiment.get("support", design.get("support"))
    return [
        (ending, dataset)
        for ending, dataset in drawn(design)
        if pairs is None or [dataset["s_pos"], dataset["s_neg"]] in pairs
    ]


def swept(name: str, experiment: Mapping) -> Iterator[dict]:
    """Yield the parameters of an experiment's first run and of each value of each sweep that differs from it.

    Each has the name `run`, its `experiment` and the `axis` along which it differs from the first, which has None: it
    belongs to every axis.
    """
    yield {**experiment, "run": name, "experiment": name, "axis": None}
    for key, values in experiment.get("sweeps", {}).items():
        for value in values:
            if value != experiment[key]:
                text = value if isinstance(value, str) else f"{value:g}"
                yield {**experiment, "run": f"{name}-{key}-{text}", "experiment": name, "axis": key, key: value}


def datasets_of(config: Mapping, section: str) -> dict[str, dict]:
    """Return the data sets of a section: parameters by name, with the `name` among them."""
    designs = filled(config[section])["data"].items()
    found = [{"name": name + ending, **dataset} for name, design in designs for ending, dataset in drawn(design)]
    return {dataset["name"]: dataset for dataset in found}


def designs_of(config: Mapping, section: str, used: Collection[str]) -> dict[str, dict]:
    """Return the designs of a section by name, each with the names and pairs of those of its data sets that are used.

    `support` has the pairs of `datasets`; the `name` is among the parameters. A design without any is left out.
    """
    found = {}
    for name, design in filled(config[section])["data"].items():
        kept = {name + ending: dataset for ending, dataset in drawn(design) if name + ending in used}
        if kept:
            support = [[dataset["s_pos"], dataset["s_neg"]] for dataset in kept.values()]
            found[name] = {**design, "name": name, "datasets": [*kept], "support": support}
    return found


def axes_of(config: Mapping) -> dict[str, list[str]]:
    """Return the axes of each experiment of all sections: what claims, fits and figures can address."""
    found = {}
    for section in (filled(section) for section in config.values() if isinstance(section, Mapping)):
        for name, experiment in section.get("experiments", {}).items():
            datasets = chosen(experiment, section.get("data", {}).get(experiment.get("data"), {}))
            found[name] = [*experiment.get("sweeps", {}), *(["support"] if len(datasets) > 1 else [])]
    return found


def depends(study: str) -> tuple[str, ...]:
    """Return the columns of `runs` that a job of a study depends on."""
    _, keys = STUDIES[study]
    own = [key for key in keys if key != "data"]
    return (*OF_EVERY_STUDY, *own, *(OF_POINTS if "data" in keys else ()))

# Validation of the configuration, the runs it describes, and what every rule uses.
import json
import os
from pathlib import Path

import yaml
from claims import OWN, PAPERS, claim_errors, claim_files, united
from experiments import axes_of, datasets_of, runs_of, settled
from imports import code_files
from snakemake.exceptions import WorkflowError
from validation import config_errors, repeated_keys


def declared(path):
    """Return the content of a YAML file of the project."""
    return yaml.safe_load(Path(workflow.basedir, path).read_text()) or {}


def named(section, runs):
    """Return the data sets of a section that its runs name, by name: the others are not drawn."""
    used = {run["dataset"] for run in runs}
    return {name: dataset for name, dataset in datasets_of(config, section).items() if name in used}


SHIPPED = declared("config.yaml")  # as it stands there, without overlays, --configfile and --config
config = settled(config, SHIPPED)
ERRORS = [line for file in workflow.configfiles for line in repeated_keys(os.path.relpath(file))]
ERRORS = ERRORS or config_errors(config, declared("workflow/schemas/config.schema.yaml"))
KNOWN = [declared("workflow/schemas/names.yaml"), {} if ERRORS else axes_of(config)]
ERRORS += claim_errors(Path(workflow.basedir), united(*KNOWN))
if ERRORS:
    raise WorkflowError("The configuration or the claims have errors:\n" + "\n".join(ERRORS))

DECLARED = list(declared("workflow/schemas/tables.yaml"))
ON_DEMAND = ["brute_force"]  # tables that only the rule `verify` asks for
TABLES = [table for table in DECLARED if table not in ON_DEMAND]
NAMES = ("ridge", "networks", "depth", "optimisers", "planar", "highdim")
SECTIONS = {section: runs_of(config, section) for section in NAMES}
RUNS = {run["run"]: run for runs in SECTIONS.values() for run in runs}
PARTS = {table: [] for table in DECLARED}  # table: files whose rows it collects, filled in by the rules' files
DRAWN = {section: named(section, SECTIONS[section]) for section in ("ridge", "planar")}


pathvars:
    results=config["results"],
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


def only(*keys):
    """Return a function for `params:` that gives these parameters of the run as JSON: all that one stage depends on."""
    return lambda wildcards: json.dumps({key: RUNS[wildcards.run][key] for key in ("run", *keys)}, sort_keys=True)


def together(*keys):
    """Return a function for `params:` that gives these parameters of all runs of an experiment as JSON."""

    def parameters(wildcards):
        runs = [run for run in RUNS.values() if run["experiment"] == wildcards.experiment]
        chosen = [{key: run[key] for key in ("run", *keys)} for run in runs]
        return json.dumps({"run": wildcards.experiment, "runs": chosen}, sort_keys=True)

    return parameters


def listed(wildcards):
    """Return the runs of a section as JSON, without their lists of levels, which have rows of their own in `times`."""
    scalars = [{k: v for k, v in run.items() if not isinstance(v, list)} for run in SECTIONS[wildcards.section]]
    return json.dumps(scalars, sort_keys=True)


def ridge_data(wildcards):
    """Return the data set of a ridge run."""
    return f"<results>/ridge/data/{RUNS[wildcards.run]['dataset']}.npz"


def planar_data(wildcards):
    """Return the data set of a run in two dimensions."""
    return f"<results>/planar/data/{RUNS[wildcards.run]['dataset']}.parquet"


def first_data(experiments):
    """Return the data sets of the first runs of experiments in the plane; one that the configuration lacks has none."""
    runs = [run for run in RUNS.values() if run["experiment"] in experiments and run["axis"] is None]
    return [f"<results>/planar/data/{run['dataset']}.parquet" for run in runs]


def checked(wildcards):
    """Return the parameters of the check of a run as JSON, with the step to which every step is executed.

    A run to 1e7 is executed to its horizon. Of experiments that go beyond, the first run is executed to 1e7, and the
    others, which differ in their data alone, to 1e6; at a reduced scale each to 1e5.
    """
    run, keys = RUNS[wildcards.run], "run eta bias horizon n_seeds gamma alpha s_pos s_neg eps".split()
    executed_to = 10**7 if run["axis"] is None or run["horizon"] <= 10**7 else 10**6
    executed_to = min(executed_to, 10**5) if run["scale"] == "reduced" else executed_to
    return json.dumps({key: run[key] for key in keys} | {"executed_to": executed_to}, sort_keys=True)


def megabytes(first):
    """Return a rule's memory: `first` MB at the first attempt, twice that at the second, and so on."""
    return lambda wildcards, attempt: first * attempt


def code(script):
    """Return a script and every module of the project that it imports: a job reruns when one of them changes."""
    return code_files(Path(workflow.basedir, "scripts"), script)


wildcard_constraints:
    run="|".join(RUNS),
    dataset="|".join(DRAWN["ridge"]),
    table="|".join(DECLARED),

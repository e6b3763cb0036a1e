# Validation of the configuration, the runs it describes, and what every rule uses.
import json
import os
from pathlib import Path

import yaml
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
if ERRORS:
    raise WorkflowError("The configuration has errors:\n" + "\n".join(ERRORS))

AXES = axes_of(config)  # experiment: axes of its sweeps
SHIPPED_AXES = axes_of(settled(SHIPPED, SHIPPED))  # the same of config.yaml alone: names that claims may address
DECLARED = list(declared("workflow/schemas/tables.yaml"))
ON_DEMAND = ["brute_force"]  # tables that only the rule `verify` asks for
TABLES = [table for table in DECLARED if table not in ON_DEMAND]
SECTIONS = {section: runs_of(config, section) for section in ("ridge", "networks", "planar", "highdim")}
RUNS = {run["run"]: run for runs in SECTIONS.values() for run in runs}
PARTS = {table: [] for table in DECLARED}  # table: files whose rows it collects, filled in by the rules' files
DRAWN = {section: named(section, SECTIONS[section]) for section in ("ridge", "planar")}


pathvars:
    results=config["results"],
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


# What a run is called in the papers does not change its numbers, so that no job is given it.
LABELS = ("paper", "experiment", "axis", "figure", "model", "scale", "deviations")


def parameters(wildcards):
    """Return the run's own parameters as JSON: all that its jobs depend on."""
    kept = {key: value for key, value in RUNS[wildcards.run].items() if key not in LABELS}
    return json.dumps(kept, sort_keys=True)


def only(*keys):
    """Return a function for `params:` that gives these parameters of the run as JSON: all that one stage depends on."""
    return lambda wildcards: json.dumps({key: RUNS[wildcards.run][key] for key in ("run", *keys)}, sort_keys=True)


def listed(wildcards):
    """Return the runs of a section as JSON, without their lists of levels, which have rows of their own in `times`."""
    scalars = [{k: v for k, v in run.items() if not isinstance(v, list)} for run in SECTIONS[wildcards.section]]
    return json.dumps(scalars, sort_keys=True)


def ridge_data(wildcards):
    """Return the data set of a ridge run."""
    return f"<results>/ridge/data/{RUNS[wildcards.run]['dataset']}.npz"


def logistic_data(wildcards):
    """Return the data set of a logistic run."""
    return f"<results>/logistic/data/{RUNS[wildcards.run]['dataset']}.parquet"


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

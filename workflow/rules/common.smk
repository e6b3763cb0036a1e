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
KNOWN = [declared("workflow/claims/names.yaml"), {} if ERRORS else axes_of(config)]
ERRORS += claim_errors(Path(workflow.basedir), united(*KNOWN))
if ERRORS:
    raise WorkflowError("The configuration or the claims have errors:\n" + "\n".join(ERRORS))

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

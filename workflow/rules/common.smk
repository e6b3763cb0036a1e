# Validation of the configuration, the runs it describes, and what every rule uses.
import json
from pathlib import Path

import yaml
from experiments import ridge_runs
from imports import code_files
from snakemake.exceptions import WorkflowError
from validation import config_errors

SCHEMAS = Path(workflow.basedir, "workflow/schemas")
ERRORS = config_errors(config, yaml.safe_load((SCHEMAS / "config.schema.yaml").read_text()))
if ERRORS:
    raise WorkflowError("The configuration has errors:\n" + "\n".join(ERRORS))

TABLES = list(yaml.safe_load((SCHEMAS / "tables.yaml").read_text()))
RUNS = {run["run"]: run for run in ridge_runs(config["ridge"])}
PARTS = {table: [] for table in TABLES}  # table: files whose rows it collects, filled in by the rules' files
DATASETS = {dataset["name"]: dataset for dataset in config["ridge"]["data"]}


pathvars:
    results=config["results"],
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


# What a run is called in the papers does not change its numbers, so that no job is given it.
LABELS = ("paper", "figure", "model", "scale", "deviations")


def parameters(wildcards):
    """Return the run's own parameters as JSON: all that its jobs depend on."""
    run = {key: value for key, value in RUNS[wildcards.run].items() if key not in LABELS}
    return json.dumps(run, sort_keys=True)


def ridge_data(wildcards):
    """Return the data set of a ridge run."""
    return f"<results>/ridge/data/{RUNS[wildcards.run]['dataset']}.npz"


def code(script):
    """Return a script and every module of the project that it imports: a job reruns when one of them changes."""
    return code_files(Path(workflow.basedir, "scripts"), script)


wildcard_constraints:
    run="|".join(RUNS),
    dataset="|".join(DATASETS),
    table="|".join(TABLES),

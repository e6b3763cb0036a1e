# Validation of the configuration, the runs it describes, and what every rule uses.
import hashlib
import json
import os
from collections import defaultdict
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from claims import OWN, PAPERS, claim_errors, claim_files, united
from evaluations import EVALUATED, POPULATION, by_data, predicted, replicates, streams
from experiments import STUDIES, axes_of, datasets_of, depends, designs_of, runs_of, settled
from imports import code_files
from recipes import Recipes, digest, write_if_other
from shown import experiments_of, figure_of
from snakemake.exceptions import WorkflowError
from snakemake_interface_executor_plugins.settings import DeploymentMethod
from surroundings import prepare_jobs, printable
from validation import config_errors, file_errors, loaded

ROOT = Path(workflow.current_basedir).parents[1]  # the project, wherever this workflow is started or included from


@cache
def declared(path):
    """Return the content of a YAML file of the project, which is not to be changed."""
    return loaded((ROOT / path).read_text(encoding="utf-8")) or {}


prepare_jobs(conda=DeploymentMethod.CONDA in workflow.deployment_settings.deployment_method)

SHIPPED = declared("config.yaml")  # as it stands there, without overlays, --configfile and --config
config = settled(config, SHIPPED)
ERRORS = [line for file in workflow.configfiles for line in file_errors(os.path.relpath(file))]
ERRORS = ERRORS or config_errors(config, declared("workflow/schemas/config.schema.yaml"))
KNOWN = [declared("workflow/schemas/names.yaml"), {} if ERRORS else axes_of(config)]
ERRORS += claim_errors(ROOT, united(*KNOWN))
if ERRORS:
    raise WorkflowError(printable("\n".join(["The configuration or the claims have errors:", *ERRORS])))

SCHEMA = "<workflow>/schemas/tables.yaml"
DECLARED = list(declared(SCHEMA.replace("<workflow>", "workflow")))
LONGEST, LONG = 2, 1  # priorities: what takes longest starts first, or the last minutes have one job for all cores
ON_DEMAND = ["brute_force"]  # tables that only the rule `verify` asks for
TABLES = [table for table in DECLARED if table not in ON_DEMAND]
NAMES = ("ridge", "networks", "depth", "optimisers", "planar", "highdim", "beyond")
SECTIONS = {section: runs_of(config, section) for section in NAMES}
RUNS = {run["run"]: run for runs in SECTIONS.values() for run in runs}
MEASURED = "dataset reduction eta bias b_0 horizon n_seeds n_pos n_neg planting s_pos s_neg gap margin_points mirrored gamma alpha eps".split()
MEASURED.append("attack_n_steps")  # of a run in two dimensions: what its evaluation depends on
EXPERIMENTS = {name: list(runs) for name, runs in groupby(RUNS.values(), itemgetter("experiment"))}
PAPER_OF = {name: runs[0]["paper"] for name, runs in EXPERIMENTS.items()}
PAGES = sorted(set(PAPER_OF.values()))
RECIPES = Recipes(Path(config["results"]))
LISTED = {}  # files of rows of the table `runs`, which no job makes: digests
PARTS = defaultdict(lambda: defaultdict(list))  # experiment: table: files with its rows, filled in by the rules' files
# Data sets (ridge) and designs (planar) that runs use: the others are not drawn.
USED = {run.get("dataset") for run in RUNS.values()}
DRAWN = {"ridge": {name: dataset for name, dataset in datasets_of(config, "ridge").items() if name in USED}}
DRAWN["planar"] = designs_of(config, "planar", USED)
DESIGN_OF = {dataset: name for name, design in DRAWN["planar"].items() for dataset in design["datasets"]}
PLANAR = {name: runs for name, runs in EXPERIMENTS.items() if name in config["planar"]["experiments"]}
# Runs in high dimension by the stream that they are trained in, and by the data set that they are evaluated on.
STREAMS, ON_POPULATIONS = streams(SECTIONS["highdim"]), by_data(SECTIONS["highdim"])


pathvars:
    workflow=os.path.relpath(ROOT / "workflow"),
    results=config["results"],
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


def recipe(output, *scripts, reads=None, **parameters):
    """Return a function for `input:` that writes what a job is made by, and names the file.

    `output` is the job's first, within the results; by it the recipe is named. `scripts` are run. `reads` has, by the
    stage's arguments, files that the job reads: all that the project has of them, and of results those of which there
    are as many as a sweep has values, or that wildcards and parameters do not tell. They and the stage's `parameters`
    are values or functions of the wildcards. Where the output was made by something else, or nobody knows by what,
    Snakemake is told to make it again.
    """

    def written(wildcards):
        def concrete(values):
            return {key: value(wildcards) if callable(value) else value for key, value in values.items()}

        files = concrete(reads or {})
        made_by = {
            "makes": output.format(**dict(wildcards.items())),
            "parameters": concrete(parameters),
            "code": digests_of(*concrete(dict(enumerate(scripts))).values()),
            "reads": {name: list(map(place_of, several)) for name, several in files.items()},
            "digests": {place_of(file): found for several in files.values() for file, found in given(several)},
        }
        RECIPES.write(made_by)
        # A folder that Snakemake has looked over is not looked at again: what is written there later would be missed.
        workflow.iocache.exists_local[f"{config['results']}/recipes/{made_by['makes']}.json"] = True
        if workflow.is_main_process and not RECIPES.made(made_by):
            workflow.dag.forcefiles.add(f"{config['results']}/{made_by['makes']}")
        return f"<results>/recipes/{made_by['makes']}.json"

    return ancient(written)  # what it holds matters, not when it was written


def place_of(file):
    """Return where in the results or, for a file of the project, where in that a file is."""
    return os.path.normpath(file.replace("<workflow>", "workflow").removeprefix("<results>/"))


def given(files):
    """Yield those of these files that no job makes, with their digests."""
    for file in files:
        if file.startswith("<workflow>"):
            yield file, digest(ROOT / place_of(file))
        elif file in LISTED:
            yield file, LISTED[file]


@cache
def modules(*scripts):
    """Return scripts and every module of the project that they import, the first script first."""
    return tuple(dict.fromkeys(file for script in scripts for file in code_files(ROOT / "scripts", script)))


@cache
def digests_of(*scripts):
    """Return the digests of scripts and of all modules that they import, by their place in the project."""
    return {os.path.relpath(file, ROOT): digest(Path(file).absolute()) for file in modules(*scripts)}


def only(*keys):
    """Return a function that gives these parameters of the run: all that one stage depends on."""
    return lambda wildcards: {key: RUNS[wildcards.run][key] for key in ("run", *keys)}


def together(*keys):
    """Return a function that gives these parameters of all runs of an experiment."""

    def parameters(wildcards):
        runs = [run for run in RUNS.values() if run["experiment"] == wildcards.experiment]
        chosen = [{key: run[key] for key in ("run", *keys)} for run in runs]
        return {"run": wildcards.experiment, "runs": chosen}

    return parameters


def write_runs(experiment):
    """Write an experiment's rows of the table `runs` (JSON) where they are not as they were; return the file.

    It is an input of what shows or judges them. Lists of levels are left out: they have rows of their own in `times`.
    """
    rows = [
        {key: value for key, value in run.items() if not isinstance(value, list)} for run in EXPERIMENTS[experiment]
    ]
    file, text = f"<results>/experiments/{experiment}.json", json.dumps(rows, indent=1)
    write_if_other(Path(config["results"], "experiments", f"{experiment}.json"), text)
    LISTED[file] = hashlib.sha256(text.encode()).hexdigest()
    return ancient(file)  # its content is in the recipes of what reads it


def parts_of(experiments, tables):
    """Return the files with these experiments' rows of tables, each once, as pairs (table, file)."""
    found = [(table, file) for table in tables for experiment in experiments for file in PARTS[experiment][table]]
    return list(dict.fromkeys(found))


def labels(parts):
    """Return of which table each of these parts is."""
    return [table for table, _ in parts]


def files(parts):
    """Return the files of these parts."""
    return [file for _, file in parts]


def ridge_datasets(experiment):
    """Return the names of the data sets of an experiment on ridge regression, in the order in which its runs name them."""
    return list(dict.fromkeys(run["dataset"] for run in SECTIONS["ridge"] if run["experiment"] == experiment))


def ridge_data(wildcards):
    """Return the data of an experiment on ridge regression."""
    return [f"<results>/ridge/data/{name}.npz" for name in ridge_datasets(wildcards.experiment)]


def designs(runs):
    """Return the files of the designs of runs in two dimensions."""
    names = dict.fromkeys(DESIGN_OF[run["dataset"]] for run in runs)
    return [f"<results>/planar/data/{name}.parquet" for name in names]


def planar_data(wildcards):
    """Return the data of an experiment in two dimensions."""
    return designs(PLANAR[wildcards.experiment])


def described(experiment, keys, **computed):
    """Return the name of an experiment in two dimensions and, of its runs, parameters and what functions make of them."""
    runs = [
        {key: run[key] for key in ("run", *keys)} | {name: function(run) for name, function in computed.items()}
        for run in PLANAR[experiment]
    ]
    return {"name": experiment, "runs": runs}


def every(*keys):
    """Return a function that gives these parameters of an experiment's runs: all that a stage depends on."""
    return lambda wildcards: described(wildcards.experiment, keys)


def trained_as(name):
    """Return a function that gives an experiment's files of this name: by mean loss one, by sum loss one a run."""

    def found(wildcards):
        runs = PLANAR[wildcards.experiment]
        if runs[0]["reduction"] == "mean":
            return [f"<results>/planar/experiments/{wildcards.experiment}/{name}"]
        return [f"<results>/planar/runs/{run['run']}/{name}" for run in runs]

    return found


def first_data(experiments):
    """Return the data of the first runs of experiments in the plane; one that the configuration lacks has none."""
    return designs([PLANAR[name][0] for name in experiments if name in PLANAR])


def executed_to(run):
    """Return the step to which every step of a run in two dimensions is executed when it is checked.

    On the mean loss that is 1e7 for the runs that the configuration names, 1e4 for the others. On the summed one it is
    1e7 for the first run of an experiment and 1e6 for the others. At a reduced scale it is 1e5 at most.
    """
    if run["reduction"] == "mean":
        step = 10**7 if run["run"] in config["planar"]["checks"] else 10**4
    else:
        step = 10**7 if run["axis"] is None else 10**6
    return min(step, 10**5) if run["scale"] == "reduced" else step


def checked(wildcards):
    """Return an experiment's name and the parameters of the check of its runs."""
    return described(wildcards.experiment, MEASURED, executed_to=executed_to)


def streamed(wildcards):
    """Return what the runs of a stream in high dimension have in common, their names and biases."""
    runs = STREAMS[wildcards.stream]
    shared = {key: runs[0][key] for key in (*POPULATION, "eta", "horizon")}
    own = {"runs": [run["run"] for run in runs], "bias": [run["bias"] for run in runs]}
    return {"run": wildcards.stream, **shared, **own}


def replicate(wildcards):
    """Return the number of the replicate that a job is about."""
    return int(wildcards.replicate)


def replicated(wildcards):
    """Return the runs on a data set in high dimension that have this replicate."""
    return [run for run in ON_POPULATIONS[wildcards.population] if run["n_seeds"] > replicate(wildcards)]


def trained_on(wildcards):
    """Return the trajectories of these runs: by mean loss a stream's, one file a replicate, by sum loss a run's."""
    runs = replicated(wildcards)
    means = [f"<results>/highdim/streams/{name}/{wildcards.replicate}/trajectory.npz" for name in streams(runs)]
    return means + [f"<results>/highdim/runs/{run['run']}/trajectory.npz" for run in runs if run["reduction"] == "sum"]


def evaluated(wildcards):
    """Return a data set in high dimension and all that the evaluation of these runs depends on."""
    runs = replicated(wildcards)
    data = {key: runs[0][key] for key in (*POPULATION, "alpha", "n_test")}
    own = [{key: run[key] for key in EVALUATED} for run in runs]
    return {"run": wildcards.population, **data, "runs": own}


def files_on(paper, names):
    """Return those of the files of claims with these names that have one of a paper."""
    contents = {file: declared(file) for file in claim_files(names)}
    return [
        file.replace("workflow/", "<workflow>/", 1)
        for file, content in contents.items()
        if any(claim.get("paper", content.get("defaults", {}).get("paper")) == paper for claim in content["claims"])
    ]


def shown_parts(figure):
    """Return the parts of the tables that a figure needs, as pairs (table, file)."""
    shown, paper = figure_of(module_of(figure)), figure.split("_")[0]
    summaries = [(table, f"<results>/{paper}/tables/{table}.parquet") for table in SUMMARIES.get(paper, [])]
    return parts_of(experiments_of(shown, EXPERIMENTS), shown.reads) + [
        part for part in summaries if part[0] in shown.reads
    ]


def shown_data(figure):
    """Return the designs in the plane of which a figure shows points: those of its experiments' first runs."""
    shown = figure_of(module_of(figure))
    return first_data(experiments_of(shown, EXPERIMENTS)) if "data" in shown.reads else []


def script_of(wildcards):
    """Return the script of an experiment's study."""
    return STUDIES[STUDY_OF[wildcards.experiment]][0]


def collected(wildcards):
    """Return the parts of the tables of a paper's runs."""
    return files(COLLECTED[wildcards.paper])


def judged(wildcards):
    """Return the tables that a paper's claims are measured on."""
    names = JUDGED + SUMMARIES.get(wildcards.paper, [])
    return [f"<results>/{wildcards.paper}/tables/{table}.parquet" for table in names]


def claimed(wildcards):
    """Return the files with claims of a paper."""
    return files_on(wildcards.paper, PAPERS)


def checked_on(wildcards):
    """Return the files with what only this reproduction says of a paper."""
    return files_on(wildcards.paper, OWN)


def templates(figures):
    """Return the captions of figures as they are before numbers are filled in."""
    return [f"<workflow>/report/{figure}.rst" for figure in figures]


def captions(wildcards):
    """Return the captions of a paper's figures."""
    return [f"<results>/captions/{figure}.rst" for figure in FIGURES_OF[wildcards.paper]]


def written(text):
    """Return the absolute path of a text of the report that a run writes; until it has, that of one that says so."""
    path = Path(config["results"], text).absolute()
    return str(path if path.exists() else ROOT / "workflow/report/unwritten.rst")


def module_of(figure):
    """Return the module of a figure."""
    return ROOT / "scripts/figures" / f"{figure}.py"


def one_of(names):
    """Return the regular expression of a wildcard that is one of these names; without any it is nothing at all."""
    return "|".join(names) or "(?!)"


def left_by_run():
    """Return what a run that has ended leaves, and the command that packs just that into a report, training nothing."""
    results, targets = config["results"], sorted(workflow.dag_settings.targets)
    if targets:
        return f"Done: {', '.join(targets)}. Results are in {results}."
    given = workflow.config_settings.config or [os.path.relpath(file) for file in workflow.overwrite_configfiles]
    packed = f"snakemake with this run's options and --report {results}/report.html"
    if not given:
        packed = "make report"
    elif given == ["workflow/profiles/quick/quick.yaml"]:
        packed = "make quick-report"
    return (
        f"Verdicts, figures and tables are in {results}: claims.html, figures/, tables/.\n"
        f"`{packed}` packs them into {results}/report.html."
    )


def megabytes(first):
    """Return a rule's memory: `first` MB at the first attempt, twice that at the second, and so on."""
    return lambda wildcards, attempt: first * attempt


def code(*scripts):
    """Return scripts and every module that they import: a job's recipe has their digests, their times do not matter."""
    return ancient(list(modules(*scripts)))


for name in EXPERIMENTS:
    PARTS[name]["runs"].append(write_runs(name))


wildcard_constraints:
    run=one_of(run["run"] for section in ("networks", "highdim") for run in SECTIONS[section]),
    paper=one_of(PAGES),
    dataset=one_of(DRAWN["ridge"]),

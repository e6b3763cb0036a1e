"""Figures beyond the papers are drawn from the quick configuration's runs, trained here to fewer steps."""

import copy
import importlib
from fnmatch import fnmatch

import pandas as pd
import pyarrow as pa
import pytest
import yaml
from called import arguments
from checkout import ROOT
from experiments import depends, runs_of, settled
from figures.style import set_style
from grokking.beyond import losses, optimisers
from grokking.results.files import read_parquet
from judging.query import Results
from snakemake.utils import update_config

QUICK = "workflow/profiles/quick/quick.yaml"
FIGURES = ["beyond_optimisers", "beyond_losses"]
STAGES = {"optimisers": optimisers.train, "losses": losses.train}
TABLES = ("curves", "times", "bounds")
HORIZON = 500


def trained(runs, folder):
    """Train experiments, given as lists of runs by name, and return their tables."""
    parts = {table: [] for table in TABLES}
    for name, own in runs.items():
        keys = ("run", *depends(own[0]["study"]))
        experiment = {"run": name, "runs": [{key: run[key] for key in keys} for run in own]}
        files = {table: folder / f"{name}-{table}" for table in TABLES}
        STAGES[own[0]["study"]].main(None, arguments(folder, files, experiment=experiment, seed=0))
        for table, file in files.items():
            parts[table].append(read_parquet(file))
    return {table: pa.concat_tables(found).to_pandas() for table, found in parts.items()}


@pytest.fixture(scope="module", params=FIGURES)
def shown(request, tmp_path_factory):
    """A figure's module and the tables that it is drawn from."""
    shipped, quick = (yaml.safe_load((ROOT / name).read_text()) for name in ("config.yaml", QUICK))
    # All experiments, those too that the quick profile leaves out.
    experiments = quick["beyond"]["experiments"]
    quick["beyond"]["experiments"] = {name: entry for name, entry in experiments.items() if entry is not None}
    config = copy.deepcopy(shipped)
    update_config(config, quick)
    config = settled(config, shipped)
    module = importlib.import_module(f"figures.{request.param}")
    every = [run | {"horizon": HORIZON} for run in runs_of(config, "beyond")]
    every = [run for run in every if any(fnmatch(run["experiment"], name) for name in module.SHOWS)]
    runs = {name: [run for run in every if run["experiment"] == name] for name in {run["experiment"] for run in every}}
    return module, {"runs": pd.DataFrame(every)} | trained(runs, tmp_path_factory.mktemp(request.param))


@pytest.fixture
def figure(shown):
    set_style()
    return shown[0].draw(Results(shown[1]))


def test_no_panel_is_empty_and_predictions_are_dashed(figure):
    lines = [line for ax in figure.axes for line in ax.lines if len(line.get_xdata()) > 1]
    assert all(ax.lines for ax in figure.axes)
    assert sum(line.get_linestyle() == "--" for line in lines) >= 3


def test_experiments_that_are_not_there_are_left_out(shown):
    module, tables = shown
    runs = tables["runs"]
    assert module.draw(Results(tables | {"runs": runs[runs["experiment"] == runs["experiment"].iloc[-1]]})).axes

"""What the configuration gives each run is what the stages ask for: names and types."""

import copy
from dataclasses import fields

import pytest
import yaml
from checkout import ROOT
from evaluations import EVALUATED, POPULATION, by_data, streams
from experiments import datasets_of, depends, designs_of, runs_of, settled
from grokking.beyond import decay, kernel, losses, network, noise, optimisers, real
from grokking.depth.networks import Run as DepthRun
from grokking.depth.ridge import Run as OptimiserRun
from grokking.flow.prediction import PredictedRun
from grokking.flow.training import TrainingRun as StreamedRun
from grokking.highdim.run import EvaluatedRun, Evaluation
from grokking.highdim.training import TrainingRun
from grokking.networks.run import Run as NetworkRun
from grokking.planar.attack import AttackRun as PlanarAttackRun
from grokking.planar.data import Design
from grokking.planar.flows import FlowRun
from grokking.planar.predictions import EvaluationRun as PlanarEvaluationRun
from grokking.planar.training import TrainingRun as PlanarTrainingRun
from grokking.results.jobs import read_as
from grokking.ridge.problem import DataSet
from grokking.ridge.surrogate import SurrogateRun
from snakemake.utils import update_config

STAGES = [("ridge", SurrogateRun), ("networks", NetworkRun), ("highdim", TrainingRun)]
STAGES += [("highdim", EvaluatedRun), ("highdim", PredictedRun)]
STAGES += [("depth", DepthRun), ("optimisers", OptimiserRun)]
STAGES += [
    ("planar", PlanarTrainingRun),
    ("planar", FlowRun),
    ("planar", PlanarEvaluationRun),
    ("planar", PlanarAttackRun),
]
STAGES += [("depth", DepthRun), ("optimisers", OptimiserRun)]


@pytest.fixture(scope="module", params=["config.yaml", "workflow/profiles/quick/quick.yaml"])
def config(request):
    shipped, overlay = (yaml.safe_load((ROOT / path).read_text()) for path in ("config.yaml", request.param))
    merged = copy.deepcopy(overlay)
    update_config(merged, copy.deepcopy(shipped))
    update_config(merged, copy.deepcopy(overlay))
    return settled(merged, shipped)


@pytest.mark.parametrize(("section", "kind"), STAGES)
def test_every_run_can_be_given_to_every_stage(config, section, kind):
    names = [field.name for field in fields(kind)]
    read = [read_as(kind, {name: run[name] for name in names}) for run in runs_of(config, section)]
    assert len(read) > 0


def test_runs_in_high_dimension_can_be_trained_in_streams_and_evaluated_together(config):
    runs = runs_of(config, "highdim")
    for name, shared in [*streams(runs).items(), *by_data(runs).items()]:
        of_data = {key: shared[0][key] for key in POPULATION}
        own = [{key: run[key] for key in EVALUATED} for run in shared]
        lists = {"runs": [run["run"] for run in shared], "bias": [run["bias"] for run in shared]}
        law = {key: shared[0][key] for key in ("eta", "horizon")}
        sizes = {key: shared[0][key] for key in ("alpha", "n_test")}
        assert len(read_as(StreamedRun, {"run": name, **of_data, **law, **lists}).runs) == len(shared)
        assert len(read_as(Evaluation, {"run": name, **of_data, **sizes, "runs": own}).runs) == len(shared)


STUDIES = {
    "label-noise": noise.Run,
    "weight-decay": decay.Run,
    "optimisers": optimisers.Run,
    "losses": losses.Run,
    "kernel": kernel.Run,
    "bias-network": network.Run,
    "real-data": real.Run,
}


def test_every_run_beyond_the_papers_can_be_given_to_the_job_of_its_study(config):
    for run in runs_of(config, "beyond"):
        given = {name: run[name] for name in ("run", *depends(run["study"]))}
        assert read_as(STUDIES[run["study"]], given).run == run["run"]


def test_every_data_set_can_be_given_to_the_stage_that_draws_it(config):
    found = datasets_of(config, "ridge")
    assert [read_as(DataSet, values).name for values in found.values()] == [*found]
    designs = designs_of(config, "planar", [*datasets_of(config, "planar")])
    assert [read_as(Design, values).name for values in designs.values()] == [*designs]

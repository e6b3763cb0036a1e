"""What the configuration gives each run is what the stages ask for: names and types."""

import copy
from dataclasses import fields

import pytest
import yaml
from checkout import ROOT
from experiments import datasets_of, designs_of, runs_of, settled
from grokking.highdim.attack import AttackRun
from grokking.highdim.run import EvaluationRun
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
STAGES += [("highdim", EvaluationRun), ("highdim", AttackRun)]
STAGES += [
    ("planar", PlanarTrainingRun),
    ("planar", FlowRun),
    ("planar", PlanarEvaluationRun),
    ("planar", PlanarAttackRun),
]


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


def test_every_data_set_can_be_given_to_the_stage_that_draws_it(config):
    found = datasets_of(config, "ridge")
    assert [read_as(DataSet, values).name for values in found.values()] == [*found]
    designs = designs_of(config, "planar", [*datasets_of(config, "planar")])
    assert [read_as(Design, values).name for values in designs.values()] == [*designs]

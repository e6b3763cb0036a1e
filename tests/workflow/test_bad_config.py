"""What is wrong with a configuration is said in one line each, before any job."""

import copy
import json
from pathlib import Path
from subprocess import run

import pytest
import yaml
from checkout import checkout
from consistency import SOURCES
from experiments import settled
from snakemake.utils import update_config
from validation import config_errors, misread_values, repeated_keys

SCHEMA = yaml.safe_load(Path("workflow/schemas/config.schema.yaml").read_text())
CONFIG = yaml.safe_load(Path("config.yaml").read_text())
QUICK_FILE = "workflow/profiles/quick/quick.yaml"
QUICK = yaml.safe_load(Path(QUICK_FILE).read_text())


def overlaid(overlay: dict) -> dict:
    """Return config.yaml with an overlay, merged as Snakemake merges them."""
    config = copy.deepcopy(overlay)
    update_config(config, copy.deepcopy(CONFIG))
    update_config(config, copy.deepcopy(overlay))
    return settled(config, CONFIG)


def changed(change) -> list[str]:
    config = copy.deepcopy(CONFIG)
    change(config)
    return config_errors(settled(config, CONFIG), SCHEMA)


def experiment(config, name="figure2"):
    return config["ridge"]["experiments"][name]


def of_ridge(config):
    return config["ridge"]["defaults"]["experiments"]


def network(config):
    return config["networks"]["experiments"]["figure4"]


def planted(config, name="full"):
    return config["planar"]["data"][name]


def with_pair(config, pair):
    """Add a pair to the design `full`; other designs, whose list it shares, keep theirs."""
    planted(config).update(support=[*planted(config)["support"], pair])


def trained(config):
    return config["planar"]["experiments"]["logistic-plain-sum"]


def population(config):
    return config["highdim"]["data"]["classes-75-25"]


def streamed(config):
    return config["highdim"]["experiments"]["highdim-plain-sum"]


def long_run(config):
    return config["planar"]["experiments"]["delta-total-sum"]


def noisy(config):
    return config["beyond"]["experiments"]["noise-support"]


def bias_network(config):
    return config["beyond"]["experiments"]["network-64-support"]


def decayed(config):
    return config["beyond"]["experiments"]["decay-support"]


def renamed(entries: dict, old: str, new: str) -> None:
    entries[new] = entries.pop(old)


@pytest.mark.parametrize("overlay", [{}, QUICK])
def test_the_configurations_of_the_project_are_valid(overlay):
    assert config_errors(overlaid(overlay), SCHEMA) == []


def test_every_key_is_described():
    described = SCHEMA["properties"] | SCHEMA["$defs"]["parameters"]["properties"]
    assert [key for key, entry in described.items() if not entry.get("description")] == []


BAD = [
    (lambda c: c.update(sede=c.pop("seed")), ["seed: missing", "sede: unknown key; did you mean 'seed'?"]),
    (lambda c: c.update(seed=-1), ["seed: -1 is not allowed; expected a number of at least 0"]),
    (lambda c: c.update(seed=1.5), ["seed: 1.5 is not allowed; expected a whole number"]),
    (lambda c: c.update(seed=2**63), ["seed: 9223372036854775808 is not allowed; expected a number of at most 92233"]),
    (lambda c: c.update(results=""), ["results: '' is not allowed"]),
    (lambda c: c.update(results="~/results"), ["results: '~/results' is not allowed; expected text that matches"]),
    (lambda c: c.update(results="{run}"), ["results: '{run}' is not allowed; expected text that matches"]),
    (lambda c: c.update(results="-r"), ["results: '-r' is not allowed; expected text that matches"]),
    (lambda c: c.update(results="results\n"), ["results: 'results\\n' is not allowed; expected text that matches"]),
    (lambda c: c.update(results="a" * 256), ["aaa' is not allowed; expected names of at most 255 characters"]),
    (lambda c: c.update(results="README.md/"), ["results: 'README.md' is not allowed; expected a folder, and /"]),
    (lambda c: c.update(results="README.md/x"), ["results: 'README.md/x' is not allowed; expected a folder, and /"]),
    (lambda c: c.update(results="x/.."), ["results: '.' is not allowed; expected a folder of its own, as results"]),
    (lambda c: c.update(results=".."), ["results: '..' is not allowed; expected a folder of its own, as results"]),
    (lambda c: c.update(results="/"), ["results: '/' is not allowed; expected a folder of its own, as results"]),
    (
        lambda c: c.update(results="docs/tables"),
        ["'docs/tables' is not allowed; expected a folder outside of"],
    ),
    (lambda c: c.update(results="x/../.snakemake/x"), ["'.snakemake/x' is not allowed; expected a folder outside of"]),
    (lambda c: c["ridge"].pop("data"), ["ridge.data: missing; expected Data sets"]),
    (
        lambda c: renamed(experiment(c), "figure", "figur"),
        [
            "ridge.experiments.figure2.figure: missing; expected The figure of the paper",
            "ridge.experiments.figure2.figur: unknown key; did you mean 'figure'?",
        ],
    ),
    (
        lambda c: renamed(of_ridge(c), "eta", "etta"),
        [
            "ridge.defaults.experiments.eta: missing; expected Step size",
            "ridge.defaults.experiments.etta: unknown key; did you mean 'eta'?",
        ],
    ),
    (
        lambda c: of_ridge(c).update(eta=0),
        ["ridge.defaults.experiments.eta: 0 is not allowed; expected a number above 0"],
    ),
    (
        lambda c: of_ridge(c).update(n=101),
        ["ridge.defaults.experiments.n: 101 is not allowed; expected at most n_points = 100 of data set gaussian-10"],
    ),
    (
        lambda c: of_ridge(c).update(eta=None),
        ["ridge.defaults.experiments.eta: missing; expected Step size of gradient descent"],
    ),
    (lambda c: experiment(c).update(weight_decay=None, n=None, sweeps=None), []),
    (lambda c: c["ridge"].update(defaults=[1]), ["ridge.defaults: [1] is not allowed; expected a mapping"]),
    (lambda c: c["ridge"].update(default={}), ["ridge.default: unknown key; did you mean 'defaults'?"]),
    (lambda c: c["ridge"]["defaults"].update(dat={}), ["ridge.defaults.dat: unknown key; did you mean 'data'?"]),
    (lambda c: c["ridge"]["experiments"].update(figure2=7), ["figure2: 7 is not allowed; expected a mapping"]),
    (
        lambda c: experiment(c).update(weight_decay=-1e-4),
        ["ridge.experiments.figure2.weight_decay: -0.0001 is not allowed; expected a number of at least 1.0e-12"],
    ),
    (
        lambda c: experiment(c).update(weight_decay="1e-4"),
        ["weight_decay: '1e-4' is not allowed; expected a number (YAML reads 1e-4 as text: write 1.0e-04)"],
    ),
    (lambda c: experiment(c).update(eta="fast"), ["eta: 'fast' is not allowed; expected a number"]),
    (lambda c: experiment(c).update(eta=0), ["eta: 0 is not allowed; expected a number above 0"]),
    (
        lambda c: experiment(c).update(noise_std=-0.1),
        ["noise_std: -0.1 is not allowed; expected a number of at least 0"],
    ),
    (lambda c: experiment(c).update(n=2.5), ["n: 2.5 is not allowed; expected a whole number"]),
    (
        lambda c: experiment(c).update(horizon="1e6"),
        ["horizon: '1e6' is not allowed; expected a whole number (write 1000000)"],
    ),
    (lambda c: experiment(c).update(n=20.0), ["n: 20.0 is not allowed; expected a whole number (write 20)"]),
    (lambda c: experiment(c).update(n=True), ["n: True is not allowed; expected a whole number"]),
    (lambda c: experiment(c).update(scale="large"), ["scale: 'large' is not allowed; expected one of paper, reduced"]),
    (
        lambda c: experiment(c).update(n=2000),
        ["ridge.experiments.figure2.n: 2000 is not allowed; expected at most n_points = 400"],
    ),
    (
        lambda c: experiment(c)["sweeps"]["n"].append(500),
        ["n: 500 is not allowed; expected at most n_points = 400 of data set gaussian-1000 (m = 1000)"],
    ),
    (lambda c: experiment(c)["sweeps"].update(n=[]), ["sweeps.n: [] is not allowed; expected at least 1 value(s)"]),
    (
        lambda c: experiment(c)["sweeps"].update(n=[10, 10]),
        ["sweeps.n: [10, 10] is not allowed; expected each value once"],
    ),
    (lambda c: experiment(c)["sweeps"].update(eta=[1.0]), ["sweeps.eta: unknown key"]),
    (
        lambda c: experiment(c).update(data="gaussian-999"),
        ["ridge.experiments.figure2.data: 'gaussian-999' is not allowed; expected a name from ridge.data"],
    ),
    (
        lambda c: c["ridge"]["experiments"].update({5: experiment(c)}),
        ["ridge.experiments: the name 5 is not allowed; expected text"],
    ),
    (
        lambda c: c["ridge"]["experiments"].update({"Figure 2": experiment(c)}),
        ["ridge.experiments: the name 'Figure 2' is not allowed; expected text that matches"],
    ),
    (
        lambda c: c["ridge"]["data"].update({"relu_1000": {"features": "relu", "m": 5, "d": 5}}),
        ["ridge.data: the name 'relu_1000' is not allowed; expected text that matches"],
    ),
    (
        lambda c: c["ridge"]["data"]["gaussian-10000-50"].update(m=900, d=900, n_points=901),
        ["ridge.data.gaussian-10000-50.n_points: 901 is not allowed; expected at most m = 900"],
    ),
    (
        lambda c: c["ridge"]["data"]["gaussian-10000-50"].update(d=7),
        ["d: 7 is not allowed; expected d = m = 10000 for gaussian features"],
    ),
    (
        lambda c: c["ridge"]["data"]["gaussian-10000-50"].update(features="sigmoid"),
        ["features: 'sigmoid' is not allowed; expected one of gaussian, relu, fourier"],
    ),
    (
        lambda c: c["ridge"]["data"]["fourier-5000"].update(teacher="sparse"),
        ["ridge.data.fourier-5000.teacher: 'sparse' is not allowed; expected dense for fourier features"],
    ),
    (
        lambda c: c["ridge"]["data"]["relu-1000"].update(sigma2=2.0),
        ["ridge.data.relu-1000.sigma2: 2.0 is not allowed; expected 1 for relu features"],
    ),
    (
        lambda c: experiment(c).update(weight_decay=1.0, sweeps=None),
        ["ridge.experiments.figure2.weight_decay: 1.0 is not allowed; expected below 1 / eta = 1"],
    ),
    (
        lambda c: experiment(c).update(eta=1e-9, sweeps=None),
        ["ridge.experiments.figure2.weight_decay: 0.0001 is not allowed; expected at least 1.0e-12 / eta = 0.001"],
    ),
    (
        lambda c: experiment(c).update(teacher_scale=1e-300),
        ["figure2.teacher_scale: 1e-300 is not allowed; expected 0 or a number from 1.0e-06 to 1000000"],
    ),
    (
        lambda c: experiment(c).update(sweeps={"nu2": [1e300]}),
        ["figure2.sweeps.nu2[0]: 1e+300 is not allowed; expected a number of at most 1000000000"],
    ),
    (
        lambda c: experiment(c).update(eps=1e-300),
        ["ridge.experiments.figure2.eps: 1e-300 is not allowed; expected a number from 1.0e-12 to 1000000"],
    ),
    (
        lambda c: of_ridge(c).update(horizon=10**18),
        ["ridge.defaults.experiments.horizon: 1000000000000000000 is not allowed; expected a number from 10 to 10000"],
    ),
    (
        lambda c: experiment(c, "figure5").update(unseen_scale=0.5),
        ["figure5.surrogate_points: 10000 is not allowed; expected 0 where unseen_scale is not 1"],
    ),
    (
        lambda c: c["ridge"]["data"]["relu-2000-d5"].update(d=1),
        ["ridge.defaults.experiments.n: 100 is not allowed; expected at most 2, as relu features of one input, those"],
    ),
    (
        lambda c: c["ridge"]["data"]["gaussian-500"].update(n_points=10**4, m=10**4, d=10**4, n_seeds=1),
        ["gaussian-500.n_points: 10000 is not allowed; expected at most 5000, so that n_points x m numbers fit in"],
    ),
    (
        lambda c: c["ridge"]["experiments"].update({"a" * 101: experiment(c)}),
        ["' is not allowed; expected at most 100 characters"],
    ),
    (lambda c: experiment(c).update(eta=10**400, sweeps=None), ["0 is not allowed; expected a number from 1.0e-12 to"]),
    (lambda c: c["ridge"].update(data=[]), ["ridge.data: [] is not allowed; expected a mapping"]),
    (lambda c: c["ridge"].update(data={}), ["ridge.data: {} is not allowed; expected at least 1 entry"]),
    (lambda c: c.pop("networks"), ["networks: missing; expected Two-layer ReLU networks"]),
    (
        lambda c: network(c).update(eta=-1e-4),
        ["networks.experiments.figure4.eta: -0.0001 is not allowed; expected a number above 0"],
    ),
    (
        lambda c: renamed(network(c), "n_seeds", "n_seed"),
        [
            "networks.experiments.figure4.n_seeds: missing; expected Independent draws",
            "networks.experiments.figure4.n_seed: unknown key; did you mean 'n_seeds'?",
        ],
    ),
    (lambda c: network(c)["sweeps"]["m"].append(1.5), ["sweeps.m[5]: 1.5 is not allowed; expected a whole number"]),
    (
        lambda c: network(c)["sweeps"]["weight_decay"].append(10000.0),
        ["networks.experiments.figure4.sweeps.weight_decay: 10000.0 is not allowed; expected below 1 / eta = 10000"],
    ),
    (
        lambda c: c["networks"]["checks"].append("figure4-n-11"),
        ["networks.checks: 'figure4-n-11' is not allowed; expected a name from the runs of networks.experiments"],
    ),
    (
        lambda c: c["networks"]["verified"].append("figure4-n-11"),
        ["networks.verified: 'figure4-n-11' is not allowed; expected a name from the runs of networks.experiments"],
    ),
    (
        lambda c: network(c).update(decay_times=1e-9, sweeps=None),
        [
            "networks.checks: 'figure4-m-100' is not allowed; expected a name",
            "networks.checks: 'figure4-weight_decay-0.5' is not allowed; expected a name",
            "figure4.decay_times: 1e-09 is not allowed; expected from 5e-05 to 5e+09, for a last step from 10 to 10000",
            *[f"networks.verified: '{run}' is not allowed" for run in ("figure4-n-10", "figure4-nu2-0.1")],
        ],
    ),
    (
        lambda c: (
            c["networks"].update(verified=["figure1-right"])
            or c["networks"]["experiments"]["figure1-right"].update(weight_decay=1e-5)
        ),
        ["networks.verified: 'figure1-right' is not allowed; expected a run of at most 100000000 steps"],
    ),
    (
        lambda c: c["depth"]["experiments"]["depth-relu-2"].update(decay_times=1e6, sweeps={}),
        ["depth-relu-2.decay_times: 1000000.0 is not allowed; expected from 0.003 to 3e+04, for a last step from 10 t"],
    ),
    (
        lambda c: c["optimisers"]["experiments"]["optimiser-adam"].update(m=50),
        ["optimisers.defaults.experiments.n: 100 is not allowed; expected at most m = 50"],
    ),
    (
        lambda c: c["optimisers"]["experiments"]["optimiser-adam"].update(horizon=10**9),
        ["optimiser-adam.horizon: 1000000000 is not allowed; expected a number from 10 to 100000000"],
    ),
    (lambda c: c["networks"].update(checks=[]), ["networks.checks: [] is not allowed; expected at least 1 value(s)"]),
    (
        lambda c: c["networks"]["experiments"].update(figure2=network(c)),
        ["ridge.experiments and networks.experiments: the name 'figure2' is used 2 times; expected each name once"],
    ),
    (lambda c: experiment(c).update(eta=float("inf")), ["eta: inf is not allowed; expected a number that is finite"]),
    (lambda c: experiment(c).update(nu2=float("nan")), ["nu2: nan is not allowed; expected a number that is finite"]),
    (lambda c: experiment(c).update(eta=float("-inf")), ["eta: -inf is not allowed; expected a number that is finite"]),
    (
        lambda c: experiment(c).update(horizon=float("inf")),
        ["horizon: inf is not allowed; expected a whole number that is finite"],
    ),
    (
        lambda c: trained(c).update(eps=[0.0, float("nan")]),
        ["planar.experiments.logistic-plain-sum.eps[1]: nan is not allowed; expected a number that is finite"],
    ),
    (lambda c: c.update(seed=None), ["seed: missing; expected Root of all random streams"]),
    (lambda c: experiment(c).update(data=None), ["ridge.experiments.figure2.data: missing; expected Name of the data"]),
    (lambda c: experiment(c).update({5: 1.0}), ["ridge.experiments.figure2.5: unknown key; expected one of data, "]),
    (lambda c: c.update(results=5), ["results: 5 is not allowed; expected text"]),
    (lambda c: c.update(results=["results"]), ["results: ['results'] is not allowed; expected text"]),
    (lambda c: c.update(results="my results"), ["results: 'my results' is not allowed; expected text that matches"]),
    (
        lambda c: experiment(c)["sweeps"]["nu2"].append(0.3000000001),
        ["ridge.experiments: the name 'figure2-nu2-0.3' is used 2 times; expected each name once"],
    ),
    (
        lambda c: renamed(c["highdim"]["experiments"], "highdim-plain-sum", "figure2-n-25"),
        ["ridge.experiments and highdim.experiments: the name 'figure2-n-25' is used 2 times; expected each"],
    ),
    (
        lambda c: renamed(c["highdim"]["experiments"], "highdim-plain-sum", "delta-total-sum-240-160"),
        ["planar.experiments and highdim.experiments: the name 'delta-total-sum-240-160' is used 2 times"],
    ),
    (lambda c: c.update(ridge=[1]), ["ridge: [1] is not allowed; expected a mapping"]),
    (
        lambda c: with_pair(c, [1001, 10]),
        ["planar.data.full.support: [1001, 10] is not allowed; expected at most n_pos = 1000 and n_neg = 1000"],
    ),
    (
        lambda c: with_pair(c, [7, -1]),
        ["planar.data.full.support[5][1]: -1 is not allowed; expected a number of at least 0"],
    ),
    (lambda c: with_pair(c, [7]), ["support[5]: [7] is not allowed; expected at least 2 value(s)"]),
    (lambda c: with_pair(c, [350, 350]), ["expected each value once"]),
    (
        lambda c: trained(c).update(support=[[1, 1]]),
        ["logistic-plain-sum.support: [1, 1] is not allowed; expected pairs of data set plain: [[0, 0]]"],
    ),
    (
        lambda c: trained(c).update(n_seeds=41),
        ["logistic-plain-sum.n_seeds: 41 is not allowed; expected at most n_seeds = 40 of data set plain"],
    ),
    (lambda c: trained(c).update(b_0=0.1), ["sum.b_0: 0.1 is not allowed; expected 0 with reduction sum"]),
    (
        lambda c: trained(c).update(attack_n_steps=4),
        ["attack_n_steps: 4 is not allowed; expected 0 or at least 5, to cross the ball"],
    ),
    (
        lambda c: trained(c).update(reduction="max"),
        ["logistic-plain-sum.reduction: 'max' is not allowed; expected one of sum, mean"],
    ),
    (
        lambda c: c["planar"]["experiments"]["delta-gap-total-mean"].update(reduction="sum", horizon=10**7),
        [
            "total-mean.reduction: 'sum' is not allowed; expected mean, as the points of data set gap-total-700 have w",
            "planar.checks: 'delta-gap-total-mean-616.558-83.442' is not allowed; expected a name from the runs of pl",
        ],
    ),
    (
        lambda c: planted(c, "gap-total-700").update(margin_points=0),
        ["margin_points: 0 is not allowed; expected from 1 to 1000, the points of a class, with planting weighted"],
    ),
    (
        lambda c: planted(c, "plain").update(margin_points=5),
        ["planar.data.plain.margin_points: 5 is not allowed; expected 0 with planting none"],
    ),
    (
        lambda c: planted(c, "gap-total-700").update(gap=7.2),
        ["gap: 7.2 is not allowed; expected less than half the square's diagonal, 7.071"],
    ),
    (
        lambda c: planted(c, "mirrored").update(n_neg=500),
        ["planar.data.mirrored.n_neg: 500 is not allowed; expected n_pos = 1000, as the data set is mirrored"],
    ),
    (
        lambda c: planted(c).update(mirrored=True),
        ["planar.data.full.planting: 'full' is not allowed; expected none, as the data set is mirrored"],
    ),
    (
        lambda c: c["planar"].update(checks=["logistic-plain-sum"]),
        ["planar.checks: 'logistic-plain-sum' is not allowed; expected a name from the runs of planar.experiments wit"],
    ),
    (
        lambda c: with_pair(c, [10.5, 10]),
        ["planar.data.full.support: [10.5, 10] is not allowed; expected whole numbers with planting full"],
    ),
    (
        lambda c: planted(c).update(n_test=2001),
        ["planar.data.full.n_test: 2001 is not allowed; expected a multiple of 2"],
    ),
    (lambda c: planted(c).update(gamma=0.0), ["gamma: 0.0 is not allowed; expected a number of at least 1.0e-05"]),
    (
        lambda c: planted(c).update(gamma=-1.0e-3),
        ["gamma: -0.001 is not allowed; expected a number of at least 1.0e-05"],
    ),
    (lambda c: planted(c).update(gamma=15.0), ["gamma: 15.0 is not allowed; expected less than the square's diagonal"]),
    (lambda c: planted(c).update(alpha=0.4), ["alpha: 0.4 is not allowed; expected a number of at least 0.51"]),
    (
        lambda c: planted(c).update(planting="grid"),
        ["planting: 'grid' is not allowed; expected one of none, full, equispaced, weighted"],
    ),
    (
        lambda c: planted(c, "equispaced").update(u_limit=8.0),
        ["u_limit: 8.0 is not allowed; expected at most 7.071, where the margin leaves the square"],
    ),
    (
        lambda c: planted(c, "full-300-400").update(planting="none"),
        ["planar.data.full-300-400.support: [300, 400] is not allowed; expected [0, 0] with planting none"],
    ),
    (lambda c: planted(c).update(n_seeds=0), ["n_seeds: 0 is not allowed; expected a number of at least 1"]),
    (lambda c: planted(c).update(perturbation=-1e-15), ["perturbation: -1e-15 is not allowed"]),
    (
        lambda c: trained(c).update(eta=-0.01),
        ["planar.experiments.logistic-plain-sum.eta: -0.01 is not allowed; expected a number of at least 1.0e-12"],
    ),
    (lambda c: trained(c).update(horizon=1.5e6 + 0.5), ["horizon: 1500000.5 is not allowed; expected a whole number"]),
    (lambda c: trained(c).update(eps=[1.0]), ["eps[0]: 1.0 is not allowed; expected a number below 1"]),
    (lambda c: trained(c).update(eps=[]), ["eps: [] is not allowed; expected at least 1 value(s)"]),
    (lambda c: trained(c).update(bias="yes"), ["bias: 'yes' is not allowed; expected true or false"]),
    (
        lambda c: trained(c).update(attack_step=0),
        ["attack_step: 0 is not allowed; expected a number of at least 1.0e-06"],
    ),
    (
        lambda c: trained(c).update(data="plane"),
        ["'plane' is not allowed; expected a name from planar.data; did you mean 'plain'?"],
    ),
    (
        lambda c: renamed(c["planar"]["experiments"], "logistic-plain-sum", "figure2"),
        ["ridge.experiments and planar.experiments: the name 'figure2' is used 2 times; expected each name once"],
    ),
    (
        lambda c: population(c).update(s_neg=300000),
        ["highdim.data.classes-75-25.s_neg: 300000 is not allowed; expected at most n_neg = 250000"],
    ),
    (lambda c: population(c).update(d=2), ["d: 2 is not allowed; expected a number of at least 4"]),
    (lambda c: population(c).update(d=0), ["d: 0 is not allowed; expected a number of at least 4"]),
    (lambda c: population(c).update(gamma=10.0), ["gamma: 10.0 is not allowed; expected a number below 10"]),
    (lambda c: population(c).update(n_test=999), ["n_test: 999 is not allowed; expected a multiple of 2"]),
    (
        lambda c: population(c).update(planting="full"),
        ["highdim.data.classes-75-25.planting: unknown key; expected one of alpha, d"],
    ),
    (
        lambda c: streamed(c).update(max_chaotik=5),
        ["highdim.experiments.highdim-plain-sum.max_chaotik: unknown key; did you mean 'max_chaotic'?"],
    ),
    (lambda c: streamed(c).update(n_snapshots=4), ["n_snapshots: 4 is not allowed; expected a number of at least 6"]),
    (
        lambda c: streamed(c).update(attack_n_steps=4),
        ["attack_n_steps: 4 is not allowed; expected 0 or at least 5, to cross the ball"],
    ),
    (
        lambda c: streamed(c).update(data="balanced-1e7"),
        ["'balanced-1e7' is not allowed; expected a name from highdim.data; did you mean 'balanced-1e6'?"],
    ),
    (
        lambda c: renamed(c["highdim"]["experiments"], "highdim-plain-sum", "logistic-plain-sum"),
        ["planar.experiments and highdim.experiments: the name 'logistic-plain-sum' is used 2 times"],
    ),
    (lambda c: long_run(c).update(horizon=1e12 + 0.5), ["horizon: 1000000000000.5 is not allowed; expected a whole"]),
    (
        lambda c: trained(c).update(horizon=10**10),
        ["planar.experiments.logistic-plain-sum.horizon: 10000000000 is not allowed; expected at most 1000000000 with"],
    ),
    (
        lambda c: long_run(c).update(data="e40"),
        ["'e40' is not allowed; expected a name from planar.data; did you mean 'e400'?"],
    ),
    (
        lambda c: with_pair(c, [300, 400]),
        ["planar.data: the name 'full-300-400' is used 2 times; expected each name once"],
    ),
    (lambda c: noisy(c).update(study="noise"), ["study: 'noise' is not allowed; expected one of label-noise, weight-"]),
    (
        lambda c: noisy(c).update(weight_decay=1e-6),
        ["noise-support.weight_decay: unknown key in the study label-noise; expected data, flips, overlap"],
    ),
    (
        lambda c: decayed(c).pop("decay_bias"),
        ["beyond.experiments.decay-support.decay_bias: missing; the study weight-decay needs it"],
    ),
    (
        lambda c: decayed(c).update(sweeps={"flips": [1]}),
        ["beyond.experiments.decay-support.sweeps.flips: unknown key in the study weight-decay"],
    ),
    (lambda c: decayed(c).update(eta=1e-10), ["decay-support.eta: 1e-10 is not allowed; expected a number from 1.0e-"]),
    (
        lambda c: decayed(c).update(horizon=10**18),
        ["decay-support.horizon: 1000000000000000000 is not allowed; expected a number from 10 to 100000000000000000"],
    ),
    (
        lambda c: c["beyond"]["experiments"]["rule-adamw-decay"].update(decoupled_decay=100.0),
        ["rule-adamw-decay.decoupled_decay: 100.0 is not allowed; expected below 1 / eta = 100"],
    ),
    (
        lambda c: c["beyond"]["data"]["beyond-wide"].update(alpha=102.0),
        ["beyond.data.beyond-wide.alpha: 102.0 is not allowed; expected at most 101, where concentrated points are"],
    ),
    (
        lambda c: c["beyond"]["data"]["disc-classes"].update(gamma=3.0, alpha=1.0),
        ["kernel-classes.data: 'disc-classes' is not allowed; expected a data set with gamma below 2.929, a margin"],
    ),
    (
        lambda c: c["beyond"]["data"]["disc-classes"].update(n_pos=10**4),
        ["kernel-classes.data: 'disc-classes' is not allowed; expected a data set with at most 7071 points, so that"],
    ),
    (
        lambda c: c["beyond"]["experiments"]["real-digits"].update(d=30),
        ["beyond.experiments.real-digits.d: 30 is not allowed; expected 64, the features of digits"],
    ),
    (lambda c: noisy(c).update(overlap=15.0), ["overlap: 15.0 is not allowed; expected a number of at most 14"]),
    (
        lambda c: bias_network(c).update(attack_eps=1e-300),
        ["attack_eps: 1e-300 is not allowed; expected a number from 1.0e-06 to 10"],
    ),
    (lambda c: decayed(c).update(support=[[1, 2]]), ["support: [1, 2] is not allowed; expected pairs of data set bey"]),
    (lambda c: decayed(c).update(weight_decay=100.0), ["weight_decay: 100.0 is not allowed; expected below 1 / eta"]),
    (
        lambda c: noisy(c).update(sweeps={"flips": [1301]}),
        ["noise-support.sweeps.flips: 1301 is not allowed; expected at most 1300, the points of beyond-support that"],
    ),
    (
        lambda c: c["beyond"]["experiments"]["rule-batches-support"].update(sweeps={"batch_size": [30]}),
        ["batches-support.sweeps.batch_size: 30 is not allowed; expected 0 or a divisor of the number of points, 2000"],
    ),
    (
        lambda c: c["beyond"]["experiments"]["rule-adam-support"].update(decoupled_decay=0.1, horizon=10**12),
        [
            "rule-adam-support.decoupled_decay: 0.1 is not allowed; expected 0 unless the optimiser is adamw or sgdw",
            "rule-adam-support.horizon: 1000000000000 is not allowed; expected at most 1000000000, as every",
        ],
    ),
    (
        lambda c: c["beyond"]["experiments"]["loss-hinge"].update(horizon=10**12),
        ["loss-hinge.horizon: 1000000000000 is not allowed; expected at most 1000000000, as every step on the loss"],
    ),
    (lambda c: bias_network(c).update(m=63), ["network-64-support.m: 63 is not allowed; expected an even number"]),
    (
        lambda c: bias_network(c).update(n_attacked=3000),
        ["n_attacked: 3000 is not allowed; expected at most n_test of beyond-support, 2000"],
    ),
    (
        lambda c: c["beyond"]["experiments"]["real-digits"].update(kept_negative=1.5),
        ["beyond.experiments.real-digits.kept_negative: 1.5 is not allowed; expected a number of at most 1"],
    ),
    (lambda c: noisy(c).update(data="beyond-plane"), ["expected a name from beyond.data; did you mean 'beyond-plain'"]),
    (
        lambda c: c["beyond"]["data"]["beyond-plain"].update(planting="equispaced"),
        ["beyond.data.beyond-plain.planting: 'equispaced' is not allowed; expected one of none, full"],
    ),
]


@pytest.mark.parametrize(("change", "expected"), BAD)
def test_each_error_is_one_line_with_key_value_and_expectation(change, expected):
    errors = changed(change)
    assert len(errors) == len(expected)
    for fragment in expected:
        assert any(fragment in line for line in errors), errors
    assert all("\n" not in line for line in errors)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("horizon", float("inf"), "inf is not allowed; expected a whole number that is finite"),
        ("n", 50, "50 is not allowed; expected at most n_points = 40 of data set gaussian-300 (m = 300)"),
    ],
)
def test_errors_of_an_overlay_are_those_of_the_merged_configuration(key, value, expected):
    overlay = copy.deepcopy(QUICK)
    of_ridge(overlay)[key] = value
    assert config_errors(overlaid(overlay), SCHEMA) == [f"ridge.defaults.experiments.{key}: {expected}"]


def test_all_errors_are_reported_at_once():
    def three_errors(config):
        experiment(config).update(eta=0)
        experiment(config, "figure3").update(nu2="big")
        experiment(config, "figure5").pop("deviations")

    assert len(changed(three_errors)) == 3


def test_a_key_that_is_given_twice_is_named_with_its_line(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("seed: 1\nridge:\n  experiments:\n    a: {eta: 1.0, eta: 0.5}\n    b: {}\n    b: {}\nseed: 2\n")
    assert repeated_keys(file) == [
        f"{file}, line {line}: {key} is given twice" for line, key in ((4, "eta"), (6, "b"), (7, "seed"))
    ]


def test_the_folders_of_the_project_are_known():
    tracked = run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert {line.split("/")[0] for line in tracked if "/" in line} | {".git", ".venv"} == set(SOURCES)


@pytest.mark.parametrize(
    ("written", "plain"),
    [("results/", "results"), ("./a//b/../c/.", "a/c"), ("../r/", "../r"), ("//tmp//r/", "/tmp/r")],
)
def test_a_folder_of_results_is_a_plain_path(written, plain):
    config = settled({**CONFIG, "results": written}, CONFIG)
    assert config["results"] == plain
    assert config_errors(config, SCHEMA) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seed: 0123", "seed: 0123 is read as 83; write 83 or 123"),
        ("a: {b: [1, 0x10]}", "a.b[1]: 0x10 is read as 16; write 16 or '0x10'"),
        ("a: 1_000", "a: 1_000 is read as 1000; write 1000 or '1_000'"),
        ("a: 1:30", "a: 1:30 is read as 90; write 90 or '1:30'"),
        ("a: 1:30.5", "a: 1:30.5 is read as 90.5; write 90.5 or '1:30.5'"),
        ("a: -0b11", "a: -0b11 is read as -3; write -3 or '-0b11'"),
        ("a: yes", "a: yes is read as true; write true or 'yes'"),
        ("on: 1", "on: on is read as true; write true or 'on'"),
        ("a: 2026-01-31", "a: 2026-01-31 is read as a date; write '2026-01-31'"),
        (
            "{a: +5, b: -0, c: .5, d: 1.e-5, e: 1e-4, f: .inf, g: .NaN, h: True, i: '010', j: ~, k: 08}",
            "",
        ),
    ],
)
def test_what_yaml_reads_as_something_else_is_named_with_its_line(tmp_path, text, expected):
    file = tmp_path / "config.yaml"
    file.write_text(f"# A comment\n{text}\n")
    assert misread_values(file) == ([f"{file}, line 2: {expected}"] if expected else [])


@pytest.mark.parametrize("place", ["overlay", "config.yaml", "command line"])
def test_a_slash_too_many_in_the_folder_of_results_is_no_reason_for_warnings(tmp_path, place):
    project = checkout(tmp_path)
    given = ["--config", "results=./results/quick//"] if place == "command line" else []
    if place == "overlay":
        project.edit(QUICK_FILE, "results: results/quick\n", "results: results/quick/\n")
    if place == "config.yaml":
        project.edit(QUICK_FILE, "results: results/quick\n", "")
        project.edit("config.yaml", "results: results ", "results: results//quick/ ")
    printed = project.forked("--dry-run", *given, "--", "results/quick/ridge/experiments/figure2/times.parquet")
    assert "Train ridge regression for figure2" in printed
    assert "strongly discouraged" not in printed
    assert "double" not in printed


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("results: results/quick", "results: [results/quick", "Config file is not valid JSON or YAML"),
        ("results: results/quick", "results: a\nresults: b", f"{QUICK_FILE}, line 5: results is given twice"),
        ("results: results/quick", "seed: 0123", f"{QUICK_FILE}, line 4: seed: 0123 is read as 83; write 83 or 123"),
    ],
)
def test_what_snakemake_says_of_a_bad_file(tmp_path, old, new, expected):
    project = checkout(tmp_path)
    project.edit(QUICK_FILE, old, new)
    output = project.forked("--cores", "1", check=False)
    assert any(line.startswith(expected) for line in output.splitlines()), output
    assert not (tmp_path / "results").exists()


def test_a_missing_configuration_is_named(tmp_path):
    project = checkout(tmp_path, profiles=())
    (tmp_path / "config.yaml").unlink()
    assert "configfile config.yaml but it is not present" in project.forked("--cores", "1", check=False)


def test_snakemake_stops_before_any_job(finished, project):
    project.edit(QUICK_FILE, "n: 20\n", "n: 20\n      eta: -1.0\n")
    output = project.forked("--cores", "1", check=False)
    line = "ridge.defaults.experiments.eta: -1.0 is not allowed; expected a number above 0"
    assert line in output.splitlines()
    assert "Execute" not in output
    assert project.tables() == finished.tables()


def test_an_overlay_of_ones_own_and_single_values_come_after_the_profiles(tmp_path):
    project = checkout(tmp_path)
    experiments = {"figure2": {"sweeps": None}, "figure5": {"surrogate_points": 0}, "figure7": None}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({"ridge": {"experiments": experiments}}))
    given = ["--configfile", QUICK_FILE, "mine.yaml", "--config", "results=mine"]
    jobs = project.planned(*given, "--", "mine/tables/curves.parquet")
    trained = {job.split()[-1] for job in jobs if job.startswith("Train ridge")}
    assert "figure2" in trained
    assert "figure7" not in trained
    assert [run["run"] for run in json.loads((tmp_path / "mine/experiments/figure2.json").read_text())] == ["figure2"]
    assert not any(job.startswith("Measure") for job in jobs)

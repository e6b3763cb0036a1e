"""The workflow started outside of its checkout, and as a module of another one."""

import subprocess

import pyarrow.parquet as pq
import pytest
from checkout import QUICK, Project, checkout

OVERLAY = f"{QUICK}/quick.yaml"
TIMES = "results/quick/ridge/experiments/figure2/times.parquet"
MODULE = f"""
configfile: "../checkout/config.yaml"
configfile: "../checkout/{OVERLAY}"

module grokking:
    snakefile: "../checkout/workflow/Snakefile"
    config: config

use rule * from grokking as grokking_*

rule count:
    default_target: True
    input: "{TIMES}"
    output: "count.txt"
    shell: "echo {{input}} > {{output}}"
"""


@pytest.fixture
def elsewhere(tmp_path) -> Project:
    """A folder beside a checkout."""
    checkout(tmp_path / "checkout")
    (tmp_path / "elsewhere").mkdir()
    return Project(tmp_path / "elsewhere", profiles=())


def test_started_elsewhere_it_plans_the_same_jobs(elsewhere):
    home = Project(elsewhere.folder.parent / "checkout")
    planned = elsewhere.planned(
        "--snakefile", "../checkout/workflow/Snakefile", "--configfile", f"../checkout/{OVERLAY}"
    )
    assert planned == home.planned()
    assert len(planned) > 100


def test_another_folder_can_be_the_one_that_is_written_to(elsewhere):
    home = Project(elsewhere.folder.parent / "checkout")
    before = {path for path in home.folder.rglob("*") if "__pycache__" not in path.parts}
    home.snakemake("--cores", "1", "--directory", "../elsewhere", "results/quick/ridge/data/gaussian-100.npz")
    assert (elsewhere.folder / "results/quick/ridge/data/gaussian-100.npz").exists()
    assert {path for path in home.folder.rglob("*") if "__pycache__" not in path.parts} == before


def test_another_workflow_uses_its_rules_as_a_module(elsewhere):
    (elsewhere.folder / "Snakefile").write_text(MODULE)
    elsewhere.snakemake("--cores", "1")
    assert (elsewhere.folder / "count.txt").read_text() == f"{TIMES}\n"
    assert len(pq.read_table(elsewhere.folder / TIMES)) > 0
    every = elsewhere.planned("grokking_everything")
    assert len(every) > 100
    assert "Train ridge regression for figure2" not in every


def test_a_module_that_is_no_checkout_is_refused_in_one_sentence(elsewhere):
    home = elsewhere.folder.parent / "checkout"
    named = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for arguments in (["init", "-q"], ["add", "Snakefile"], [*named, "commit", "-qm", "one"], ["tag", "v1"]):
        subprocess.run(["git", *arguments], cwd=home, check=True)
    text = f'module grokking:\n    snakefile: "git+file://{home}/Snakefile@v1"\nuse rule * from grokking\n'
    (elsewhere.folder / "Snakefile").write_text(text)
    assert "clone this workflow and give the path of the clone" in elsewhere.forked("--dry-run", check=False)

"""What a change makes Snakemake do again, on the quick configuration."""

import os
import shutil

import pytest
from checkout import Project

QUICK = "workflow/profiles/quick/quick.yaml"
TABLES = {"runs", "curves", "times", "bounds", "theory", "fits", "readings", "claims", "checks", "provenance"}
ARTICLE = "Typeset the article"
EXPLORER = "Write the page to explore"
COMPARED_BY_CONTENT = 1_000_000  # bytes: Snakemake compares larger files by their time stamps


def summaries(paper: str) -> set[str]:
    """Return the jobs that read a paper's tables and join them with the others."""
    fits = f"Fit times of {paper} against the swept parameters"
    return {f"Collect the tables of {paper}", fits, f"Judge the claims of {paper}", "Join the tables of all papers"}


@pytest.fixture
def project(linked) -> Project:
    """What most tests here change, to look at what would run."""
    return linked


def trained(jobs: set[str]) -> set[str]:
    return {job.split()[-1] for job in jobs if job.startswith(("Train", "Draw", "Measure", "Execute"))}


def test_touching_every_file_reruns_nothing(copied):
    for path in copied.folder.rglob("*.*"):
        if path.is_file() and ".snakemake" not in path.parts and path.stat().st_size < COMPARED_BY_CONTENT:
            os.utime(path)
    os.utime(copied.folder / "Snakefile")
    assert copied.planned() == set()


def test_one_value_of_one_run_reruns_its_experiment_and_what_aggregates_it(project):
    project.edit(QUICK, "weight_decay: [1.0e-5, 1.0e-4, 1.0e-3]", "weight_decay: [2.0e-5, 1.0e-4, 1.0e-3]")
    jobs = project.planned()
    assert trained(jobs) == {"figure2"}
    assert jobs >= summaries("ridge") | {"Plot ridge_figure2", "Plot ridge_forgetting"}
    assert jobs.isdisjoint({*summaries("logistic")} - {*summaries("ridge")} | {"Plot ridge_figure3"})


def test_one_value_of_a_network_of_a_law_and_of_a_population_rerun_their_runs_and_no_other(project):
    """One value in each of three sections."""
    project.edit(QUICK, "m: [50, 100]", "m: [40, 100]")
    law = "fourier-300: {features: fourier, m: 300, d: 5"
    project.edit(QUICK, law, law.replace("d: 5", "d: 6"))
    project.edit(QUICK, "n_pos: 225, n_neg: 75", "n_pos: 240, n_neg: 60")
    jobs = project.planned()
    of_law = {"fourier-300", "figure7", "figure7-tuning"}
    of_population = {"highdim-classes-sum", "highdim-classes-mean-classes-75-25"}
    assert trained(jobs) == {"figure4-m-40"} | of_law | of_population
    assert jobs >= summaries("ridge") | {"Plot ridge_figure4"}
    assert "Plot ridge_figure2" not in jobs


def test_a_base_value_of_the_networks_reruns_their_check(project):
    project.edit(QUICK, "weight_decay: 0.5\n", "weight_decay: 0.5\n      nu2: 2.0\n")
    checked = {job for job in project.planned() if job.startswith("Execute")}
    assert checked == {"Execute every step of one seed of run figure4"}


def test_a_violated_check_stops_the_run_and_says_both_times(copied):
    copied.edit("scripts/grokking/networks/run.py", "T1_TOLERANCE = 1 ", "T1_TOLERANCE = -1 ")
    checked = "results/quick/networks/runs/figure4/check.parquet"
    assert "At least one job did not complete successfully" in copied.snakemake("--cores", "2", checked, check=False)
    log = (copied.folder / "results/quick/logs/check_network/figure4.log").read_text()
    assert "figure4: every step executed gives t1" in log
    assert not (copied.folder / checked).exists()


def test_other_texts_compute_nothing(project):
    project.edit(QUICK, "deviations: small sizes", "deviations: tiny sizes")
    project.edit(QUICK, "delta-product-sum: {", "delta-product-sum: {figure: delta fixed product, ")
    jobs = project.planned()
    assert trained(jobs) == set()
    assert not [job for job in jobs if job.startswith(("Evaluate", "Attack"))]
    assert jobs >= {"Collect the tables of ridge", "Collect the tables of logistic"}


def test_an_added_run_trains_its_experiment_alone(project):
    project.edit(QUICK, "n: [20, 40]", "n: [20, 30, 40]")
    assert trained(project.planned()) == {"figure2"}


def test_a_removed_run_trains_no_other_experiment(project):
    project.edit(QUICK, "n: [20, 40]", "n: [20]")
    jobs = project.planned()
    assert trained(jobs) == {"figure2"}
    assert {"Collect the tables of ridge", "Plot ridge_figure2"} <= jobs


def test_editing_a_module_reruns_what_imports_it(project):
    project.edit("scripts/grokking/ridge/features.py", "LEADING = 512", "LEADING = 256")
    jobs = project.planned()
    assert {job for job in jobs if job.startswith("Draw")} == {
        f"Draw the ridge data set {path.stem}" for path in project.folder.glob("results/quick/ridge/data/*.npz")
    }
    assert any(job.startswith("Train") for job in jobs)


def test_editing_how_a_time_is_read_draws_and_trains_nothing(project):
    project.edit("scripts/grokking/times.py", "CENSOR_FRACTION = 0.97", "CENSOR_FRACTION = 0.96")
    jobs = project.planned()
    assert trained(jobs) == set()
    assert any(job.startswith("Evaluate") for job in jobs)


def test_editing_how_a_path_decays_draws_nothing(project):
    project.edit("scripts/grokking/decay.py", "BRANCHES = ", "BRANCHES = 1 + ")
    jobs = project.planned()
    assert not {job for job in jobs if job.startswith("Draw")}
    assert any(job.startswith("Train ridge") for job in jobs)


def test_editing_one_figure_redraws_that_figure(project):
    project.edit("scripts/figures/ridge_figure7.py", "teacher of amplitude", "teacher amplitude")
    assert project.planned() == {"Plot ridge_figure7", ARTICLE}


def test_editing_the_style_redraws_every_figure_and_nothing_else(project):
    project.edit("scripts/figures/style.py", "SINGLE, DOUBLE = 3.3, 6.9", "SINGLE, DOUBLE = 3.5, 7.2")
    assert project.planned() == {
        ARTICLE,
        *(f"Plot {path.stem}" for path in project.folder.glob("results/quick/figures/*.pdf")),
    }


def test_other_levels_of_the_times_train_and_attack_nothing(project):
    for reduction in ("mean", "sum"):
        project.edit(QUICK, f"logistic-plain-{reduction}: {{", f"logistic-plain-{reduction}: {{eps: [0.0, 0.02], ")
    project.edit(QUICK, "eps: [0.0, 0.01, 0.1], deviations: null}", "eps: [0.0, 0.02], deviations: null}")
    jobs = project.planned()
    assert trained(jobs) == set()
    assert {job for job in jobs if job.startswith(("Attack", "Evaluate"))} == {
        "Evaluate the snapshots of logistic-plain-mean",
        "Evaluate the snapshots of logistic-plain-sum",
        "Evaluate the snapshots of delta-total-sum",
    }
    assert jobs >= summaries("logistic") | {"Plot logistic_delta_fit"}


def test_another_attack_only_attacks_again(project):
    for reduction in ("mean", "sum"):
        project.edit(QUICK, f"logistic-plain-{reduction}: {{", f"logistic-plain-{reduction}: {{attack_eps: 0.5, ")
    jobs = project.planned()
    assert trained(jobs) == set()
    assert {job for job in jobs if job.startswith(("Attack", "Evaluate"))} == {
        "Attack the snapshots of logistic-plain-mean",
        "Attack the snapshots of logistic-plain-sum",
    }


def test_another_number_of_steps_trains_that_run_again(project):
    project.edit(QUICK, "logistic-plain-sum: {horizon: 10000", "logistic-plain-sum: {horizon: 20000")
    project.edit(QUICK, "logistic-plain-mean: {", "logistic-plain-mean: {horizon: 20000, ")
    summed = {"logistic-plain-sum", "logistic-plain-sum-bias-0"}
    assert trained(project.planned()) == {"logistic-plain-mean", *summed}


def test_another_pair_of_a_design_draws_that_design_and_trains_what_is_run_on_it(project):
    project.edit(QUICK, "support: [[18, 8], [24, 6], [36, 4]]", "support: [[18, 8], [24, 6], [36, 5]]")
    jobs = project.planned()
    assert {job for job in jobs if job.startswith("Draw")} == {
        "Draw the data of the design product-12 in two dimensions"
    }
    runs = {f"delta-product-sum-{pair}" for pair in ("18-8", "24-6", "36-5")}
    assert trained(jobs) - {"dimensions"} == {"delta-product-mean", *runs}


def test_other_snapshots_in_high_dimension_are_evaluated_and_attacked_without_training(project):
    project.edit(QUICK, "highdim-plain-mean: {", "highdim-plain-mean: {n_snapshots: 25, ")
    jobs = project.planned()
    assert trained(jobs) == set()
    assert {job for job in jobs if job.startswith(("Attack", "Evaluate", "Predict"))} == {
        f"Evaluate and attack the snapshots of seed {seed} of balanced-300" for seed in range(2)
    }


DELTA = {f"delta-total-sum-{pair}" for pair in ("35-35", "40-30", "50-20", "60-10")}


def test_a_later_horizon_of_delta_trains_those_runs_again(project):
    project.edit(QUICK, "delta-total-sum: {", "delta-total-sum: {horizon: 200000000000, ")
    jobs = project.planned()
    assert trained(jobs) == DELTA
    assert {job for job in jobs if job.startswith("Evaluate")} == {"Evaluate the snapshots of delta-total-sum"}


def test_editing_a_claim_judges_again_and_trains_nothing(project):
    project.edit("workflow/claims/ridge.yaml", "limits: {within: 0.02, of: -1", "limits: {within: 0.01, of: -1")
    pages = {"Write every claim with its verdict", "Write the first page of the report"}
    pages |= {"Write the page of the ridge paper", "Join the tables of all papers", ARTICLE, EXPLORER}
    assert project.planned() == {"Judge the claims of ridge", "Write the captions of the ridge paper"} | pages


def test_a_mistyped_claim_stops_before_any_job(project):
    project.edit("workflow/claims/ridge.yaml", "experiment: figure7,", "experiment: figur7,")
    told = project.forked("--dry-run", check=False)
    assert "claim ridge-7-groks: measure.experiment: 'figur7' is not allowed" in told
    assert "did you mean 'figure7'?" in told
    assert "Job 0" not in told


def test_editing_a_caption_writes_its_paper_s_captions_and_page_again(project):
    project.edit("workflow/report/ridge_figure1.rst", "Lines are medians", "Lines show medians")
    captions = "Write the captions of the ridge paper"
    assert project.planned() == {captions, "Write the page of the ridge paper", ARTICLE}


def test_editing_a_story_writes_what_it_is_told_on_again(project):
    project.edit("workflow/report/stories/ridge.rst", "the test loss", "the loss")
    assert project.planned() == {"Write the page of the ridge paper", "Write the first page of the report", ARTICLE}


def test_a_story_that_names_no_claim_stops_before_any_job(project):
    project.edit("workflow/report/stories/ridge.rst", "${ours: ridge-2-t2-weight-decay}", "${ours: ridge-2-t2-decay}")
    told = project.forked("--dry-run", check=False)
    assert "workflow/report/stories/ridge.rst: ${ours: ridge-2-t2-decay} is not allowed; expected a claim" in told
    assert "Job 0" not in told


def test_the_tables_of_all_papers_are_joined(finished):
    joined = {path.removeprefix("tables/") for path in finished.tables() if path.startswith("tables/")}
    assert joined == {f"{table}.parquet" for table in TABLES - {"provenance"}}


def test_without_snakemakes_records_nothing_reruns(project):
    shutil.rmtree(project.folder / ".snakemake")
    assert project.planned() == set()


def test_a_second_run_does_nothing_whatever_comments_say(project):
    project.edit(QUICK, "made small: for tests", "made smaller: for tests")
    assert project.planned() == set()


def test_another_root_seed_draws_everything_anew(project):
    project.edit(QUICK, "results: results/quick\n", "results: results/quick\nseed: 1\n")
    drawn = {job for job in project.planned() if job.startswith("Draw")}
    assert len(drawn) == len(list(project.folder.glob("results/quick/*/data/*.json")))

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from judged import RUNS
from judging.claims import criterion, read_claims
from judging.query import Results
from judging.registry import MEASURES, Experiment, Measurement, mean, median
from judging.verdicts import experiment_arguments, judge, paper_quantile, verdict
from report.claims_page import claims_page

GROKS = {
    "id": "groks",
    "paper": "ridge",
    "place": "figure 7",
    "statement": "The test loss falls late.",
    "number": "the share of seeds with t2 >= 100 t1",
    "limits": {"at_least": 1, "up_to": 1, "partly": 0.5},
    "note": "100 is a factor",
    "measure": {"name": "share_grokking_anywhere", "experiment": "figure7", "factor": 100},
    "evidence": "ridge_figure7",
}
ELSEWHERE = GROKS | {"measure": GROKS["measure"] | {"experiment": "figure1-left"}}
CLAIMS = {claim["id"]: claim for claim in read_claims(sorted(Path("workflow/claims").glob("*.yaml")))}


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (Measurement(1.0), "reproduced"),
        (Measurement(1.0, 0.95, 1.05), "reproduced"),
        (Measurement(1.0, 0.5, 1.5), "partly reproduced"),  # right number, interval too wide to be sure
        (Measurement(1.3), "partly reproduced"),
        (Measurement(1.3, 1.29, 1.31), "partly reproduced"),
        (Measurement(2.0, 0.0, 4.0), "not reproduced"),
        (Measurement(np.nan), "not testable"),
    ],
)
def test_verdicts(measured, expected):
    assert verdict(measured, accept=(0.9, 1.1), partly=(0.5, 1.5)) == expected


def test_without_a_partly_range_a_miss_is_a_miss():
    assert verdict(Measurement(1.3), accept=(0.9, 1.1), partly=None) == "not reproduced"


@pytest.mark.parametrize(
    ("paper_value", "expected"), [(0, 0.0), (1, 0.125), (2, 0.5), (2.5, 0.75), (np.inf, 0.875), (np.nan, np.nan)]
)
@pytest.mark.parametrize("middle", [mean, median])
def test_the_papers_value_is_a_quantile_of_our_seeds(middle, paper_value, expected):
    values = np.array([1, 2, 2, np.inf if middle is median else 1e9])
    expected = 1.0 if middle is mean and paper_value == np.inf else expected
    assert paper_quantile(middle(values), paper_value) == pytest.approx(expected, nan_ok=True)


def test_without_a_sample_or_a_number_there_is_no_quantile():
    for measured in (Measurement(1.0), mean(np.array([])), mean(np.array([1.0, np.nan]))):
        assert np.isnan(paper_quantile(measured, 1.0))


def test_a_claim_says_its_reading_where_its_number_comes_from_and_its_quantile():
    claim = CLAIMS["logistic-1-t-tr-concentrated-sum"] | {"reduction": "sum", "source": "plot", "paper_value": 30}
    runs = {"run": "r", "experiment": claim["measure"]["experiment"], "axis": None, "scale": "paper"}
    times = [{"run": "r", "seed": s, "quantity": "T_tr", "eps": 0.0, "step": 10 * s} for s in range(5)]
    frame = pd.DataFrame([runs | {"deviations": "none"}])
    judged = judge([claim], Results({"runs": frame, "times": pd.DataFrame(times)})).iloc[0]
    assert tuple(judged[["reduction", "source", "paper_quantile"]]) == ("sum", "plot", 0.7)
    judged = judge([GROKS], tables([1000])).iloc[0]
    assert (judged["reduction"], judged["source"]) == (None, "text")
    assert np.isnan(judged["paper_quantile"])


def tables(t2):
    run = {"run": "r", "experiment": "figure7", "axis": None, "scale": "paper", "deviations": "none"}
    rows = [{"run": "r", "seed": s, "quantity": "t1", "step": 10} for s in range(len(t2))]
    rows += [{"run": "r", "seed": s, "quantity": "t2", "step": step} for s, step in enumerate(t2)]
    return Results({"runs": pd.DataFrame([run]), "times": pd.DataFrame(rows).astype({"step": "Int64"})})


def groks(t2):
    return judge([GROKS], tables(t2)).iloc[0]


def test_a_time_that_does_not_exist_counts_against_grokking():
    assert groks([1000, 5000])["verdict"] == "reproduced"
    assert groks([1000, None])["verdict"] == "partly reproduced"
    assert groks([None, None])["verdict"] == "not reproduced"
    assert groks([999, 20])["measured"] == 0


def test_an_interval_is_cut_where_the_number_cannot_be(monkeypatch):
    for given, verdict_, interval in (
        (Measurement(0.99, 0.95, 1.03), "reproduced", (0.95, 1.0)),
        (Measurement(0.99, 0.85, 1.03), "partly reproduced", (0.85, 1.0)),
        (Measurement(1.2, 1.1, 1.3), "not reproduced", (1.1, 1.3)),
    ):
        claim = GROKS | {"limits": {"at_least": 0.9, "up_to": 1}, "measure": {"name": "given", "equation": "e"}}
        monkeypatch.setitem(MEASURES, "given", lambda results, equation, given=given: given)
        empty = pd.DataFrame({"run": [], "equation": [], "scale": [], "deviations": []})
        judged = judge([claim], Results({"runs": empty, "bounds": empty})).iloc[0]
        assert (judged["verdict"], (judged["ci_low"], judged["ci_high"])) == (verdict_, interval)


def test_the_page_shows_number_interval_and_verdict():
    claim = groks([1000, None]).to_dict() | {"ci_low": 0.25, "ci_high": 0.75}
    page = claims_page(pd.DataFrame([claim]), pd.DataFrame([claim | {"statement": "Ours."}]), RUNS)
    assert "- **partly reproduced**; 0.5 (0.25 to 0.75)\n" in page
    assert "- runs: paper scale\n" in page
    assert claim["criterion"] in page
    assert page.startswith("# Claims")
    assert "| 1 | 0 | 1 | 0 | 0 |" in page
    assert page.index(claim["statement"]) < page.index("Checks of this reproduction") < page.index("Ours.")


def test_an_experiment_that_the_configuration_lacks_is_not_testable_and_says_so():
    judged = judge([ELSEWHERE], tables([1000])).iloc[0]
    assert tuple(judged[["verdict", "reason", "deviations"]]) == (
        "not testable",
        "experiment 'figure1-left' is not in the configuration",
        "none",
    )
    assert judged["scale"] is None
    page = claims_page(pd.DataFrame([judged]), pd.DataFrame([judged]), RUNS)
    assert "**not testable**, because experiment 'figure1-left' is not in the configuration\n" in page
    assert "- runs: no runs\n" in page


def test_a_sweep_that_the_configuration_lacks_is_not_a_flat_one():
    results = tables([1000])
    claim = {"name": "range_over_sweep", "experiment": "figure7", "quantity": "t2", "axis": "m"}
    judged = judge([GROKS | {"measure": claim}], results).iloc[0]
    assert tuple(judged[["verdict", "reason", "scale"]]) == (
        "not testable",
        "experiment 'figure7' has no sweep of m",
        "paper",
    )


def test_a_claim_that_cannot_be_computed_takes_no_other_along(monkeypatch):
    def broken(results, experiment: Experiment):
        raise IndexError("single positional indexer is out-of-bounds")

    monkeypatch.setitem(MEASURES, "broken", broken)
    claims = [GROKS | {"measure": {"name": "broken", "experiment": "figure7"}}]
    judged = judge([*claims, GROKS], tables([1000]))
    assert list(judged["verdict"]) == ["not testable", "reproduced"]
    assert judged["reason"][0] == "its measure fails: IndexError: single positional indexer is out-of-bounds"


def test_a_claim_has_the_deviations_of_every_experiment_that_it_rests_on():
    runs = [("a", "delta-total-sum", "paper", "a gap"), ("b", "delta-total-no-bias-sum", "reduced", "a control")]
    columns = ["run", "experiment", "scale", "deviations"]
    frame = pd.DataFrame(runs, columns=columns).assign(axis=None, s_pos=3, s_neg=1, horizon=10**6)
    rows = [(run, 0, "T_te_concentrated_last", 0.01, step) for run, step in (("a", 4000), ("b", 10))]
    times = pd.DataFrame(rows, columns=["run", "seed", "quantity", "eps", "step"])
    judged = judge([CLAIMS["delta-control-delay-sum"]], Results({"runs": frame, "times": times})).iloc[0]
    assert (judged["measured"], judged["scale"], judged["deviations"]) == (400, "reduced", "a gap; a control")


def test_experiments_are_known_by_their_annotation():
    assert experiment_arguments("summary_ratio") == ["experiment", "other"]
    assert experiment_arguments("violations") == ["experiment"]


def test_a_claim_without_an_experiment_has_the_scale_and_deviations_of_the_runs_it_was_checked_on():
    claim = CLAIMS["ridge-networks-every-step"]
    runs = [("checked", "paper", "none"), ("again", "paper", "a gap"), ("other", "reduced", "small")]
    counts = [(run, *count) for run in ("checked", "again") for count in (("checks", 2.0), ("violations", 0.0))]
    bounds = pd.DataFrame(counts, columns=["run", "quantity", "value"])
    bounds = bounds.assign(seed=0, equation=claim["measure"]["equation"])
    results = Results({"runs": pd.DataFrame(runs, columns=["run", "scale", "deviations"]), "bounds": bounds})
    judged = judge([claim], results)
    assert tuple(judged.loc[0, ["verdict", "scale", "deviations"]]) == ("reproduced", "paper", "a gap")


def test_a_claim_is_shown_with_the_criterion_that_its_verdict_follows():
    sentence = "the share of seeds with t2 >= 100 t1 is 1 (partly at least 0.5); 100 is a factor"
    assert criterion(GROKS) == sentence == groks([1000])["criterion"]

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from judging.registry import MEASURES, Measurement
from judging.verdicts import criterion, judge, verdict
from report.claims_page import claims_page

CLAIMS = yaml.safe_load(Path("workflow/claims.yaml").read_text())


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
    assert verdict(measured, accept=[0.9, 1.1], partly=[0.5, 1.5]) == expected


def test_without_a_partly_range_a_miss_is_a_miss():
    assert verdict(Measurement(1.3), accept=[0.9, 1.1], partly=None) == "not reproduced"


def test_every_claim_is_well_formed():
    assert len({claim["id"] for claim in CLAIMS}) == len(CLAIMS)
    for claim in CLAIMS:
        assert claim["measure"]["name"] in MEASURES, claim["id"]
        assert claim["accept"][0] <= claim["accept"][1], claim["id"]
        assert Path(f"scripts/figures/{claim['evidence']}.py").exists(), claim["id"]
        assert all(claim[key] for key in ("paper", "place", "statement", "criterion")), claim["id"]


def tables(t2):
    base = {"figure": "7", "scale": "paper", "deviations": "none", "weight_decay": 1e-3, "n": 10, "m": 50, "nu2": 1.0}
    runs = pd.DataFrame([{"run": "r"} | base | {"teacher_scale": 1.0, "noise_std": 0.0}])
    rows = [{"run": "r", "seed": s, "quantity": "t1", "step": 10} for s in range(len(t2))]
    rows += [{"run": "r", "seed": s, "quantity": "t2", "step": step} for s, step in enumerate(t2)]
    return {"runs": runs, "times": pd.DataFrame(rows).astype({"step": "Int64"})}


def groks(t2):
    claim = next(claim for claim in CLAIMS if claim["id"] == "ridge-7-groks")
    return judge([claim], tables(t2)).iloc[0]


def test_a_time_that_does_not_exist_counts_against_grokking():
    assert groks([1000, 5000])["verdict"] == "reproduced"
    assert groks([1000, None])["verdict"] == "partly reproduced"
    assert groks([None, None])["verdict"] == "not reproduced"
    assert groks([999, 20])["measured"] == 0


def test_a_measure_that_does_not_exist_is_named():
    claim = CLAIMS[0] | {"measure": {"name": "guess"}}
    with pytest.raises(ValueError, match="guess"):
        judge([claim], {})


def test_the_page_shows_number_interval_and_verdict():
    claim = groks([1000, None])
    claim["ci_low"], claim["ci_high"] = 0.25, 0.75
    page = claims_page(pd.DataFrame([claim]))
    assert "0.5 (0.25 to 0.75)" in page
    assert "Partly reproduced" in page
    assert claim["criterion"] in page


def test_a_claim_without_a_figure_has_the_scale_and_deviations_of_the_runs_it_was_checked_on():
    claim = next(claim for claim in CLAIMS if claim["id"] == "ridge-networks-every-step")
    runs = [("checked", "paper", "none"), ("again", "paper", "a gap"), ("other", "reduced", "small")]
    counts = [(run, *count) for run in ("checked", "again") for count in (("checks", 2.0), ("violations", 0.0))]
    bounds = pd.DataFrame(counts, columns=["run", "quantity", "value"])
    bounds = bounds.assign(seed=0, equation=claim["measure"]["equation"])
    judged = judge([claim], {"runs": pd.DataFrame(runs, columns=["run", "scale", "deviations"]), "bounds": bounds})
    assert tuple(judged.loc[0, ["verdict", "scale", "deviations"]]) == ("reproduced", "paper", "a gap")


def test_a_criterion_is_shown_with_the_limits_that_its_verdict_follows():
    shown = [criterion(CLAIMS[0] | limits) for limits in ({"accept": [1, 1], "partly": [0.5, 1]}, {"accept": [0, 2]})]
    assert shown[0].endswith("[reproduced: 1; partly: 0.5 to 1]")
    assert "[reproduced: 0 to 2" in shown[1]

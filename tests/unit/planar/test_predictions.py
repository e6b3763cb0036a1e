"""What is predicted of a run is what its training does, and nothing is said where the theory says nothing."""

import numpy as np
import pytest
from grokking.logistic import theory
from grokking.planar.data import training_set
from grokking.planar.predictions import EvaluationRun, Predictions
from grokking.results.jobs import read_as
from grokking.smooth.descent import descend
from grokking.smooth.theory import geometric_time
from grokking.steps import flow_steps

LAW = {"n_pos": 1000, "n_neg": 1000, "planting": "full", "gap": 0.0, "margin_points": 0, "mirrored": False}
RUN = LAW | {"run": "r", "dataset": "d", "reduction": "mean", "eta": 1e-2, "bias": True, "b_0": 0.0, "n_seeds": 1}
RUN |= {"gamma": 1e-3, "alpha": 10.0, "s_pos": 400, "s_neg": 300, "horizon": 10**7, "eps": [0.0, 0.1]}
RUN |= {"attack_n_steps": 20}
PLAIN = {"planting": "none", "s_pos": 0, "s_neg": 0}
GAP = {"planting": "weighted", "margin_points": 100, "gap": 1.0, "s_pos": 616.558, "s_neg": 83.442}


def run_of(**changes):
    return read_as(EvaluationRun, RUN | changes)


def predicted(**changes):
    found = Predictions.of(run_of(**changes))
    times = {(name, eps): time.step for name, eps, time in found.times}
    return times, {name: value for name, value, _ in found.facts}, found.curves


def curves_of(tables, quantity):
    rows = [table.to_pandas() for table in tables]
    (one,) = [table for table in rows if set(table["quantity"]) == {quantity}]
    return one.set_index("step")["value"]


@pytest.fixture(scope="module")
def steep():
    """Nine sets of S(400, 300), trained to 1e10: the medians over them scatter by a third of what one does."""
    sets = [
        training_set(0, seed, gamma=1e-3, n_pos=1000, n_neg=1000, planting="full", s_pos=400, s_neg=300)
        for seed in range(9)
    ]
    return [descend(one.x, one.y.astype(float), step=1e-2 / 2000, steps=flow_steps(10**10)) for one in sets]


def test_the_flow_is_what_training_does(steep):
    times, facts, tables = predicted()
    norm, bias, distance = (curves_of(tables, name) for name in ("norm", "bias", "bias_distance"))
    assert norm.index[-1] == 10**7
    for step in (10**3, 10**5, 10**7):
        at = np.searchsorted(steep[0].steps, step)
        assert norm[step] == pytest.approx(np.median([np.hypot(*run.w[at]) for run in steep]), rel=0.05)
        assert bias[step] == pytest.approx(np.median([run.b[at] for run in steep]), rel=0.15)
        assert distance[step] == pytest.approx(bias[step] / norm[step])
    r = [np.abs(run.b) / np.linalg.norm(run.w, axis=1) for run in steep]
    assert times["t_peak_flow", None] == pytest.approx(np.median(steep[0].steps[np.argmax(r, axis=1)]), rel=0.15)
    assert facts["peak_distance_flow"] == pytest.approx(np.median(np.max(r, axis=1)), rel=0.15)
    for eps in (0.0, 0.1):
        law = {"kappa": theory.kappa(eps, 10), "gamma": 1e-3}
        measured = np.median([geometric_time(run.steps, run.w, run.b, **law) for run in steep])
        assert times["T_te_flow", eps] == pytest.approx(measured, rel=0.08)


def test_the_theorem_has_the_step_of_its_loss():
    mean, summed = predicted()[0], predicted(reduction="sum")[0]
    for name in ("T_te_model", "T_te_theorem"):
        assert mean[name, 0.1] == pytest.approx(2000 * summed[name, 0.1], rel=1e-4)
    assert predicted()[1]["gamma_B_half_predicted"] == pytest.approx(21.0, abs=0.02)


def test_weights_and_a_gap_are_part_of_the_law():
    law = run_of(**GAP).law
    assert law.others.tolist() == [900, 900]
    assert (law.s_pos, law.s_neg, law.low) == (616.558, 83.442, 1.0)
    assert run_of().law.others.tolist() == [600, 700]
    assert run_of().law.low == 5e-4


def test_of_plain_data_its_noise_is_predicted():
    times, facts, tables = predicted(**PLAIN)
    assert curves_of(tables, "bias_rms")[10**7] == pytest.approx(0.2367, rel=1e-3)
    assert curves_of(tables, "accuracy_concentrated")[10**7] == pytest.approx(0.7388, abs=1e-3)
    assert curves_of(tables, "bias_rms").index[0] > 10
    assert "T_te_theorem" not in {name for name, _ in times}
    assert times["T_te_flow", 0.0] is None
    assert times["t_attack_float32_flow", None] == pytest.approx(2.4e5, rel=0.02)
    assert "peak_distance_flow" not in facts


@pytest.mark.parametrize("change", [{"mirrored": True}, {"n_neg": 500}, {"b_0": 1.0}, {"bias": False}])
def test_of_other_data_no_noise_is_predicted(change):
    quantities = {name for table in predicted(**PLAIN | change)[2] for name in table["quantity"].to_pylist()}
    assert quantities == {"norm", "bias", "bias_distance"}


def test_without_a_bias_there_is_no_time_but_that_of_attacks():
    times, _, tables = predicted(bias=False)
    assert {name for name, _ in times} == {f"t_attack_{dtype}_flow" for dtype in ("float32", "float64", "bfloat16")}
    assert not curves_of(tables, "bias").any()


def test_a_peak_is_predicted_of_imbalances_alone():
    assert ("t_peak_flow", None) in predicted(n_neg=500, **PLAIN)[0]
    for changes in ({"s_neg": 400}, {"b_0": 1.0}, {"reduction": "sum"}):
        assert ("t_peak_flow", None) not in predicted(**changes)[0]


def test_nothing_is_predicted_of_a_run_that_is_neither_planted_nor_smooth():
    found = Predictions.of(run_of(reduction="sum", **PLAIN))
    assert (found.times, found.facts, found.curves) == ([], [], [])

import numpy as np
import pytest
from grokking.logistic import reduced
from grokking.logistic import theory as bias_theory
from grokking.logistic.geometry import W_TRUE
from grokking.planar.data import Dataset, concentrated_test_set, training_set
from grokking.planar.delta_evaluation import PER_DECADE, Replicate, accuracies, bounds, curves, flow_equation, times
from grokking.results.snapshots import log_spaced

ETA, GAMMA = 1e-2, 1e-3
RUN = {"run": "r", "s_pos": 9, "s_neg": 3}
SWEEP = {"eta": ETA, "gamma": GAMMA, "alpha": 10.0, "bias": True, "horizon": 10**12, "eps": [0.0, 0.1]}
STEPS = np.unique(np.rint(np.geomspace(1, 10**12, 3000)).astype(np.int64))


def replicate(b, s_neg=3):
    """A run with the limiting form w = w_hat log(eta t), whose A_S are the counts, and a bias of our choice."""
    train = training_set(0, 0, gamma=GAMMA, n_pos=100, n_neg=100, planting="equispaced", s_pos=9, s_neg=s_neg)
    train = Dataset(train.x, train.y.astype(float), train.planted)
    test = concentrated_test_set(0, 0, gamma=GAMMA, alpha=10, n=400)
    w = np.log(ETA * STEPS)[:, None] * 2 / GAMMA * W_TRUE
    return Replicate(
        train, Dataset(test.x, test.y.astype(float), test.planted), STEPS, w, b, log_spaced(STEPS, PER_DECADE)
    )


def numbers(found, sweep=SWEEP, run=RUN):
    return {(row["quantity"], row["equation"]): row["value"] for row in bounds(sweep, run, 0, found).to_pylist()}


def test_kept_steps_are_evenly_spaced_in_the_logarithm_and_hold_both_ends():
    kept = log_spaced(STEPS, PER_DECADE)
    assert (kept[0], kept[-1]) == (0, len(STEPS) - 1)
    late = np.log10(STEPS[kept][STEPS[kept] > 1000])
    assert np.diff(late) == pytest.approx(np.full(len(late) - 1, 1 / 16), abs=0.02)


def test_delta_and_sums_of_the_limiting_solution_are_its_counts():
    found = numbers(replicate(np.ones(len(STEPS))))
    equation = "log of the limit of t A over support vectors, t = eta steps, last step"
    assert found["log_A_S_pos", equation] == pytest.approx(np.log(9))
    assert found["log_A_S_neg", equation] == pytest.approx(np.log(3))
    assert found["log_delta_measured", "log delta = 0.5 log(A-/A+), last step"] == pytest.approx(np.log(3 / 9) / 2)
    assert found["log_delta_counts", "log delta = 0.5 log(S-/S+)"] == pytest.approx(np.log(3 / 9) / 2)


def test_eq_11_has_no_error_on_its_own_solution_and_shows_another():
    exact = bias_theory.bias_flow(STEPS, 1.0, 0.1, np.log(9), np.log(3))
    found, off = numbers(replicate(exact)), numbers(replicate(2 * exact))
    for start in (10**3, 10**6):
        assert found["bias_flow_error", flow_equation(start)] == pytest.approx(0, abs=1e-6)
        assert off["bias_flow_error", flow_equation(start)] > 0.3


def test_hypotheses_hold_on_the_limiting_solution_from_a_step_on():
    found = numbers(replicate(np.full(len(STEPS), np.log(9 / 3) / 2)))
    assert found["hypothesis", "Assumption 3.1"] == 1
    for equation in ("A_S = A, eq. (10)", "exponential tail, eq. (10)", "w = w_hat log t + rho"):
        assert found["hypothesis", equation] == 1
        assert found["violation_at_end", equation] <= 0.01
    # sigmoid(-m) differs from exp(-m) by 1 % where exp(m) = eta t e^(-|b|) = 99.
    assert found["holds_from", "exponential tail, eq. (10)"] == pytest.approx(99 / ETA * np.sqrt(3), rel=0.2)


def test_without_an_imbalance_or_a_bias_eq_11_and_its_limit_are_not_audited():
    found = replicate(np.zeros(len(STEPS)), s_neg=9)
    balanced = RUN | {"s_neg": 9}
    assert not any(name == "bias_flow_error" for name, _ in numbers(found, run=balanced))
    assert not any(name == "bias_flow_error" for name, _ in numbers(replicate(found.b), SWEEP | {"bias": False}))
    quantities = {row["quantity"] for row in times(SWEEP, balanced, 0, found, accuracies(found)).to_pylist()}
    assert "t_bias_limit" not in quantities
    quantities = {
        row["quantity"] for row in times(SWEEP | {"bias": False}, RUN, 0, found, accuracies(found)).to_pylist()
    }
    assert not quantities & {"t_bias_limit", "T_te_model", "T_te_theorem"}


def test_times_are_crossings_limits_and_predictions():
    found = replicate(np.log(3) / 2 * (1 + 1e6 / STEPS))
    accuracy = accuracies(found)
    rows = {(row["quantity"], row["eps"]): row for row in times(SWEEP, RUN, 0, found, accuracy).to_pylist()}
    assert len(rows) == 4 * 2 + 1 + 2 * 2
    correct = accuracy["concentrated"]
    below = np.flatnonzero(correct < 0.9 * correct.max() - 1e-12)
    assert rows["T_te_concentrated_last", 0.1]["step"] == STEPS[below[-1] + 1]
    assert rows["t_bias_limit", 0.01]["step"] == pytest.approx(1e8, rel=0.02)
    kappa = bias_theory.kappa(0.1, 10)
    model = reduced.generalisation_time(9, 3, eta=ETA, gamma=GAMMA, kappa=kappa)
    assert rows["T_te_model", 0.1]["step"] == pytest.approx(float(model), rel=1e-6)
    theorem = 2 / (ETA * GAMMA**2 * np.sqrt(27)) * np.exp(np.log(3) / 2 / kappa)
    assert rows["T_te_theorem", 0.1]["step"] == pytest.approx(theorem, rel=1e-6)
    assert not any(row["censored"] for row in rows.values())


def test_what_is_reached_only_at_the_end_is_censored_with_the_true_horizon():
    found = replicate(np.log(3) / 2 * np.where(np.arange(len(STEPS)) < len(STEPS) - 1, 1e9, 1))
    rows = [
        row
        for row in times(SWEEP, RUN, 0, found, accuracies(found)).to_pylist()
        if row["quantity"] == "T_te_concentrated"
    ]
    assert all(row["censored"] and row["step"] is None and row["horizon"] == 10**12 for row in rows)


def test_curves_hold_their_quantities_at_the_kept_steps():
    found = replicate(np.linspace(0.1, 1, len(STEPS)))
    accuracy = accuracies(found)
    table = curves(RUN, 0, found, accuracy).to_pandas()
    one = table.query("quantity == 'accuracy' and split == 'concentrated'")
    assert np.array_equal(one["step"], STEPS[found.kept])
    assert np.array_equal(one["value"], accuracy["concentrated"][found.kept])
    assert table.query("quantity == 'log_delta'")["value"].iloc[-1] == pytest.approx(-np.log(3) / 2)

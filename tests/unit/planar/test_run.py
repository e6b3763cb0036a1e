import numpy as np
import pyarrow as pa
import pytest
from grokking.logistic import reduced, theory
from grokking.logistic.geometry import W_TRUE
from grokking.logistic.phases import existing, phases
from grokking.logistic.trajectory import read_trajectories, trajectory_table
from grokking.planar.data import Dataset, Design, concentrated_test_set, draw_design, read_points, training_set
from grokking.planar.descent import RATIO
from grokking.planar.flows import FlowExperiment, train_flows
from grokking.planar.predictions import EvaluationRun, Predictions
from grokking.planar.run import (
    Evaluation,
    Replicate,
    evaluate,
    flow_equation,
    predicted_times,
    series,
    summary,
    tables,
    theorem_facts,
    times_table,
)
from grokking.planar.trainer import train
from grokking.results.files import read_parquet, write_parquet
from grokking.results.jobs import read_as
from grokking.results.snapshots import log_bins, shown
from grokking.steps import snapshot_steps

ETA, GAMMA = 1e-2, 1e-3
LAW = {"n_pos": 60, "n_neg": 60, "planting": "equispaced", "gap": 0.0, "margin_points": 0, "mirrored": False}
LAW |= {"gamma": GAMMA, "alpha": 10.0}
RUN = LAW | {"run": "r", "dataset": "d", "reduction": "sum", "eta": ETA, "bias": True, "b_0": 0.0, "attack_n_steps": 0}
RUN |= {"s_pos": 30, "s_neg": 10, "horizon": 3000, "n_seeds": 2, "eps": [0.0, 0.05]}
RUN = read_as(EvaluationRun, RUN)
DESIGN = LAW | {"name": "d", "datasets": ["d"], "support": [[30, 10]], "u_limit": 1.0, "n_test": 40}
DESIGN |= {"perturbation": 0.0, "n_seeds": 2}
LONG = read_as(EvaluationRun, vars(RUN) | {"s_pos": 9, "s_neg": 3, "horizon": 10**12, "eps": [0.0, 0.1]})
STEPS = np.unique(np.rint(np.geomspace(1, 10**12, 3000)).astype(np.int64))
STEPS = np.unique(np.concatenate([STEPS, STEPS + 1]))[:-1]
HYPOTHESES = ("A_S = A, eq. (10)", "exponential tail, eq. (10)", "w = w_hat log t + rho")


def changed(base, **values):
    return read_as(EvaluationRun, vars(base) | values)


def drawn(folder, **changes):
    draw_design(read_as(Design, DESIGN | changes), 1, folder / "data")
    return folder / "data"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Folder with data and trajectory of a run of two seeds on the summed loss."""
    folder = tmp_path_factory.mktemp("summed")
    points = read_points([drawn(folder)])
    found = train(
        [(points["d", seed]["train"].x, points["d", seed]["train"].y) for seed in range(2)], eta=ETA, horizon=3000
    )
    write_parquet(trajectory_table("r", found.steps, found.w, found.b), folder / "trajectory")
    return folder


def replicates(folder, run="r"):
    points, trajectories = read_points([folder / "data"]), read_trajectories([folder / "trajectory"])
    return [Replicate(points["d", seed], *trajectories[run, seed]) for seed in range(2)]


@pytest.fixture(scope="module")
def found(trained):
    return replicates(trained)[1]


FLOW = {"run": "flow", "reduction": "mean", "horizon": 100_000, "attack_n_steps": 20}


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """Folder with data and trajectory of two runs of two seeds on the mean loss, support vectors weighted."""
    folder = tmp_path_factory.mktemp("mean")
    drawn(folder, planting="weighted", margin_points=6, gap=1.0)
    own = {"dataset": "d", "eta": 1.0, "b_0": 0.0, "horizon": 100_000, "n_seeds": 2}
    runs = [own | {"run": "flow", "bias": True}, own | {"run": "still", "bias": False}]
    experiment = read_as(FlowExperiment, {"name": "e", "runs": runs})
    train_flows(experiment, 1, [folder / "data"], folder / "trajectory", folder / "certificate")
    return folder


MEAN = changed(RUN, **FLOW, eta=1.0, planting="weighted", margin_points=6, gap=1.0)


def test_the_stage_writes_the_tables_of_every_run_and_seed(followed):
    runs = [MEAN, changed(MEAN, run="still", bias=False)]
    names = ("curves", "times", "bounds", "theory")
    experiment = Evaluation("e", tuple(runs))
    evaluate(experiment, 1, [followed / "data"], [followed / "trajectory"], *(followed / name for name in names))
    predictions = [Predictions.of(run) for run in runs]
    for index, name in enumerate(names[:3]):
        parts = [
            tables(run, seed, replicates(followed, run.run)[seed], predicted)[index]
            for run, predicted in zip(runs, predictions, strict=True)
            for seed in range(2)
        ]
        assert read_parquet(followed / name).to_pylist() == pa.concat_tables(parts).to_pylist()
    theories = pa.concat_tables([*predictions[0].curves, *predictions[1].curves])
    assert read_parquet(followed / "theory").to_pylist() == theories.to_pylist()


def test_of_the_summed_loss_nothing_is_predicted_but_by_the_reduced_model_and_the_theorem(trained):
    names = ("curves", "times", "bounds", "theory")
    evaluate(
        Evaluation("r", (RUN,)), 1, [trained / "data"], [trained / "trajectory"], *(trained / name for name in names)
    )
    assert read_parquet(trained / "theory").num_rows == 0
    times = read_parquet(trained / "times").to_pandas()
    assert set(times.loc[times["horizon"].isna(), "quantity"]) == {"T_te_model", "T_te_theorem"}


def test_series_are_what_their_names_say(found):
    every, train, test = series(RUN, found), found.splits["train"], found.splits["concentrated"]
    index = np.searchsorted(found.steps, 500)
    w, b = found.w[index], found.b[index]
    margins = train.y * (train.x @ w + b)
    assert every["accuracy", "train"][index] == np.mean(margins > 0)
    assert every["accuracy", "concentrated"][index] == np.mean(test.y * (test.x @ w + b) > 0)
    np.testing.assert_allclose(every["bias_distance", "train"][index], abs(b) / np.hypot(*w))
    a_pos = np.exp(-(train.x @ w)[train.y > 0]).sum()
    np.testing.assert_allclose(every["log_A_pos", "train"][index], np.log(a_pos))
    assert all(len(values) == len(found.steps) for values in every.values())


def curves_at(table, step):
    rows = table.to_pandas()
    return rows[rows["step"] == step].set_index(["quantity", "split"])["value"]


def test_curves_of_a_mean_loss_are_weighted_and_those_of_changed_classifiers_are_theirs(followed):
    found = replicates(followed, "flow")[1]
    seen = curves_at(tables(MEAN, 1, found, Predictions.of(MEAN))[0], 10_000)
    index = np.searchsorted(found.steps, 10_000)
    train, test, w, b = found.splits["train"], found.splits["concentrated"], found.w[index], found.b[index]
    margins = train.y * (train.x @ w + b)
    assert seen["loss", "train"] == pytest.approx(train.weight @ np.log1p(np.exp(-margins)) / 120)
    a_neg = train.weight[train.y < 0] @ np.exp((train.x @ w)[train.y < 0])
    assert seen["log_A_neg", "train"] == pytest.approx(np.log(a_neg))
    z = train.y[:, None] * np.column_stack([train.x, np.ones(120)])
    hessian = (z.T * (train.weight / (2 + 2 * np.cosh(margins)))) @ z
    assert seen["sharpness", "train"] == pytest.approx(np.linalg.eigvalsh(hessian)[-1] / 120)
    assert seen["norm", "train"] == pytest.approx(np.hypot(*w))
    assert seen["accuracy_without_bias", "concentrated"] == np.mean(test.y * (test.x @ w) > 0)
    straight = np.hypot(*w) * (test.x @ W_TRUE) + b
    assert seen["accuracy_without_tilt", "concentrated"] == np.mean(test.y * straight > 0)


def test_curves_of_a_flow_are_evenly_spaced_and_hold_all_powers_of_ten(followed):
    found = replicates(followed, "flow")[0]
    steps = np.unique(tables(MEAN, 0, found, Predictions.of(MEAN))[0]["step"].to_numpy())
    assert set(10 ** np.arange(6)) <= set(steps)
    late = np.log10(steps[steps >= 100])
    assert np.allclose(np.diff(late), 1 / 20, atol=0.003)


def test_curves_are_thinned_and_hold_what_only_figures_need(found):
    table, kept = tables(RUN, 1, found, Predictions.of(RUN))[0].to_pandas(), shown(found.steps, smooth=False)
    for (quantity, split), values in series(RUN, found).items():
        rows = table[(table["quantity"] == quantity) & (table["split"] == split)]
        np.testing.assert_array_equal(rows["step"], found.steps[kept])
        np.testing.assert_array_equal(rows["value"], values[kept])
    train, one = found.splits["train"], table[table["quantity"] == "loss"].iloc[-1]
    margins = train.y * (train.x @ found.w[-1] + found.b[-1])
    assert one["step"] == 3000
    assert one["value"] == pytest.approx(np.log1p(np.exp(-margins)).sum())
    assert {"angle", "log_delta", "norm"} <= set(table["quantity"])


def test_times_are_crossings_of_the_named_split_at_every_level(found):
    every = series(RUN, found)
    table = times_table(RUN, 0, found, every).to_pandas()
    one = table.query("quantity == 'T_te_concentrated' and eps == 0.05").iloc[0]
    accuracy = every["accuracy", "concentrated"]
    if not one["censored"]:
        assert one["step"] == found.steps[np.argmax(accuracy >= 0.95 * accuracy.max() - 1e-12)]
    crossed = table[table["quantity"].str.match("T_(tr|te_standard|te_concentrated)")]
    assert len(crossed) == 3 * 2 * len(RUN.eps)
    assert table["step"].isna().eq(table["censored"]).all()
    assert (crossed["resolution"] > 0).all()


@pytest.mark.parametrize("counts", [{"s_pos": 0, "s_neg": 0}, {"s_neg": 0}])
def test_nothing_of_the_theorem_is_said_without_support_vectors_planted_in_both_classes(found, counts):
    run = changed(RUN, **counts)
    curves, times, bounds = (table.to_pandas() for table in tables(run, 0, found, Predictions.of(run)))
    assert "log_delta" not in set(curves["quantity"])
    assert not set(times["quantity"]) & {"T_te_model", "T_te_theorem", "T_te_bound", "t_bias_limit"}
    assert not set(bounds["quantity"]) & {"hypothesis", "log_delta_counts", "bias_flow_error", "gamma_B_half"}
    assert {"t_phase_2", "T_te_concentrated_last"} <= set(times["quantity"])
    assert "bias_plateau" in set(bounds["quantity"])


def synthetic(b, target, norm=None, horizon=100_000):
    """Series of a made-up run: b(t), 0.5 log(A+/A-)(t), ||w||(t), everything else constant."""
    steps = snapshot_steps(horizon, RATIO)
    t = steps.astype(float)
    norm = np.ones_like(t) if norm is None else norm(t)
    half = np.ones_like(t)
    found = {
        ("bias", "train"): b(t),
        ("bias_distance", "train"): np.abs(b(t)) / norm,
        ("log_A_pos", "train"): 2 * target(t),
        ("log_A_neg", "train"): 0 * half,
        ("sharpness", "train"): np.where(t < 10_000, 3.0, 1.0),
    }
    return steps, found | {("accuracy", split): half for split in ("train", "standard", "concentrated")}


def near(step, other):
    """Whether two steps are at most one bin apart."""
    return abs(np.log10(step / other)) <= 0.11


def test_phases_begin_where_b_overtakes_its_target_and_where_the_distance_peaks():
    """B = log t overtakes 3 at e^3; |b|/||w|| = log t / t^0.2 peaks at e^5."""
    steps, found = synthetic(np.log, lambda t: np.full_like(t, 3.0), lambda t: t**0.2)
    begins = phases(steps, found)
    assert near(begins["t_phase_2"], np.exp(3))
    assert near(begins["t_phase_3"], np.exp(5))
    assert near(begins["t_peak_logged"], np.exp(5))


def test_the_peak_that_the_paper_can_see_is_sought_from_its_first_logged_step():
    """|b|/||w|| = 1/t^2 + log t / t^0.2 / 10 is greatest at the start, and again at about e^5."""
    steps, found = synthetic(lambda t: 1 / t**2 + 0.1 * np.log(t) / t**0.2, np.ones_like)
    begins = phases(steps, found)
    assert begins["t_phase_3"] == 1
    assert near(begins["t_peak_logged"], np.exp(5))


@pytest.mark.parametrize("sign", [-1, 1])
def test_phases_do_not_depend_on_the_side(sign):
    steps, found = synthetic(lambda t: sign * np.log(t), lambda t: np.full_like(t, 3.0 * sign), lambda t: t**0.2)
    assert near(phases(steps, found)["t_phase_2"], np.exp(3))


def test_a_bias_that_never_overtakes_leaves_no_phase_2():
    steps, found = synthetic(np.log, lambda t: np.full_like(t, 30.0), lambda t: t**0.2)
    begins = phases(steps, found)
    assert begins["t_phase_2"] == begins["t_phase_3"]
    assert near(begins["t_phase_2"], np.exp(5))


def test_summary_of_a_known_run():
    steps, found = synthetic(lambda t: np.full_like(t, 2.0), lambda t: np.full_like(t, 4.0), np.log1p)
    dip = np.where((steps > 300) & (steps < 3000), 0.6, 0.9)
    numbers = {name: value for name, (value, _) in summary(steps, found | {("accuracy", "concentrated"): dip}).items()}
    assert numbers["bias_plateau"] == pytest.approx(2.0)
    assert numbers["bias_over_target"] == pytest.approx(0.5)
    assert numbers["towards_target"] == 0.0  # b does not move
    assert numbers["distance_rate"] == pytest.approx(-1.0, abs=0.02)  # 1 / log t
    assert numbers["lowest_concentrated"] == pytest.approx(0.6)
    assert numbers["unlearning"] == pytest.approx(0.3)
    firsts, _ = log_bins(steps)
    seen = firsts[firsts >= 100]
    assert numbers["share_unstable"] == pytest.approx(np.mean(seen < 9_999))


def test_moving_towards_the_target_is_seen_from_both_sides():
    for b in (lambda t: 4 - 1 / t, lambda t: 4 + 1 / t):
        steps, found = synthetic(b, lambda t: np.full_like(t, 4.0))
        assert summary(steps, found)["towards_target"][0] == 1.0


def test_a_number_that_does_not_exist_is_left_out():
    steps, found = synthetic(np.zeros_like, np.ones_like)
    names = {name for name, _, _ in existing(summary(steps, found))}
    assert "distance_rate" not in names
    assert "peak_distance" in names


def replicate(b, s_neg=3):
    """A run with the limiting form w = w_hat log(eta t), whose A_S are the counts, and a bias of our choice."""
    train = training_set(0, 0, gamma=GAMMA, n_pos=100, n_neg=100, planting="equispaced", s_pos=9, s_neg=s_neg)
    test = concentrated_test_set(0, 0, gamma=GAMMA, alpha=10, n=400)
    train, test = (Dataset(one.x, one.y.astype(float), one.planted, one.weight) for one in (train, test))
    w = np.log(ETA * STEPS)[:, None] * 2 / GAMMA * W_TRUE
    return Replicate({"train": train, "standard": test, "concentrated": test}, STEPS, w, b)


def numbers(found, run=LONG):
    return {(name, equation): value for name, value, equation in theorem_facts(run, found)}


def times(found, run=LONG):
    measured = times_table(run, 0, found, series(run, found))
    rows = pa.concat_tables([measured, *predicted_times(run, 0, Predictions.of(run))]).to_pylist()
    return {(row["quantity"], row["eps"]): row for row in rows}


def test_delta_and_sums_of_the_limiting_solution_are_its_counts():
    found = numbers(replicate(np.ones(len(STEPS))))
    equation = "log of the limit of t A over support vectors, t = step size x steps"
    assert found["log_A_S_pos", equation] == pytest.approx(np.log(9))
    assert found["log_A_S_neg", equation] == pytest.approx(np.log(3))
    assert found["log_delta_measured", "log delta = 0.5 log(A-/A+), last step"] == pytest.approx(np.log(3 / 9) / 2)
    assert found["log_delta_counts", "log delta = 0.5 log(S-/S+)"] == pytest.approx(np.log(3 / 9) / 2)


def test_eq_11_has_no_error_on_its_own_solution_and_shows_another():
    exact = theory.bias_flow(STEPS, 1.0, 0.1, np.log(9), np.log(3))
    found, off = numbers(replicate(exact)), numbers(replicate(2 * exact))
    for start in (10**3, 10**6):
        assert found["bias_flow_error", flow_equation(start)] == pytest.approx(0, abs=1e-6)
        assert off["bias_flow_error", flow_equation(start)] > 0.3


def test_hypotheses_hold_on_the_limiting_solution_from_a_step_on():
    found = numbers(replicate(np.full(len(STEPS), np.log(9 / 3) / 2)))
    assert found["hypothesis", "Assumption 3.1"] == 1
    for equation in HYPOTHESES:
        assert found["hypothesis", equation] == 1
        assert found["violation_at_end", equation] <= 0.01
    # sigmoid(-m) differs from exp(-m) by 1 % where exp(m) = eta t e^(-|b|) = 99.
    assert found["holds_from", HYPOTHESES[1]] == pytest.approx(99 / ETA * np.sqrt(3), rel=0.2)


def test_a_violation_at_the_papers_horizon_is_given_where_a_run_reaches_it():
    long, end = replicate(np.ones(len(STEPS))), np.searchsorted(STEPS, 10**6)
    short = Replicate(long.splits, STEPS[:end], long.w[:end], long.b[:end])
    assert ("violation_at_1e7", HYPOTHESES[0]) in numbers(long)
    assert ("violation_at_1e7", HYPOTHESES[0]) not in numbers(short)
    assert ("violation_at_end", HYPOTHESES[0]) in numbers(short)


def test_without_an_imbalance_or_a_bias_eq_11_and_its_limit_are_not_audited():
    found = replicate(np.zeros(len(STEPS)), s_neg=9)
    balanced, fixed = changed(LONG, s_neg=9), changed(LONG, bias=False)
    assert not any(name == "bias_flow_error" for name, _ in numbers(found, balanced))
    assert not any(name == "bias_flow_error" for name, _ in numbers(replicate(found.b), fixed))
    assert "t_bias_limit" not in {name for name, _ in times(found, balanced)}
    assert not {name for name, _ in times(found, fixed)} & {
        "t_bias_limit",
        "t_peak",
        "T_te_model",
        "T_te_theorem",
        "T_te_geometric",
    }


def test_long_times_are_crossings_limits_and_predictions():
    found = replicate(np.log(3) / 2 * (1 + 1e6 / STEPS))
    rows, correct = times(found), series(LONG, found)["accuracy", "concentrated"]
    below = np.flatnonzero(correct < 0.9 * correct.max() - 1e-12)
    assert rows["T_te_concentrated_last", 0.1]["step"] == STEPS[below[-1] + 1]
    assert rows["t_bias_limit", 0.01]["step"] == pytest.approx(1e8, rel=0.02)
    kappa = theory.kappa(0.1, 10)
    model = reduced.generalisation_time(9, 3, eta=ETA, gamma=GAMMA, kappa=kappa)
    assert rows["T_te_model", 0.1]["step"] == pytest.approx(float(model), rel=1e-6)
    theorem = 2 / (ETA * GAMMA**2 * np.sqrt(27)) * np.exp(np.log(3) / 2 / kappa)
    assert rows["T_te_theorem", 0.1]["step"] == pytest.approx(theorem, rel=1e-6)
    assert not any(row["censored"] for row in rows.values())


def test_the_geometric_time_and_the_peak_are_read_between_and_at_snapshots():
    """|b|/||w|| = kappa gamma / 2 where b = kappa log(eta t): b = 30 at kappa = 1, eta t = e^30 beyond the horizon."""
    found = replicate(np.full(len(STEPS), 20.0))
    rows = times(found)
    assert rows["T_te_geometric", 0.0]["step"] == pytest.approx(np.exp(20) / ETA, rel=1e-3)
    kappa = theory.kappa(0.1, 10)
    assert rows["T_te_geometric", 0.1]["step"] == pytest.approx(np.exp(20 / kappa) / ETA, rel=1e-3)
    never = times(replicate(np.full(len(STEPS), 30.0)))["T_te_geometric", 0.0]
    assert never["censored"]
    assert never["step"] is None


@pytest.mark.parametrize(("early", "peak"), [(0.0, 10**6), (1e9, 10**6), (0.0, 20)])
def test_the_peak_is_the_greatest_distance_from_step_20_on(early, peak):
    unit = Replicate(replicate(STEPS).splits, STEPS, np.ones((len(STEPS), 2)), np.zeros(len(STEPS)))
    b = np.where(STEPS < 20, early, 1 / (1 + np.abs(STEPS / peak - 1)))
    row = times(Replicate(unit.splits, STEPS, unit.w, b))["t_peak", None]
    assert row["step"] == STEPS[np.argmin(np.abs(STEPS / peak - 1))]


def test_the_bound_of_theorem_4_6_has_the_runs_own_B():
    """W = w_hat log(eta t): rho = w_hat log eta, so gamma B / 2 = |log eta| where ||w_hat|| = 2 / gamma."""
    found = replicate(np.full(len(STEPS), 0.5))
    residual = numbers(found)["gamma_B_half", "B = sup over t >= 1 of ||w - w_hat log t||"]
    assert residual == pytest.approx(-np.log(ETA), rel=1e-6)
    bound = times(found)["T_te_bound", 0.1]["step"]
    assert bound == pytest.approx(np.exp(residual + np.log(3) / 2 / theory.kappa(0.1, 10)), rel=0.01)


def test_what_is_reached_only_at_the_end_is_censored_with_the_true_horizon():
    found = replicate(np.log(3) / 2 * np.where(np.arange(len(STEPS)) < len(STEPS) - 1, 1e9, 1))
    row = times(found)["T_te_concentrated", 0.0]
    assert row["censored"]
    assert row["step"] is None
    assert row["horizon"] == 10**12

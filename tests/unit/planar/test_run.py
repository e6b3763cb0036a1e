import numpy as np
import pyarrow as pa
import pytest
from grokking.logistic.attacks import Attack, pgd_accuracy
from grokking.logistic.phases import phases
from grokking.logistic.trajectory import read_trajectory, trajectory_table
from grokking.planar.attack import attack_series
from grokking.planar.data import as_table, draw, points
from grokking.planar.descent import RATIO
from grokking.planar.run import series, summary, summary_table, thinned_curves_table, times_table
from grokking.planar.training import train_run
from grokking.results.rows import curve_rows
from grokking.results.snapshots import log_bins
from grokking.steps import snapshot_steps

RUN = {"run": "r", "eta": 1e-2, "bias": True, "horizon": 3000, "n_seeds": 2, "eps": [0.0, 0.05]}
ATTACK = {"attack_eps": 1.0, "attack_step": 0.25, "attack_n_steps": 20}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    dataset = {"n_pos": 60, "n_neg": 60, "planting": "equispaced", "s_pos": 30, "s_neg": 10, "u_limit": 1.0}
    dataset |= {"gamma": 1e-3, "alpha": 10.0, "n_test": 40, "perturbation": 0.0}
    data = pa.concat_tables([as_table(seed, *item) for seed in range(2) for item in draw(dataset, 1, seed).items()])
    return data, trajectory_table(train_run(RUN, data, 1, tmp_path_factory.mktemp("c") / "state", 60.0))


def test_series_are_what_their_names_say(trained):
    data, trajectory = trained
    steps, found = series(RUN, data, trajectory, 1)
    _, w, b = read_trajectory(trajectory, 1)
    index = np.searchsorted(steps, 500)
    train, test = points(data, 1, "train"), points(data, 1, "concentrated")
    margins = train.y * (train.x @ w[index] + b[index])
    assert found["accuracy", "train"][index] == np.mean(margins > 0)
    assert found["accuracy", "concentrated"][index] == np.mean(test.y * (test.x @ w[index] + b[index]) > 0)
    np.testing.assert_allclose(found["loss", "train"][index], np.log1p(np.exp(-margins)).sum())
    np.testing.assert_allclose(found["bias_distance", "train"][index], abs(b[index]) / np.hypot(*w[index]))
    a_pos = np.exp(-(train.x @ w[index])[train.y > 0]).sum()
    np.testing.assert_allclose(found["log_A_pos", "train"][index], np.log(a_pos))
    assert all(len(values) == len(steps) for values in found.values())


def test_curves_hold_every_series_in_full_or_thinned(trained):
    steps, found = series(RUN, *trained, 0)
    full = curve_rows(RUN["run"], 0, steps, found).to_pandas()
    few = thinned_curves_table(RUN, 0, steps, found).to_pandas()
    assert len(full) == len(steps) * len(found)
    assert len(few) < len(full)
    joined = few.merge(full, on=["run", "seed", "step", "quantity", "split"], suffixes=("", "_full"))
    assert len(joined) == len(few)
    np.testing.assert_array_equal(joined["value"], joined["value_full"])


def test_times_are_crossings_of_the_named_split_at_every_level(trained):
    steps, found = series(RUN, *trained, 0)
    table = times_table(RUN, 0, steps, found).to_pandas()
    one = table.query("quantity == 'T_te_concentrated' and eps == 0.05").iloc[0]
    accuracy = found["accuracy", "concentrated"]
    if not one["censored"]:
        assert one["step"] == steps[np.argmax(accuracy >= 0.95 * accuracy.max() - 1e-12)]
    assert len(table.query("quantity.str.startswith('T_')")) == 3 * 2 * len(RUN["eps"])
    assert table["step"].isna().eq(table["censored"]).all()
    assert (table["resolution"] > 0).all()


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


def test_a_number_that_does_not_exist_has_no_row():
    steps, found = synthetic(np.zeros_like, np.ones_like)
    names = summary_table(RUN, 0, steps, found).to_pandas()["quantity"]
    assert "distance_rate" not in set(names)
    assert "peak_distance" in set(names)


def test_attacks_are_those_of_the_attacked_snapshots(trained):
    data, trajectory = trained
    steps, found = attack_series(RUN | ATTACK, data, trajectory, 0)
    every, w, b = read_trajectory(trajectory, 0)
    test = points(data, 0, "standard")
    box = {"low": test.x.min(), "high": test.x.max()}
    index = len(steps) // 2
    here = np.searchsorted(every, steps[index])
    for dtype, name in ((np.float32, "float32"), (np.float64, "float64")):
        accuracy, masked = pgd_accuracy(test.x, test.y, w[here], b[here], Attack(1.0, 0.25, 20, dtype), **box)
        assert found[f"adversarial_pgd_{name}", "standard"][index] == accuracy
        assert found[f"masked_{name}", "standard"][index] == masked
    assert np.all(found["adversarial_exact", "standard"] <= found["adversarial_pgd_float64", "standard"])

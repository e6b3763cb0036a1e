import numpy as np
import pytest
from grokking.logistic.attacks import Attack, pgd_accuracy
from grokking.logistic.trajectory import trajectory_table
from grokking.planar.attack import AttackExperiment, AttackRun, attack, attack_series, onset_times
from grokking.planar.data import Design, draw_design, read_points
from grokking.planar.trainer import train
from grokking.results.files import read_parquet, write_parquet
from grokking.results.jobs import read_as
from grokking.results.snapshots import shown

RUN = AttackRun(run="r", dataset="d", reduction="sum", horizon=3000, n_seeds=2, attack_eps=1.0)
DESIGN = {"name": "d", "datasets": ["d"], "support": [[0, 0]], "n_pos": 60, "n_neg": 60, "planting": "none"}
DESIGN |= {"u_limit": 1.0, "gamma": 1e-3, "gap": 0.0, "margin_points": 0, "mirrored": False, "alpha": 10.0}
DESIGN |= {"n_test": 400, "perturbation": 0.0, "n_seeds": 2}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Folder with data and trajectory of a run of two seeds, and what they hold."""
    folder = tmp_path_factory.mktemp("attacked")
    draw_design(read_as(Design, DESIGN), 1, folder / "data")
    points = read_points([folder / "data"])
    sets = [points["d", seed]["train"] for seed in range(2)]
    found = train([(one.x, one.y) for one in sets], eta=1e-2, horizon=3000)
    write_parquet(trajectory_table("r", found.steps, found.w, found.b), folder / "trajectory")
    return folder, points, found


def series(trained, seed, run=RUN):
    _, points, found = trained
    return attack_series(run, points["d", seed]["standard"], found.steps, found.w[:, seed], found.b[:, seed])


def test_attacks_are_those_of_the_attacked_snapshots(trained):
    steps, attacked = series(trained, 0)
    test, found = trained[1]["d", 0]["standard"], trained[2]
    box = {"low": test.x.min(), "high": test.x.max()}
    for index in (0, len(steps) // 2, len(steps) - 1):
        here = np.searchsorted(found.steps, steps[index])
        w, b = found.w[here, 0], found.b[here, 0]
        for dtype, name in ((np.float32, "float32"), (np.float64, "float64")):
            accuracy, masked = pgd_accuracy(test.x, test.y, w, b, Attack(1.0, 0.25, 20, dtype), **box)
            assert attacked[f"adversarial_pgd_{name}", "standard"][index] == accuracy
            assert attacked[f"masked_{name}", "standard"][index] == masked
        norm = np.hypot(*w)
        same, _ = pgd_accuracy(test.x, test.y, w / norm, b / norm, Attack(1.0, 0.25, 20, np.float32), **box)
        assert attacked["adversarial_pgd_float32_normalised", "standard"][index] == same
    assert np.all(attacked["adversarial_exact", "standard"] <= attacked["adversarial_pgd_float64", "standard"])
    assert np.all(attacked["masked_bfloat16", "standard"] >= attacked["masked_float32", "standard"])


def test_smooth_runs_are_attacked_where_their_curves_are(trained):
    found = trained[2]
    smooth = AttackRun(**vars(RUN) | {"reduction": "mean"})
    np.testing.assert_array_equal(series(trained, 0, smooth)[0], found.steps[shown(found.steps, smooth=True)])
    np.testing.assert_array_equal(series(trained, 0)[0], found.steps[shown(found.steps, smooth=False)])


def test_an_onset_is_the_first_step_at_which_more_than_rise_are_right_beyond_the_exact_attack():
    steps = np.array([1, 10, 100, 1000])
    found = {(f"adversarial_pgd_{dtype}", "standard"): np.full(4, 0.6) for dtype in ("float32", "float64", "bfloat16")}
    found["adversarial_exact", "standard"] = np.full(4, 0.6)
    found["adversarial_pgd_float32", "standard"] = np.array([0.6, 0.604, 0.606, 0.7])
    times = {name: time for name, _, time in onset_times(steps, found)}
    assert (times["t_attack_float32"].step, times["t_attack_float32"].resolution) == (100, 90)
    assert times["t_attack_float64"].censored
    assert times["t_attack_float64"].step is None


def test_the_stage_writes_curves_and_onsets_of_every_seed(trained):
    folder = trained[0]
    files = [folder / name for name in ("curves", "times")]
    attack(AttackExperiment("r", (RUN,)), 1, [folder / "data"], [folder / "trajectory"], *files)
    rows, times = (read_parquet(folder / name).to_pandas() for name in ("curves", "times"))
    for seed in range(2):
        steps, found = series(trained, seed)
        one = rows.query("seed == @seed and quantity == 'adversarial_exact'")
        np.testing.assert_array_equal(one["step"], steps)
        np.testing.assert_array_equal(one["value"], found["adversarial_exact", "standard"])
        assert (times["seed"] == seed).sum() == 3

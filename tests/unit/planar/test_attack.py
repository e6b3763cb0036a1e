import numpy as np
import pyarrow as pa
import pytest
from grokking.logistic.attacks import Attack, pgd_accuracy
from grokking.logistic.trajectory import read_trajectory, trajectory_table
from grokking.planar.attack import AttackRun, attack, attack_series
from grokking.planar.data import as_table, points, standard_test_set, training_set
from grokking.planar.descent import train
from grokking.results.files import read_parquet, write_parquet

RUN = AttackRun(run="r", n_seeds=2, attack_eps=1.0, attack_step=0.25, attack_n_steps=20)


@pytest.fixture(scope="module")
def trained():
    """Data and trajectory of a run of two seeds."""
    sets = [training_set(1, seed, gamma=1e-3, n_pos=60, n_neg=60) for seed in range(2)]
    data = [as_table(seed, "standard", standard_test_set(1, seed, gamma=1e-3, n=40)) for seed in range(2)]
    trajectory = train([(one.x, one.y) for one in sets], eta=1e-2, horizon=3000)
    return pa.concat_tables(data), trajectory_table(trajectory)


def test_attacks_are_those_of_the_attacked_snapshots(trained):
    data, trajectory = trained
    steps, found = attack_series(RUN, data, trajectory, 0)
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


def test_the_stage_writes_the_curves_of_every_seed(trained, tmp_path):
    for name, table in zip(("data", "trajectory"), trained, strict=True):
        write_parquet(table, tmp_path / name)
    attack(RUN, 1, tmp_path / "data", tmp_path / "trajectory", tmp_path / "curves")
    rows = read_parquet(tmp_path / "curves").to_pandas()
    for seed in range(2):
        steps, found = attack_series(RUN, *trained, seed)
        one = rows.query("seed == @seed and quantity == 'adversarial_exact'")
        np.testing.assert_array_equal(one["step"], steps)
        np.testing.assert_array_equal(one["value"], found["adversarial_exact", "standard"])

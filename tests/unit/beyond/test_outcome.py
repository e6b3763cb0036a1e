import numpy as np
import pyarrow.parquet as pq
import pytest
from beyond_runs import PLANAR
from grokking.beyond.outcome import Outcome, linear_series, summary
from grokking.beyond.sets import draw
from grokking.steps import flow_steps

STEPS = flow_steps(PLANAR.horizon)
SETS = draw(PLANAR, 0, 0)
W = np.column_stack([STEPS ** (1 / 3), STEPS ** (1 / 3) + 0.2])
B = 1 / np.log(STEPS + 1)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    files = [tmp_path_factory.mktemp("outcome") / name for name in ("curves", "times", "bounds")]
    outcome = Outcome()
    for seed in range(2):
        outcome.add(PLANAR, seed, STEPS, linear_series(SETS, W, B), [("own", 0.5, "x = 1/2")])
    outcome.write(*files)
    return [pq.read_table(file).to_pandas() for file in files]


def test_series_are_what_the_snapshots_say():
    series = linear_series(SETS, W, B)
    for split, points in SETS.items():
        share = [np.mean(points.y * (points.x @ w + b) > 0) for w, b in zip(W, B, strict=True)]
        assert series["accuracy", split].tolist() == pytest.approx(share, abs=1e-15)
    np.testing.assert_allclose(series["bias_distance", "train"], B / np.sqrt((W**2).sum(axis=1)))


def test_curves_have_about_twenty_steps_a_decade_and_the_last_one(tables):
    curves, *_ = tables
    one = curves[(curves["seed"] == 1) & (curves["quantity"] == "bias")]
    assert {1, 10, 100, 1000, 5000} < set(one["step"])
    assert 10 * 3.7 < len(one) <= 20 * 3.7 + 1
    np.testing.assert_allclose(one["value"], B[np.isin(STEPS, one["step"])])
    assert set(zip(curves["quantity"], curves["split"], strict=True)) == set(linear_series(SETS, W, B))


def test_times_are_first_and_last_crossings_at_every_level(tables):
    _, times, _ = tables
    names = ["T_tr", "T_te_standard", "T_te_concentrated"]
    assert set(times["quantity"]) == {name + suffix for name in names for suffix in ("", "_last")}
    assert len(times) == 2 * 6 * len(PLANAR.eps)
    found = times[(times["quantity"] == "T_te_concentrated") & (times["eps"] == 0.1) & (times["seed"] == 0)]
    accuracy = linear_series(SETS, W, B)["accuracy", "concentrated"]
    assert found["step"].item() == STEPS[np.argmax(accuracy >= 0.9 * accuracy.max())]


def test_numbers_have_their_definitions(tables):
    *_, bounds = tables
    value = bounds[bounds["seed"] == 0].set_index("quantity")["value"]
    assert value["final_bias"] == B[-1]
    assert value["final_norm"] == np.hypot(*W[-1])
    assert value["own"] == 0.5
    assert value["final_concentrated_accuracy"] >= value["lowest_concentrated"]
    assert bounds["equation"].str.len().min() > 0


def test_a_model_without_a_weight_vector_has_numbers_of_its_accuracies_alone():
    series = {key: of for key, of in linear_series(SETS, W, B).items() if key[0] == "accuracy"}
    names = [name for name, *_ in summary(STEPS, series)]
    assert names == [*(f"final_{split}_accuracy" for split in SETS), "lowest_concentrated"]

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from beyond_runs import PLANAR
from checks import assert_follows_gradient_descent
from grokking.beyond.network import (
    Cones,
    Network,
    Prediction,
    Run,
    attacked_accuracy,
    attacks,
    initial,
    series,
    train,
    trained,
)
from grokking.beyond.sets import draw
from grokking.logistic.attacks import Attack
from grokking.results.experiment import Experiment
from grokking.results.files import read_parquet
from grokking.results.jobs import StageError
from grokking.smooth.theory import slaved_bias

RUN = Run(**asdict(PLANAR), m=16, n_attacked=20, attack_eps=1.0, attack_step=0.25, attack_n_steps=20)
SETS = draw(RUN, 0, 0)
X, Y = SETS["train"].x, SETS["train"].y
THETA = initial(16, 0, 0) + 0.3 * np.random.default_rng(0).standard_normal(49)


def parts(theta):
    m = len(theta) // 3
    return theta[: 2 * m].reshape(2, m), theta[2 * m : 3 * m], theta[-1]


def plain(theta, x):
    W, a, b = parts(theta)
    return np.maximum(x @ W, 0) @ a / np.sqrt(len(a)) + b


def descent_direction(theta, active=None):
    """Minus the gradient of the mean loss, written out; `active` (n, m) freezes who is active where."""
    W, a, b = parts(theta)
    active = X @ W > 0 if active is None else active
    hidden = (X @ W) * active
    with np.errstate(over="ignore"):
        pull = Y / (1 + np.exp(Y * (hidden @ a / np.sqrt(len(a)) + b))) / len(Y)
    of_w = X.T @ (pull[:, None] * active * a) / np.sqrt(len(a))
    return np.concatenate([of_w.ravel(), pull @ hidden / np.sqrt(len(a)), [pull.sum()]])


def test_the_field_is_minus_the_gradient():
    network = Network(X, Y, 16)
    for theta in (THETA, initial(16, 0, 1), -5 * THETA):
        np.testing.assert_allclose(network.field(theta), descent_direction(theta), atol=1e-14)


def test_the_product_is_the_field_s_derivative_between_kinks():
    F, product, size = Network(X, Y, 16).linearised(THETA)
    active = X @ parts(THETA)[0] > 0
    np.testing.assert_allclose(F, descent_direction(THETA), atol=1e-14)
    for v in np.random.default_rng(1).standard_normal((3, 49)):
        derivative = (descent_direction(THETA + 1e-5 * v, active) - descent_direction(THETA - 1e-5 * v, active)) / 2e-5
        np.testing.assert_allclose(product(v), derivative, atol=1e-9)
        f = plain(THETA, X)
        changes = (plain(THETA + 1e-7 * v, X) - f) / 1e-7 / (1 + np.abs(f))
        assert size(v) == pytest.approx(np.sqrt(np.mean(changes**2)), rel=1e-3)


def test_the_product_is_symmetric():
    _, product, _ = Network(X, Y, 16).linearised(THETA)
    J = np.array([product(v) for v in np.eye(49)])
    np.testing.assert_allclose(J, J.T, atol=1e-14)


def test_the_flow_is_gradient_descent_with_every_step_executed_to_a_hundredth():
    steps = np.array([10, 100, 1000, 10_000])
    states, sharpness = trained(RUN, SETS["train"], initial(16, 0, 0), steps)
    found = dict(zip(steps.tolist(), states, strict=True))
    assert_follows_gradient_descent(
        found.get, lambda theta: theta + RUN.eta * descent_direction(theta), initial(16, 0, 0), steps, 0.01
    )
    assert 0 < sharpness.max() < 0.1


def test_training_starts_from_zero():
    assert np.abs(plain(initial(16, 3, 1), X)).max() < 1e-14


def test_cones_are_the_network_s_function():
    everywhere = np.random.default_rng(2).uniform(-5, 5, (500, 2))
    np.testing.assert_allclose(Cones.of(THETA).at(everywhere), plain(THETA, everywhere), atol=1e-13)


def test_least_margins_are_exact():
    """No point of a fine grid of each square has less, and one has hardly more; some squares hold the origin."""
    cones, x, y = (
        Cones.of(THETA),
        np.array([[0.3, -0.2], [2.0, 1.0], [-4.8, 4.9], [0.9, 3.0]]),
        np.array([1, -1, 1, -1.0]),
    )
    found = cones.least_margins(x, y, eps=1.0)
    side = np.linspace(-1, 1, 401)
    for point, label, least in zip(x, y, found, strict=True):
        grid = np.clip(point + np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2), -5, 5)
        margins = label * plain(THETA, grid)
        assert least <= margins.min() + 1e-12
        assert least == pytest.approx(margins.min(), abs=0.02)


def test_pgd_is_the_plain_one_in_float32():
    x, y, attack = SETS["standard"].x, SETS["standard"].y, Attack()
    for scale in (1.0, 30.0):
        theta = (THETA * scale).astype(np.float32)
        W, a, b = parts(theta)
        attacked = x.astype(np.float32)
        least, most = np.maximum(attacked - 1, -5).astype(np.float32), np.minimum(attacked + 1, 5).astype(np.float32)
        for _ in range(20):
            hidden = attacked @ W
            with np.errstate(over="ignore"):
                factor = 1 / (1 + np.exp(-(np.maximum(hidden, 0) @ a / np.float32(4) + b))) - (y > 0).astype(np.float32)
            gradient = factor[:, None] * (((hidden > 0) * a) @ W.T)
            attacked = np.clip(attacked + np.float32(0.25) * np.sign(gradient), least, most)
        right = np.mean(y * plain(THETA * scale, attacked.astype(float)) > 0)
        assert attacked_accuracy(Cones.of(THETA * scale), x, y, attack) == pytest.approx(right, abs=0.02)


def test_the_attack_leaves_masked_points_where_they_are():
    huge = replace(Cones.of(THETA), V=1e3 * Cones.of(THETA).V)
    x, y = SETS["standard"].x, np.sign(huge.at(SETS["standard"].x))
    assert attacked_accuracy(huge, x, y, Attack()) > np.mean(huge.least_margins(x, y, eps=1.0) > 0)


def test_the_prediction_is_the_bias_at_rest():
    slopes = np.array([0.5, 20.0, 3000.0])
    np.testing.assert_allclose(Prediction.of(RUN).at(slopes), slaved_bias(RUN.law, slopes), rtol=2e-3)


def test_series_are_of_the_network_and_of_it_without_its_bias():
    found, test = series(RUN, SETS, THETA[None], np.zeros(1)), SETS["concentrated"]
    f, b = plain(THETA, test.x), THETA[-1]
    assert found["accuracy", "concentrated"][0] == np.mean(test.y * f > 0)
    assert found["accuracy_without_bias", "concentrated"][0] == np.mean(test.y * (f - b) > 0)
    normal = np.array([[1, 1], [-1, -1]]) / np.sqrt(2)
    assert found["norm", "train"][0] == pytest.approx((plain(THETA, normal) - b) @ [0.5, -0.5])


def test_a_run_that_is_not_smooth_is_refused():
    with pytest.raises(StageError, match=r"^run: eta: 5 is not allowed; expected a smaller one: the sharpness passes"):
        trained(replace(RUN, eta=5.0), SETS["train"], initial(16, 0, 0), np.array([100]))


def test_a_job_writes_curves_attacks_and_predictions(tmp_path):
    files = [tmp_path / name for name in ("curves", "times", "bounds")]
    train(Experiment("networks", (json.loads(json.dumps(asdict(replace(RUN, n_seeds=1, horizon=10_000)))),)), 5, *files)
    curves, times, bounds = (read_parquet(file).to_pandas() for file in files)
    attacked = curves[curves["quantity"] == "adversarial_exact"]
    assert attacked["step"].tolist() == [10, 32, 100, 316, 1000, 3162, 10_000]
    weaker = curves[curves["quantity"] == "adversarial_pgd_float32"]["value"].to_numpy()
    assert (attacked["value"].to_numpy() <= weaker).all()
    assert bounds.set_index("quantity")["value"]["linear_T_te_geometric"] > 1e6
    assert set(times["quantity"]) >= {"T_te_concentrated_last", "T_tr"}


def test_so_many_points_are_attacked_as_asked_for_and_none_by_pgd_without_steps():
    steps, states = np.array([10, 100]), np.tile(THETA, (2, 1))
    for count in (7, 20):
        _, found = attacks(replace(RUN, n_attacked=count, attack_n_steps=0), steps, states, SETS["standard"])
        (exact,) = found.values()
        assert np.allclose(exact * count, np.round(exact * count))
        assert list(found) == [("adversarial_exact", "standard")]


def test_a_run_shorter_than_its_plateau_ends(tmp_path):
    files = [tmp_path / name for name in ("curves", "times", "bounds")]
    train(Experiment("network", (asdict(replace(RUN, horizon=20, n_seeds=1)),)), 3, *files)
    bounds = read_parquet(files[2]).to_pandas().set_index("quantity")["value"]
    assert np.isfinite(bounds["bias_plateau"])

"""The attack in one pass against iterated PGD and the exact worst case, point by point."""

import numpy as np
import pytest
from grokking.highdim.accuracy import saved_models, standard_test_set
from grokking.highdim.attack import DTYPES, AttackRun, attack, attack_accuracies
from grokking.highdim.data import Population
from grokking.logistic.attacks import Attack, exact_accuracies, pgd_accuracy
from grokking.logistic.geometry import HALF_SIDE
from grokking.results.files import read_parquet, write_arrays
from grokking.seeds import Role

BOX = {"low": -HALF_SIDE, "high": HALF_SIDE}
D = 40


def models(rng, tangents, norms):
    """Weights at given tangents of the angle to w_true and norms: wide angles mix signs, great norms mask."""
    orthogonal = rng.normal(size=(len(tangents), D))
    orthogonal -= orthogonal.mean(axis=1, keepdims=True)
    orthogonal /= np.linalg.norm(orthogonal, axis=1, keepdims=True)
    return norms[:, None] * (1 / np.sqrt(D) + tangents[:, None] * orthogonal)


@pytest.mark.parametrize("eps", [0.05, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_one_pass_gives_what_naive_attacks_give(eps, seed):
    points = Population(0, seed, D, 900, 700, role=Role.TEST)
    chunk = next(points.chunks())
    x = (chunk.y[:, None] * chunk.z).astype(float)
    rng = np.random.default_rng(seed)
    tangents, norms = rng.uniform(0, 2, 12), 10 ** rng.uniform(-1, 3, 12)
    w, b = models(rng, tangents, norms), rng.normal(size=12) * norms * 0.1
    found = attack_accuracies(points.chunks(), w, b, Attack(eps, eps / 4, 20))
    for k in range(12):
        assert found["adversarial_exact"][k] == exact_accuracies(x, chunk.y, w[[k]], b[[k]], eps=eps, **BOX)[0]
        for dtype in DTYPES:
            naive = pgd_accuracy(x, chunk.y, w[k], b[k], Attack(eps, eps / 4, 20, dtype), **BOX)
            assert (found[f"adversarial_pgd_{dtype.__name__}"][k], found[f"masked_{dtype.__name__}"][k]) == naive
    assert found["masked_float32"].max() > 0
    assert (found["masked_float32"] != found["masked_float64"]).any()
    assert len(np.unique(np.sign(w), axis=0)) > 1


def test_a_growing_norm_shields_from_pgd_and_not_from_the_worst_case():
    points = Population(0, 0, D, 500, 500, role=Role.TEST)
    w = np.geomspace(1, 1e6, 8)[:, None] * np.full(D, 1 / np.sqrt(D))
    found = attack_accuracies(points.chunks(), w, np.zeros(8), Attack())
    assert len(set(found["adversarial_exact"])) == 1
    assert (np.diff(found["adversarial_pgd_float32"]) >= 0).all()
    assert found["adversarial_pgd_float32"][-1] == 1
    assert found["masked_float64"][0] == 0


def test_steps_that_cannot_cross_the_ball_are_refused():
    points = Population(0, 0, D, 2, 2)
    with pytest.raises(ValueError, match=r"3 steps of 0.25 do not cross"):
        attack_accuracies(points.chunks(), np.ones((1, D)), np.zeros(1), Attack(1.0, 0.25, 3))


def test_the_stage_attacks_the_saved_models_of_every_seed(tmp_path):
    rng = np.random.default_rng(0)
    saved = {"step": np.arange(30), "w": rng.normal(size=(2, 30, D)) + 1, "b": rng.normal(size=(2, 30))}
    write_arrays(saved, tmp_path / "trajectory.npz")
    run = AttackRun(
        "a", D, 1e-3, n_seeds=2, n_snapshots=8, n_test=100, attack_eps=1.0, attack_step=0.25, attack_n_steps=20
    )
    attack(run, 3, tmp_path / "trajectory.npz", tmp_path / "curves.parquet")
    curves = read_parquet(tmp_path / "curves.parquet").to_pandas()
    steps, w, b = saved_models(saved, 1, 8)
    expected = attack_accuracies(standard_test_set(3, 1, D, 100, 1e-3).chunks(), w, b, Attack())
    for name, values in expected.items():
        found = curves[(curves["seed"] == 1) & (curves["quantity"] == name) & (curves["split"] == "standard")]
        np.testing.assert_array_equal(found["step"], steps)
        np.testing.assert_array_equal(found["value"], values)

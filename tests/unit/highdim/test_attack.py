"""The attack in one pass against iterated PGD and the exact worst case, point by point."""

import numpy as np
import pytest
from grokking.highdim.accuracy import grouped
from grokking.highdim.attack import PRECISIONS, Attacked
from grokking.highdim.data import Population
from grokking.logistic.attacks import Attack, exact_accuracies, masked_pgd, pgd_accuracy
from grokking.logistic.geometry import HALF_SIDE
from grokking.seeds import Role

BOX = {"low": -HALF_SIDE, "high": HALF_SIDE}
D = 40


def attacked(points, w, b, attack):
    """Shares of all points after one pass."""
    models = Attacked(w, b, attack)
    for rows in grouped(points.chunks()):
        models.add(rows)
    return models.shares()


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
    found = attacked(points, w, b, Attack(eps, eps / 4, 20))
    np.testing.assert_allclose(found["adversarial_exact"], exact_accuracies(x, chunk.y, w, b, eps=eps, **BOX))
    for dtype in (np.float32, np.float64):
        ours = found[f"adversarial_pgd_{dtype.__name__}"], found[f"masked_{dtype.__name__}"]
        for k in range(12):
            naive = pgd_accuracy(x, chunk.y, w[k], b[k], Attack(eps, eps / 4, 20, dtype), **BOX)
            assert (ours[0][k], ours[1][k]) == naive
    half = masked_pgd(x, chunk.y, w, b, eps=eps, dtype="bfloat16", **BOX)
    np.testing.assert_allclose([found["adversarial_pgd_bfloat16"], found["masked_bfloat16"]], half)
    assert found["masked_float32"].max() > 0
    assert (found["masked_float32"] != found["masked_float64"]).any()
    assert len(np.unique(np.sign(w), axis=0)) > 1


def to_bfloat16(values):
    """Values rounded to bfloat16, ties to even: the upper half of the bits of a float32."""
    bits = np.asarray(values, dtype=np.float32).view(np.uint32)
    bits = bits + np.uint32(0x7FFF) + (bits >> np.uint32(16) & np.uint32(1))
    return (bits & np.uint32(0xFFFF0000)).view(np.float32)


def bfloat16_pgd(x, y, w, b, attack):
    """Points at which PGD ends whose gradient factor is found with every operation rounded to bfloat16."""
    attacked = x
    for _ in range(attack.n_steps):
        with np.errstate(over="ignore"):
            decay = to_bfloat16(np.exp(to_bfloat16(-(attacked @ w + b))))
            factor = to_bfloat16(1 / to_bfloat16(1 + decay)) - (y > 0)
        moved = attacked + attack.step * np.sign(factor)[:, None] * np.sign(w)
        attacked = np.clip(moved, np.maximum(x - attack.eps, -HALF_SIDE), np.minimum(x + attack.eps, HALF_SIDE))
    return attacked


@pytest.mark.parametrize("norm", [1.0, 10.0, 100.0])
def test_masks_of_bfloat16_are_those_of_an_executed_pgd_but_where_a_logit_is_rounded(norm):
    points, attack = Population(0, 0, D, 900, 700, role=Role.TEST), Attack(0.5, 0.125, 20)
    chunk = next(points.chunks())
    x = (chunk.y[:, None] * chunk.z).astype(float)
    w, b = models(np.random.default_rng(0), np.array([0.1]), np.array([norm])), np.zeros(1)
    found = attacked(points, w, b, attack)
    ended = bfloat16_pgd(x, chunk.y, w[0], b[0], attack)
    logits = x @ w[0]
    # Of 8 significant bits; the cut lies at 5.55 for label +1, at 88.7 for label -1.
    unsure = np.mean((np.abs(logits - 5.55) < 0.02) | (np.abs(logits + 88.7) < 0.3))
    assert unsure < 0.02
    right, stayed = np.mean(chunk.y * (ended @ w[0] + b) > 0), np.mean((ended == x).all(axis=1))
    assert found["adversarial_pgd_bfloat16"][0] == pytest.approx(right, abs=unsure + 1e-12)
    assert found["masked_bfloat16"][0] == pytest.approx(stayed, abs=unsure + 1e-12)
    assert norm == 1.0 or 0 < stayed < 1


def test_a_growing_norm_shields_from_pgd_and_not_from_the_worst_case():
    points = Population(0, 0, D, 500, 500, role=Role.TEST)
    w = np.geomspace(1, 1e6, 8)[:, None] * np.full(D, 1 / np.sqrt(D))
    found = attacked(points, w, np.zeros(8), Attack())
    assert len(set(found["adversarial_exact"])) == 1
    assert (np.diff(found["adversarial_pgd_float32"]) >= 0).all()
    assert found["adversarial_pgd_float32"][-1] == 1
    assert found["masked_float64"][0] == 0


def test_steps_that_cannot_cross_the_ball_are_refused():
    points = Population(0, 0, D, 2, 2)
    with pytest.raises(ValueError, match=r"3 steps of 0.25 do not cross"):
        attacked(points, np.ones((1, D)), np.zeros(1), Attack(1.0, 0.25, 3))


def test_no_point_is_executed_where_none_can_be_right_at_its_worst_point(monkeypatch):
    points = Population(0, 0, 1024, 500, 500, role=Role.TEST)
    rng = np.random.default_rng(0)
    w = np.geomspace(0.01, 100, 30)[:, None] * (1 / 32 + rng.normal(size=(30, 1024)) / 1000)
    executed = attacked(points, w, np.zeros(30), Attack())
    assert (executed["adversarial_exact"] == 0).all()
    assert executed["masked_bfloat16"].max() > executed["masked_float32"].max() > executed["masked_float64"].max() > 0

    def refuse(*_):
        raise AssertionError("executed")

    monkeypatch.setattr(Attacked, "_execute", refuse)
    assert set(attacked(points, w, np.zeros(30), Attack())) == {
        "adversarial_exact",
        *(f"{kind}_{name}" for kind in ("adversarial_pgd", "masked") for name in PRECISIONS),
    }

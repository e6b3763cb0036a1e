"""The theory against itself, and against training: a few seeds, with the smooth integrator."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from grokking.logistic import reduced
from grokking.logistic.attacks import Attack, pgd_accuracy
from grokking.logistic.evaluation import accuracy
from grokking.logistic.geometry import HALF_DIAGONAL, W_TRUE
from grokking.planar.data import concentrated_test_set, standard_test_set, training_set
from grokking.smooth import theory
from grokking.smooth.descent import descend
from grokking.smooth.theory import Law
from grokking.steps import log_grid
from scipy.integrate import quad
from scipy.special import expit

GAMMA = 1e-3
MEAN = 1e-2 / 2000
COUNTS = {
    "plain": (1000, 1000, 0, 0),
    "balanced": (1000, 1000, 350, 350),
    "imbalanced": (1000, 1000, 400, 300),
    "more": (1000, 1000, 500, 200),
    "classes": (1500, 500, 0, 0),
    "both": (1500, 500, 400, 300),
    "against": (1500, 500, 300, 400),
}
PLANTED = ("imbalanced", "more", "both", "against")
STEPS = log_grid(10**7, 40)[1:]


def law(name, **changed):
    return Law(*COUNTS[name], **{"gamma": GAMMA, "step": MEAN} | changed)


def trained(name, seed, steps=STEPS, planting="full"):
    n_pos, n_neg, s_pos, s_neg = COUNTS[name]
    planting = planting if s_pos else "none"
    counts = {"n_pos": n_pos, "n_neg": n_neg, "s_pos": s_pos, "s_neg": s_neg}
    data = training_set(0, seed, gamma=GAMMA, planting=planting, **counts)
    return descend(data.x, data.y.astype(float), step=MEAN, steps=steps)


@cache
def seeds(name, count=5):
    """||w|| and b (k, count) at STEPS."""
    runs = [trained(name, seed) for seed in range(count)]
    return np.array([np.linalg.norm(run.w, axis=1) for run in runs]).T, np.array([run.b for run in runs]).T


@pytest.mark.parametrize("b", [-0.7, 12.0])
@pytest.mark.parametrize("w", [1e-3, 3.0, 40.0, 1e4])
def test_a_step_is_the_average_over_the_square(w, b):
    def g(p):
        return 2 * (HALF_DIAGONAL - p) / (HALF_DIAGONAL - GAMMA / 2) ** 2

    def moment(power, b):
        edges = np.clip(np.append(GAMMA / 2, [(20 - b) / w, (60 - b) / w, HALF_DIAGONAL]), GAMMA / 2, HALF_DIAGONAL)
        parts = [
            quad(lambda p: p**power * g(p) * expit(-w * p - b), *part, epsabs=1e-16)[0] for part in pairwise(edges)
        ]
        return sum(parts)

    pulls = 400 * expit(-w * GAMMA / 2 - b), 300 * expit(-w * GAMMA / 2 + b)
    along = 1100 * moment(1, b) + 200 * moment(1, -b) + GAMMA / 2 * sum(pulls)
    across = 1100 * moment(0, b) - 200 * moment(0, -b) + pulls[0] - pulls[1]
    found = theory.displacement(law("both"), w, b)
    np.testing.assert_allclose(found, (MEAN * along, MEAN * across), rtol=1e-6)


@pytest.mark.parametrize("name", COUNTS)
def test_weights_are_those_of_training(name):
    w, _ = theory.curves(law(name), STEPS)
    late = STEPS >= 1e4
    np.testing.assert_allclose(np.median(seeds(name)[0], axis=1)[late] / w[late], 1, atol=0.1)


@pytest.mark.parametrize("name", PLANTED)
def test_biases_are_those_of_training(name):
    _, b = theory.curves(law(name), STEPS)
    error = np.median(seeds(name)[1], axis=1) - b
    assert np.abs(error[STEPS >= 1e5]).max() <= 0.07 * np.abs(b).max()


@pytest.mark.parametrize("name", [*PLANTED, "classes"])
def test_peaks_are_those_of_training(name):
    t, height = theory.peak(law(name))
    w, b = seeds(name)
    r = np.where(STEPS[:, None] >= 20, np.abs(b) / w, 0)
    assert np.median(STEPS[r.argmax(axis=0)]) == pytest.approx(t, rel=0.15)
    assert np.median(r.max(axis=0)) == pytest.approx(height, rel=0.1)


def test_without_drag_the_time_of_the_peak_does_not_depend_on_the_imbalance_and_it_is_higher():
    free = [theory.undamped_peak(law(name)) for name in ("imbalanced", "more")]
    assert free[0][0] == free[1][0] == pytest.approx(2176, rel=1e-3)
    for name, (t, height) in zip(("imbalanced", "more"), free, strict=True):
        damped = theory.peak(law(name))
        assert damped[0] == pytest.approx(t, rel=0.15)
        assert 0.5 < damped[1] / height < 0.7


def test_support_vectors_alone_move_the_bias_as_the_peak_without_drag_assumes():
    y = np.repeat([1.0, -1.0], [400, 300])
    t = 1.904 * 4 / (MEAN * 700)
    run = descend(np.outer(GAMMA / 2 * y, W_TRUE), y, step=MEAN, steps=[int(t)])
    assert run.b[0] == pytest.approx(-np.expm1(-1.904) * np.log(4 / 3), rel=0.01)


@pytest.mark.parametrize("name", ["plain", "balanced"])
def test_growth_is_a_cube_root_and_then_a_line(name):
    data = law(name)
    w, _ = theory.curves(data, STEPS)
    late = STEPS >= 1e6
    np.testing.assert_allclose(theory.early_steps_to(data, w[late]), STEPS[late], rtol=0.04)
    if name == "plain":
        np.testing.assert_allclose(w[late], (theory.cube_constant(data) * STEPS[late]) ** (1 / 3), rtol=0.01)


def test_growth_turns_twice():
    data = law("balanced")
    (w_line, t_line), (w_log, t_log) = theory.crossings(data)
    steps = log_grid(10**13, 20)[1:]
    w, _ = theory.curves(data, steps)
    exponent = np.gradient(np.log(w), np.log(steps))
    assert np.interp(w_line, w, steps) == pytest.approx(t_line, rel=0.02)
    assert np.interp(w_line, w, exponent) == pytest.approx(2 - np.pi / 2, rel=0.02)
    assert np.interp(w_log, w, steps) == pytest.approx(t_log, rel=0.03)
    # t w' / w = (z + e^z - 1) / (z (1 + e^z)) at z = 1.
    assert np.interp(w_log, w, exponent) == pytest.approx(np.e / (1 + np.e), rel=0.03)
    run = trained("balanced", 0, steps)
    norm = np.linalg.norm(run.w, axis=1)
    assert np.interp(w_log, norm, steps) == pytest.approx(t_log, rel=0.05)
    assert np.gradient(norm, np.log(steps))[-1] == pytest.approx(2 / GAMMA, rel=0.1)


@pytest.mark.parametrize("name", PLANTED)
def test_the_bias_is_slaved_from_1e5_steps_on(name):
    data = law(name)
    w, b = theory.curves(data, STEPS)
    late = STEPS >= 1e5
    np.testing.assert_allclose(theory.slaved_bias(data, w[late]), b[late], atol=1e-3)


def test_the_plateau_of_unequal_others_is_below_that_of_equal_ones():
    data, w = law("imbalanced"), 41.4
    plateau = theory.slaved_bias(data, w) / np.log(4 / 3)
    assert plateau == pytest.approx(0.956, abs=1e-3)
    assert theory.first_order_bias(data, w) / np.log(4 / 3) == pytest.approx(plateau, rel=0.005)
    equal = Law(1050, 950, 400, 300, gamma=GAMMA, step=MEAN)
    assert theory.slaved_bias(equal, w) > theory.slaved_bias(data, w)
    measured = np.median(seeds("imbalanced")[1][STEPS == 10**7]) / np.log(4 / 3)
    assert measured == pytest.approx(plateau, rel=0.05)


def test_the_plateau_tends_to_twice_and_then_to_once_the_imbalance():
    data, L = law("more"), np.log(5 / 2) / 2
    middle, late = theory.slaved_bias(law("more", gamma=1e-9), np.array([1e5])), theory.slaved_bias(data, 3e4)
    assert middle == pytest.approx(2 * L, rel=1e-3)
    assert late == pytest.approx(L, rel=1e-3)
    # While w is a cube root, the ratio falls as its inverse.
    steps = np.array([10**5, 10**7])
    w, b = theory.curves(data, steps)
    assert np.diff(np.log(b / w))[0] / np.log(100) == pytest.approx(-1 / 3, abs=0.03)


@pytest.mark.parametrize("name", ["plain", *PLANTED])
def test_steps_to_is_the_inverse_of_the_curve(name):
    steps = np.array([10**6, 10**8, 10**10])
    w, _ = theory.curves(law(name), steps)
    np.testing.assert_allclose([theory.steps_to(law(name), one) for one in w], steps, rtol=2e-3)


@pytest.mark.parametrize("kappa", [1.0, 1.38, 4.8])
@pytest.mark.parametrize("name", PLANTED)
def test_the_integral_is_the_time_of_the_curves(name, kappa):
    steps = log_grid(10**11, 100)[1:]
    w, b = theory.curves(law(name), steps)
    found = theory.geometric_time(steps, np.outer(w, W_TRUE), b, kappa=kappa, gamma=GAMMA)
    assert found == pytest.approx(theory.generalisation_time(law(name), kappa), rel=2e-3)


@pytest.mark.parametrize(("name", "kappa"), [("imbalanced", 1.0), ("imbalanced", 1.38), ("more", 1.0)])
def test_times_of_generalisation_are_those_of_training(name, kappa):
    steps = log_grid(10**10, 40)[1:]
    runs = [trained(name, seed, steps, "equispaced") for seed in range(3)]
    found = [theory.geometric_time(steps, run.w, run.b, kappa=kappa, gamma=GAMMA) for run in runs]
    assert np.median(found) == pytest.approx(theory.generalisation_time(law(name), kappa), rel=0.03)


@pytest.mark.parametrize("L", [0.05, 0.144, 1.0, 3.0])
def test_support_vectors_alone_have_the_closed_form(L):
    s_pos, s_neg = 100 * np.exp(L), 100 * np.exp(-L)
    alone = Law(s_pos, s_neg, s_pos, s_neg, gamma=GAMMA, step=MEAN)
    expected = reduced.generalisation_time(s_pos, s_neg, eta=MEAN, gamma=GAMMA, kappa=1.38)
    assert theory.generalisation_time(alone, 1.38) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("L", "kappa"), [(0.144, 1.0), (0.144, 4.8), (1.0, 1.0), (8.0, 1.38)])
def test_a_gap_leaves_nearly_the_support_vectors_alone(L, kappa):
    s_pos = 700 * expit(2 * L)
    gap = Law(650 + s_pos, 1350 - s_pos, s_pos, 700 - s_pos, gamma=GAMMA, step=MEAN, low=1.0)
    expected = reduced.generalisation_time(s_pos, 700 - s_pos, eta=MEAN, gamma=GAMMA, kappa=kappa)
    assert 0.94 < theory.generalisation_time(gap, kappa) / expected < 1


def test_limits_of_the_time():
    def time(L, kappa):
        s_pos, s_neg = np.exp(L), np.exp(-L)
        return theory.generalisation_time(Law(s_pos, s_neg, s_pos, s_neg, gamma=0.1, step=1.0), kappa) * 0.1**2

    assert time(1e-3, 1.38) == pytest.approx(16e-3 / (2 * 1.38), rel=2e-3)
    assert time(30, 1.0) == pytest.approx(2 * 31 * np.exp(30), rel=1e-5)
    assert time(30, 4.8) == pytest.approx(120 * np.exp(30) / 5.8, rel=0.05)


def test_a_boundary_inside_the_margin_has_no_time():
    assert np.isnan(theory.generalisation_time(law("balanced"), 1.0))
    assert np.isnan(theory.generalisation_time(law("imbalanced", gamma=1.0), 1.0))


@pytest.mark.parametrize("kappa", [1.0, 1.38, 4.8])
def test_the_slope_of_the_delay_is_a_derivative_and_tends_to_1(kappa):
    def log_time(L):
        return np.log(reduced.generalisation_time(np.exp(L), np.exp(-L), eta=1.0, gamma=1.0, kappa=kappa))

    L = np.array([0.1, 0.5, 2.0, 8.0])
    expected = (log_time(L + 1e-4) - log_time(L - 1e-4)) / 2e-4
    np.testing.assert_allclose(theory.delay_slope(L, kappa), expected, rtol=1e-6)
    assert theory.delay_slope(0.01, kappa) == pytest.approx(100, rel=0.02)
    assert theory.delay_slope(100.0, kappa) == pytest.approx(1, abs=0.02)


def test_the_last_time_outside_is_interpolated():
    steps, w = np.array([1, 10, 100, 1000]), np.outer([1, 1, 1, 1], W_TRUE)
    assert theory.geometric_time(steps, w, np.array([0, 0.3, -0.2, 0]), kappa=1, gamma=0.2) == pytest.approx(10**2.5)
    assert np.isnan(theory.geometric_time(steps, w, np.zeros(4), kappa=1, gamma=0.2))
    assert theory.geometric_time(steps, w, np.ones(4), kappa=1, gamma=0.2) == np.inf


@pytest.mark.parametrize("gamma", [1e-3, 1e-1])
def test_the_residual_is_that_of_support_vectors_alone(gamma):
    data = law("imbalanced", gamma=gamma)
    steps = log_grid(10**14, 20)[1:]
    w, _ = theory.curves(data, steps)
    found = gamma / 2 * theory.largest_residual(steps, np.outer(w, W_TRUE), 2 / gamma * W_TRUE)
    assert found == pytest.approx(theory.expected_residual(data), abs=0.1)
    limit = np.log(2 / (MEAN * gamma**2 * np.sqrt(400 * 300)))
    assert theory.expected_residual(data) == pytest.approx(limit + np.log1p(np.exp(-2)), abs=0.02)


@pytest.mark.parametrize(("L", "holds"), [(0.144, True), (1.0, False)])
def test_the_bound_of_theorem_4_6_with_its_constant_measured(L, holds):
    s_pos = 700 * expit(2 * L)
    data = Law(1000, 1000, s_pos, 700 - s_pos, gamma=GAMMA, step=MEAN)
    steps = log_grid(10**14, 20)[1:]
    w, _ = theory.curves(data, steps)
    bound = theory.latest_generalisation(
        steps, np.outer(w, W_TRUE), 2 / GAMMA * W_TRUE, gamma=GAMMA, kappa=1.0, log_delta=-L
    )
    assert (theory.generalisation_time(data, 1.0) <= bound) == holds


@cache
def plain_seeds():
    steps = np.array([10**5, 10**6])
    return [trained("plain", seed, steps) for seed in range(60)]


@pytest.mark.parametrize("index", [0, 1])
def test_plain_biases_spread_as_predicted(index):
    w = theory.curves(law("plain"), [10**5, 10**6])[0][index]
    b = np.array([run.b[index] for run in plain_seeds()])
    # 60 seeds know it to 9 %.
    assert np.sqrt(np.mean(b**2)) == pytest.approx(theory.bias_spread(law("plain"), w), rel=0.25)


def test_planted_biases_spread_as_predicted():
    b = np.array([trained("balanced", seed, [10**5]).b[0] for seed in range(40)])
    w = theory.curves(law("balanced"), [10**5])[0][0]
    assert b.std() == pytest.approx(theory.bias_spread(law("balanced"), w), rel=0.3)


def test_plain_accuracy_is_the_predicted_one_on_average():
    w = theory.curves(law("plain"), [10**6])[0][0]
    tests = concentrated_test_set(0, 0, gamma=GAMMA, alpha=10, n=4000)
    found = [accuracy(tests.x, tests.y, run.w[1:], run.b[1:])[0] for run in plain_seeds()]
    expected = theory.concentrated_accuracy(law("plain"), w, alpha=10)
    # An accuracy has a deviation of 0.13 among seeds.
    assert np.mean(found) == pytest.approx(expected, abs=3 * 0.13 / np.sqrt(60))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_attacks_are_masked_as_predicted(dtype):
    tests = standard_test_set(0, 0, gamma=GAMMA, n=4000)
    box = {"low": tests.x.min(), "high": tests.x.max()}
    attack = Attack(dtype=getattr(np, dtype))
    onset, _ = theory.attack_onset(law("plain"), dtype)
    for w in (0.5 * onset, 1.5 * onset, 4 * onset, 20 * onset):
        found, _ = pgd_accuracy(tests.x, tests.y, w * W_TRUE, 0.0, attack, **box)
        # As a binomial of 4000, three deviations.
        assert found == pytest.approx(theory.attacked_accuracy(w, dtype, gamma=GAMMA), abs=0.023)
    before, at, after = theory.attacked_accuracy(onset * np.array([0.1, 1, 1.1]), dtype, gamma=GAMMA)
    assert before == pytest.approx(at)
    assert after > at + 0.01


def to_bfloat16(x):
    """Round to the nearest of 8 significant bits, ties to even; in float32."""
    bits = np.asarray(x, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_gradients_vanish_beyond_the_cutoffs(dtype):
    rounded = to_bfloat16 if dtype == "bfloat16" else getattr(np, dtype)

    def sigmoid(z):
        with np.errstate(over="ignore"):
            return rounded(1 / rounded(1 + rounded(np.exp(-rounded(z)))))

    high, low = theory.CUTOFFS[dtype]
    assert sigmoid(1.01 * high) == 1 > sigmoid(0.99 * high)
    assert sigmoid(-1.01 * low) == 0 < sigmoid(-0.98 * low)


def test_the_onset_is_on_the_curve():
    w, t = theory.attack_onset(law("plain"), "float32")
    assert w == pytest.approx(11.76, rel=1e-3)
    assert np.median([np.interp(w, run, STEPS) for run in seeds("plain")[0].T]) == pytest.approx(t, rel=0.1)

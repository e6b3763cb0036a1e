import numpy as np
import pytest
from grokking.planar.descent import RATIO
from grokking.results.snapshots import PAIRS, bin_means, log_bins, thinned
from grokking.steps import snapshot_steps


@pytest.mark.parametrize("horizon", [10, 1000, 1001, 20_000, 10**7])
def test_thinning_keeps_disjoint_pairs_over_the_whole_run(horizon):
    steps = snapshot_steps(horizon, RATIO)
    kept = steps[thinned(steps)]
    assert len(kept) <= 2 * PAIRS
    assert np.all(np.diff(kept) > 0)
    np.testing.assert_array_equal(kept[1::2], kept[::2] + 1)
    assert kept[0] == 1
    assert kept[-1] >= 0.96 * horizon or kept[-1] >= horizon - 1
    if horizon >= 1000:
        assert np.all(kept[2::2] <= 1.2 * kept[:-2:2] + 3)


def test_bins_cover_a_tenth_of_a_decade_and_means_weigh_both_steps_of_a_pair():
    steps = snapshot_steps(100_000, RATIO)
    firsts, bins = log_bins(steps)
    assert list(firsts[:3]) == [1, 2, 3]
    for index, first in enumerate(firsts):
        inside = steps[bins == index]
        assert inside[0] == first
        assert inside[-1] <= first * 10**0.1 + 1
    flipping = (-1.0) ** steps
    late = firsts[:-1] >= 1000
    assert np.all(np.abs(bin_means(flipping, bins)[:-1][late]) < 0.4)
    np.testing.assert_allclose(bin_means(np.full(len(steps), 7.0), bins), 7.0)

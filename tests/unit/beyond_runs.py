"""Small runs beyond the papers, which several test modules train."""

from grokking.beyond.sets import PlanarRun

PLANAR = PlanarRun(
    run="run",
    eta=0.01,
    horizon=10_000,
    eps=(0.0, 0.1),
    n_seeds=2,
    n_pos=100,
    n_neg=100,
    planting="full",
    s_pos=40,
    s_neg=30,
    gamma=1e-3,
    alpha=10.0,
    n_test=200,
)

"""Small runs that several test modules train."""

from grokking.highdim.training import TrainingRun
from grokking.networks.run import Run as NetworkRun

NETWORK = NetworkRun(
    run="test",
    d=20,
    n=8,
    m=60,
    eta=2e-3,
    weight_decay=0.5,
    nu2=1.0,
    eps=0.01,
    horizon=2000,
    points_per_decade=5,
    n_seeds=2,
)

# Its steps contract early, so that the flow takes over.
HIGHDIM = TrainingRun(
    run="wide",
    d=64,
    n_pos=150,
    n_neg=50,
    s_pos=2,
    s_neg=1,
    gamma=1e-3,
    n_seeds=1,
    eta=0.15,
    bias=True,
    horizon=30_000,
    max_chaotic=5000,
)

"""One high-dimensional logistic configuration trained seed after seed, on data that is drawn again at every pass.

A configuration ("run") is a mapping with run, d, n_pos, n_neg, s_pos, s_neg, gamma, eta, bias, horizon, max_chaotic
and n_seeds.
"""

import logging
from collections.abc import Mapping

import numpy as np

from grokking.highdim.data import Population
from grokking.highdim.descent import train

log = logging.getLogger(__name__)

SIZES = ("d", "n_pos", "n_neg", "s_pos", "s_neg", "gamma")


def training_set(run: Mapping, root: int, seed: int) -> Population:
    """Return the training points of one replicate, drawn when they are run through."""
    return Population(root, seed, **{key: run[key] for key in SIZES})


def train_run(run: Mapping, root: int) -> dict[str, np.ndarray]:
    """Return the trajectories of all seeds: step (S,), and with the seed as first axis the other fields.

    Raises NotSeparatedError and NotCertifiedError as `train` does.
    """
    trajectories = []
    for seed in range(run["n_seeds"]):
        log.info("%s: seed %d of %d", run["run"], seed + 1, run["n_seeds"])
        trajectories.append(
            train(
                training_set(run, root, seed),
                eta=run["eta"],
                horizon=run["horizon"],
                bias=run["bias"],
                max_chaotic=run["max_chaotic"],
            )
        )
    fields = ("w", "b", "separation", "left_out", "flow_from", "n_core")
    stacked = {name: np.stack([getattr(one, name) for one in trajectories]) for name in fields}
    return {"step": trajectories[0].step, **stacked}

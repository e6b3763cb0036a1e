"""Independent random streams, one for each role and seed of an experiment."""

from enum import IntEnum

import numpy as np


class Role(IntEnum):
    """What a stream is for. The numbers are part of the results: never renumber, only append."""

    DATA = 0
    PLANTED = 1
    TEST = 2
    TEACHER = 3
    INIT = 4
    NOISE = 5
    FEATURES = 6
    MONTE_CARLO = 7
    BOOTSTRAP = 8
    PERTURBATION = 9
    BATCHES = 10


def generator(root: int, role: Role, seed: int, *parts: int) -> np.random.Generator:
    """Return the PCG64 stream of `role` for replicate `seed`, independent of all other streams.

    `parts` numbers pieces of one role that are drawn independently of each other (chunks of a stream).
    """
    sequence = np.random.SeedSequence(root, spawn_key=(int(role), seed, *parts))
    return np.random.Generator(np.random.PCG64(sequence))

"""Networks of D layers without biases, several seeds at a time, trained towards the zero function.

Such a network is homogeneous of degree D in its weights: weight decay alone multiplies it by (1 - eta lambda)^D a step.
Seeds are the first axis of every array, so that one matrix product serves them all.
"""

from functools import reduce
from itertools import pairwise

import numpy as np

from grokking.networks.population import population_loss
from grokking.seeds import Role, generator

Weights = list[np.ndarray]
"""The layers' matrices, first layer first, each (seeds, inputs, outputs)."""


def points(root: int, n_seeds: int, n: int, d: int, role: Role = Role.DATA) -> np.ndarray:
    """Return n inputs x ~ N(0, I_d) for each seed, (seeds, n, d)."""
    return np.stack([generator(root, role, seed).standard_normal((n, d)) for seed in range(n_seeds)])


def initial_weights(root: int, n_seeds: int, widths: list[int], relu: bool, nu2: float, nu2_first: float) -> Weights:
    """Return normal weights of variance nu2 over the number of inputs, twice that behind a ReLU.

    `widths` are d, the hidden widths and 1. The variance of the first layer is multiplied by `nu2_first`.
    """
    streams = [generator(root, Role.INIT, seed) for seed in range(n_seeds)]
    weights = []
    for layer, (inputs, outputs) in enumerate(pairwise(widths)):
        variance = nu2 / inputs * (nu2_first if layer == 0 else 2.0 if relu else 1.0)
        weights.append(np.sqrt(variance) * np.stack([rng.standard_normal((inputs, outputs)) for rng in streams]))
    return weights


def forward(weights: Weights, X: np.ndarray, relu: bool) -> list[np.ndarray]:
    """Return X and what every layer makes of it, the last one (seeds, n, 1) the outputs."""
    values = [X]
    for layer, W in enumerate(weights, start=1):
        after = values[-1] @ W
        values.append(np.maximum(after, 0.0, out=after) if relu and layer < len(weights) else after)
    return values


def pull_back(weights: Weights, values: list[np.ndarray], v: np.ndarray, relu: bool) -> Weights:
    """Return J^T v for each layer, J the Jacobian of the outputs, v (seeds, n, 1), `values` from `forward`."""
    gradients = []
    for layer in reversed(range(len(weights))):
        gradients.insert(0, values[layer].swapaxes(1, 2) @ v)
        if layer > 0:
            v = v @ weights[layer].swapaxes(1, 2)
            if relu:
                v *= values[layer] > 0
    return gradients


def population_loss_of(weights: Weights, seed: int, relu: bool, X: np.ndarray) -> float:
    """Return L = E N(x)^2 of one seed for x ~ N(0, I_d): exact of linear networks and of one hidden layer of ReLUs.

    Deeper ones have it as the mean over the rows of `X` (seeds, points, d).
    """
    own = [W[seed] for W in weights]
    if not relu:
        return float(np.sum(reduce(np.matmul, own) ** 2))
    if len(own) == 2:
        return population_loss(np.column_stack([own[0].T, own[1]]))
    outputs = forward([W[None] for W in own], X[seed][None], relu)[-1]
    return float(np.mean(outputs**2))

"""Population loss of a two-layer ReLU network in closed form."""

import numpy as np

from grokking.kernels import arc_cosine


def population_loss(theta: np.ndarray, precision: type = np.float64, block: int = 256) -> float:
    """Return L = E_x N(x)^2 for x ~ N(0, I_d), N(x) = sum_j a_j relu(w_j . x).

    `theta` (m, d + 1) has the rows (w_j, a_j). L is the sum of a_i a_j E relu(w_i.x) relu(w_j.x) over all pairs of
    units; only blocks of `block` x `block` pairs on and above the diagonal are formed, their kernels in `precision`.
    """
    W, a = theta[:, :-1], theta[:, -1]
    norms = np.linalg.norm(W, axis=1)
    units = (W / np.where(norms > 0, norms, 1.0)[:, None]).astype(precision)
    weights = a * norms
    rounded = weights.astype(precision)
    total = 0.0
    for start in range(0, len(a), block):
        row = slice(start, start + block)
        for other in range(start, len(a), block):
            column = slice(other, other + block)
            kernel = arc_cosine(units[row] @ units[column].T)
            term = weights[row] @ (kernel @ rounded[column])
            total += term if other == start else 2 * term
    return float(total) / (2 * np.pi)

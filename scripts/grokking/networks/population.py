"""Population loss of a two-layer ReLU network in closed form."""

import numpy as np


def population_loss(theta: np.ndarray, block: int = 250) -> float:
    """Return L = E_x N(x)^2 for x ~ N(0, I_d), N(x) = sum_j a_j relu(w_j . x).

    `theta` (m, d + 1) has the rows (w_j, a_j).
    E relu(u.x) relu(v.x) = ||u|| ||v|| (sin A + (pi - A) cos A) / (2 pi), A the angle of u and v (Cho and
    Saul 2009). Only blocks of `block` x `block` pairs on and above the diagonal are formed.
    """
    W, a = theta[:, :-1], theta[:, -1]
    norms = np.linalg.norm(W, axis=1)
    units = W / np.where(norms > 0, norms, 1.0)[:, None]
    weights = a * norms
    total = 0.0
    for start in range(0, len(a), block):
        row = slice(start, start + block)
        for other in range(start, len(a), block):
            column = slice(other, other + block)
            term = weights[row] @ _arc_cosine(units[row] @ units[column].T) @ weights[column]
            total += term if other == start else 2 * term
    return float(total)


def _arc_cosine(cosine: np.ndarray) -> np.ndarray:
    """Return (sin A + (pi - A) cos A) / (2 pi) for an array of cosines, which is overwritten."""
    np.clip(cosine, -1.0, 1.0, out=cosine)
    angle = np.arccos(cosine)
    np.subtract(np.pi, angle, out=angle)
    angle *= cosine
    np.multiply(cosine, cosine, out=cosine)
    np.subtract(1.0, cosine, out=cosine)
    np.sqrt(cosine, out=cosine)
    angle += cosine
    angle /= 2 * np.pi
    return angle

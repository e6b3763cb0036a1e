"""Kernels of random features in closed form."""

import numpy as np


def arc_cosine(cosine: np.ndarray) -> np.ndarray:
    """Return sin A + (pi - A) cos A for an array of cosines of angles A, which is overwritten.

    Cosines beyond -1 and 1, as rounding leaves them, are taken as -1 and 1. For x ~ N(0, I_d) and A the angle of u
    and v, E[relu(u.x) relu(v.x)] is ||u|| ||v|| / (2 pi) times this: the arc-cosine kernel of order one (Cho & Saul
    2009).
    """
    np.clip(cosine, -1.0, 1.0, out=cosine)
    angle = np.arccos(cosine)
    np.subtract(np.pi, angle, out=angle)
    angle *= cosine
    np.multiply(cosine, cosine, out=cosine)
    np.subtract(1.0, cosine, out=cosine)
    np.sqrt(cosine, out=cosine)
    angle += cosine
    return angle

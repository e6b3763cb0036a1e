"""The frame in which the logistic data is written: the true separator and the cube that points are drawn from.

With w_true the unit vector along (1, ..., 1), a point of the plane is p = w_true.x, its signed distance from the
separator, and u, the coordinate along it (arXiv 2602.08302, section 5.1).
"""

import numpy as np

FRAME = np.array([[1.0, 1.0], [1.0, -1.0]]) / np.sqrt(2.0)
"""Columns: w_true and the direction along the separator. Its own inverse: (p, u) = x FRAME and back."""


W_TRUE = FRAME[:, 0]


HALF_SIDE = 5.0


HALF_DIAGONAL = HALF_SIDE * np.sqrt(2.0)

"""Adversarial accuracy of streamed data along training, exact and under PGD, in one pass over the points.

Let z = y x. The attack's box, the cube, is symmetric, so that the worst point of a model w is clip(z - eps sign(w)),
and what matters of the snapshots is their pattern of signs: one for all, once each w is near w_true.

PGD is not iterated. A point whose gradient is exactly zero stays where it is, and it is right. At any other each step
lowers the margin, so that the gradient stays and every coordinate ends at the edge of the ball or the box: the worst
point. The gradient is (sigmoid(f) - y01) w, and whether sigmoid is rounded to y01 is a matter of the margin, of the
label and of the precision.
"""

import numpy as np

from grokking.highdim.accuracy import Group, Models
from grokking.logistic.attacks import CUTOFFS, Attack
from grokking.logistic.geometry import HALF_SIDE

PRECISIONS = tuple(CUTOFFS)


class Attacked:
    """Models w (S, d), b (S,) under an attack, and the counts of points that it has left right so far.

    Raises ValueError where the attack's steps cannot cross its ball.
    """

    def __init__(self, w: np.ndarray, b: np.ndarray, attack: Attack):
        if (attack.n_steps - 1) * attack.step < attack.eps:
            raise ValueError(f"{attack.n_steps} steps of {attack.step} do not cross a ball of radius {attack.eps}")
        patterns, pattern = np.unique(np.sign(w).astype(np.float32), axis=0, return_inverse=True)
        self._groups = [(signs, np.flatnonzero(pattern == index)) for index, signs in enumerate(patterns)]
        self._smallest = np.abs(w).min(axis=1)
        self._models, self._eps, self._size = Models(w, b), attack.eps, 0
        names = [
            "adversarial_exact",
            *(f"{kind}_{name}" for kind in ("adversarial_pgd", "masked") for name in PRECISIONS),
        ]
        self._counts = {name: np.zeros(len(w), dtype=np.int64) for name in names}

    def add(self, rows: Group) -> None:
        """Attack these rows."""
        self._size += len(rows.p)
        for name in PRECISIONS:
            masked = self._models.above(rows, _cutoff(name, rows.y))
            self._counts[f"masked_{name}"] += masked
            self._counts[f"adversarial_pgd_{name}"] += masked
        for signs, members in self._groups:
            first = self._first_unsure(rows, signs, members)
            if first < len(rows.p):
                self._execute(Group(rows.z[first:], rows.p[first:], rows.y), signs, members)

    def shares(self) -> dict[str, np.ndarray]:
        """Return accuracies under attack and shares of masked points (S,), named as in the table `curves`."""
        return {name: count / self._size for name, count in self._counts.items()}

    def _execute(self, rows: Group, signs: np.ndarray, members: np.ndarray) -> None:
        """Count the rows that are right at their worst points, and those among them that PGD moves."""
        safe = np.zeros((len(rows.p), len(self._smallest)), dtype=bool)
        safe[:, members] = self._models.margins(_worst(rows, signs, self._eps), members) > 0
        margins = self._models.margins(rows)
        self._counts["adversarial_exact"] += np.count_nonzero(safe, axis=0)
        for name in PRECISIONS:
            moved = safe & (margins <= _cutoff(name, rows.y))
            self._counts[f"adversarial_pgd_{name}"] += np.count_nonzero(moved, axis=0)

    def _first_unsure(self, rows: Group, signs: np.ndarray, members: np.ndarray) -> int:
        """Return the index of the first row that may be right at its worst point for one of the members.

        Where w > 0 a coordinate moves by min(eps, z + 5) >= eps (z + 5)/10, which lowers the margin by at least
        eps/10 min(w) (sqrt(d) p + 5 d) in all.
        """
        if not (signs > 0).all():
            return 0
        models, d = self._models, len(signs)
        share = self._eps / (2 * HALF_SIDE) * self._smallest[members]
        slope = models.a[members] - share * np.sqrt(d)
        least = share * HALF_SIDE * d - rows.y * models.b[members] - models.spread[members]
        return int(np.searchsorted(rows.p, (least / slope).min())) if (slope > 0).all() else 0


def _cutoff(precision: str, y: float) -> float:
    """Return the margin above which a point of label y has no gradient."""
    return CUTOFFS[precision][0 if y > 0 else 1]


def _worst(rows: Group, signs: np.ndarray, eps: float) -> Group:
    z = np.clip(rows.z - np.float32(eps) * signs, -HALF_SIDE, HALF_SIDE, dtype=np.float32)
    return Group(z, z.sum(axis=1, dtype=float) / np.sqrt(z.shape[1]), rows.y)

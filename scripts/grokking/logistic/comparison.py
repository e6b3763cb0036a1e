"""Stored snapshots against gradient descent with every step executed: rows of the table `brute_force`."""

from collections.abc import Mapping

import numpy as np


def relative_errors(stored: np.ndarray, executed: np.ndarray) -> np.ndarray:
    """Return ||stored - executed|| / ||executed|| (k,) of states (k, width)."""
    return np.linalg.norm(stored - executed, axis=1) / np.linalg.norm(executed, axis=1)


def compared_row(
    about: Mapping, quantity: str, steps: np.ndarray, errors: np.ndarray, tolerance: float | None, **others
) -> dict:
    """Return a row of `brute_force`: the steps (k,) compared, the greatest of their errors (k,), and what is accepted.

    With a `tolerance` of None the error is measured only. `others` are n_times and n_times_equal.
    """
    worst = int(np.argmax(errors))
    return {
        **about,
        "quantity": quantity,
        "first_step": int(steps[0]),
        "last_step": int(steps[-1]),
        "n_snapshots": len(steps),
        "max_error": float(errors[worst]),
        "worst_step": int(steps[worst]),
        "tolerance": tolerance,
        "n_times": None,
        "n_times_equal": None,
        **others,
    }


def violation(row: Mapping) -> str | None:
    """Return in one line what a row of `brute_force` has against its run, None where it has nothing."""
    place, error = f"{row['run']}, seed {row['seed']}", f"{row['max_error']:.3g} at step {row['worst_step']}"
    if row["tolerance"] is not None and not row["max_error"] <= row["tolerance"]:
        limit = f"expected at most {row['tolerance']:g}"
        return f"{place}: {row['quantity']} differs from plain gradient descent's by {error}: {limit}"
    if row["n_times"] != row["n_times_equal"]:
        return f"{place}: {row['n_times_equal']} of {row['n_times']} times are those of plain gradient descent"
    return None

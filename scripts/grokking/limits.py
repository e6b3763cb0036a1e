"""Bounds on the work of adaptive solvers, which need not end by themselves."""

from collections.abc import Callable
from itertools import count


def limited(function: Callable, calls: int, refusal: Exception) -> Callable:
    """Return the function with its calls counted: every call after so many raises `refusal` in place of an answer."""
    made = count(1)

    def counted(*given):
        if next(made) > calls:
            raise refusal
        return function(*given)

    return counted

"""What a figure needs, as its module says: the tables that it READS and the experiments that it SHOWS."""

import ast
from collections.abc import Iterable
from fnmatch import filter as matching
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Figure(NamedTuple):
    """Tables by name ("data" stands for the data sets of the first runs), and patterns of experiments."""

    reads: tuple[str, ...]
    shows: tuple[str, ...]


@cache
def figure_of(module: Path) -> Figure:
    """Return what a module says, which is read and not imported. Raises KeyError where it says nothing."""
    constants = {
        node.targets[0].id: node.value
        for node in ast.parse(module.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return Figure(*(ast.literal_eval(constants[name]) for name in ("READS", "SHOWS")))


def experiments_of(figure: Figure, known: Iterable[str]) -> list[str]:
    """Return those of the known experiments that a figure shows, in the order in which they are known."""
    known = list(known)
    chosen = {name for pattern in figure.shows for name in matching(known, pattern)}
    return [name for name in known if name in chosen]

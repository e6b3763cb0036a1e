"""What a figure is and needs, as its module says: its docstring, the tables that it READS, the experiments it SHOWS."""

import ast
from collections.abc import Iterable
from fnmatch import filter as matching
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Figure(NamedTuple):
    """Title, tables by name ("data" stands for the data sets of the first runs), and patterns of experiments."""

    title: str
    reads: tuple[str, ...]
    shows: tuple[str, ...]


@cache
def figure_of(module: Path) -> Figure:
    """Return what a module says, which is read and not imported. Raises KeyError where it says nothing."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    title = ast.get_docstring(tree).splitlines()[0].removesuffix(".")
    constants = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return Figure(title, *(ast.literal_eval(constants[name]) for name in ("READS", "SHOWS")))


def experiments_of(figure: Figure, known: Iterable[str]) -> list[str]:
    """Return those of the known experiments that a figure shows, in the order in which they are known."""
    known = list(known)
    chosen = {name for pattern in figure.shows for name in matching(known, pattern)}
    return [name for name in known if name in chosen]

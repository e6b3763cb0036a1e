"""The picture of the rules in the README: Snakemake's rule graph, less what hides its shape."""

import re

NODE = re.compile(r"^\s*(id\d+)\[(.+)\]$", re.MULTILINE)
FAMILIES = {"plot_": "plot_figures", "write_captions_": "write_captions"}
"""How the names of alike rules begin, and the one that stands for them."""
EDGE = re.compile(r"^\s*(id\d+) --> (id\d+)$", re.MULTILINE)


def picture(graph: str) -> str:
    """Return the output of `snakemake --rulegraph mermaid-js` as a Mermaid block to read.

    Alike rules become one, the target rule is left out, and so are edges that a longer way stands for.
    Raises ValueError where the text holds no graph.
    """
    names = {node: _shown(name) for node, name in NODE.findall(graph)}
    edges = {(names[start], names[end]) for start, end in EDGE.findall(graph)}
    if not edges:
        raise ValueError("no edges: expected the output of `snakemake --rulegraph mermaid-js`")
    edges = _reduced({(start, end) for start, end in edges if end != "all" and start != end})
    return "\n".join(["```mermaid", "flowchart LR", *(f"  {start} --> {end}" for start, end in sorted(edges)), "```"])


def _shown(rule: str) -> str:
    return next((name for start, name in FAMILIES.items() if rule.startswith(start)), rule)


def _reduced(edges: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the edges less each one whose end is reached from its start by others."""
    kept = set(edges)
    for edge in sorted(edges):
        if _reaches(kept - {edge}, *edge):
            kept.remove(edge)
    return kept


def _reaches(edges: set[tuple[str, str]], start: str, end: str) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        following = {after for before, after in edges if before == here} - seen
        seen |= following
        waiting += following
    return end in seen

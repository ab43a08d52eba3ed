"""Paths: the chains of ties by which two constructs hang together, the strongest and surest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

import networkx as nx

from kg.structure.ties import Tie, Told, network_of

#: What a path is; printed with every path.
RULE = """\
A path is as long as its steps together. It says that findings connect, not that one construct acts on the next: steps
come from different people, and their signs are not multiplied. Ties that are null, or tell of no relation, make no step
unless --nulls; findings that are not significant are then listed with their step, too."""

#: Stand for all constructs that a path may begin or end at; no slug holds a space.
_START, _END = "from here", "to there"


@dataclass(frozen=True)
class Step:
    """One tie of a path, as it is walked, with the findings that make it."""

    start: str
    end: str
    tie: Tie
    findings: tuple[Told, ...]


@dataclass(frozen=True)
class Path:
    """Steps from one construct to another, and how long they are together."""

    steps: tuple[Step, ...]
    length: float


def paths(
    found: Iterable[Tie], starts: Collection[str], ends: Collection[str], *, most: int = 1, nulls: bool = False
) -> tuple[Path, ...]:
    """The ``most`` shortest paths from one of ``starts`` to one of ``ends``, none passing through another of them."""
    graph = network_of(found, nulls=nulls)
    walked = graph.copy()
    walked.add_edges_from((_START, node, {"length": 0.0}) for node in sorted(starts) if node in graph)
    walked.add_edges_from((node, _END, {"length": 0.0}) for node in sorted(ends) if node in graph)
    if _START not in walked or _END not in walked:
        return ()
    return tuple(islice((_path(graph, nodes, nulls) for nodes in _walks(walked, {*starts, *ends})), most))


def _walks(graph: nx.Graph, outer: set[str]) -> Iterator[list[str]]:
    """The nodes of each path, shortest first."""
    try:
        for _, *nodes, _ in nx.shortest_simple_paths(graph, _START, _END, weight="length"):
            if outer.isdisjoint(nodes[1:-1]):
                yield nodes
    except nx.NetworkXNoPath:
        return


def _path(graph: nx.Graph, nodes: list[str], nulls: bool) -> Path:
    steps = tuple(_step(start, end, graph[start][end]["tie"], nulls) for start, end in pairwise(nodes))
    return Path(steps, sum(step.tie.length for step in steps))


def _step(start: str, end: str, tie: Tie, nulls: bool) -> Step:
    shown = tuple(each for each in tie.findings if nulls or each.outcome not in ("null", "untold"))
    return Step(start, end, tie, shown)

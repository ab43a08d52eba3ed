"""Findings as a graph of constructs, for networkx.

Takes rows of the question ``findings`` (from any store) and gives a MultiDiGraph with one edge a
finding, so that whatever is drawn or exported has exactly the findings that were asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import networkx as nx

from kg.names import local_name
from kg.store import Row


def network(findings: Iterable[Row]) -> nx.MultiDiGraph:
    """Constructs as nodes (id: slug; ``label``, ``iri``) and findings as edges (key: slug of the finding).

    An edge runs from subject to object; a mediation or moderation runs from the third construct to
    the object, because that is what it is about. Edge data are the columns of the row.
    """
    graph = nx.MultiDiGraph()
    for row in findings:
        start = "third" if row["thirdIri"] else "subject"
        ends = []
        for role in (start, "object", "subject"):
            iri = str(row[f"{role}Iri"])
            graph.add_node(local_name(iri), label=str(row[role]), iri=iri)
            ends.append(local_name(iri))
        graph.add_edge(ends[0], ends[1], key=local_name(str(row["finding"])), **row)
    return graph


def busiest(graph: nx.MultiDiGraph) -> str:
    """The construct with the most findings; of several, the first by name."""
    return str(min(graph.nodes, key=lambda node: (-graph.degree(node), node)))


def ego(graph: nx.MultiDiGraph, centre: str, limit: int) -> tuple[nx.MultiDiGraph, int]:
    """The findings between ``centre`` and its neighbours, and how many neighbours were left out.

    At most ``limit`` nodes are kept, those with the most findings at the centre first.
    """
    touching = Counter(node for edge in _at(graph, centre) for node in edge[:2] if node != centre)
    ranked = sorted(touching, key=lambda node: (-touching[node], node))
    kept = {centre, *ranked[: limit - 1]}
    chosen = nx.MultiDiGraph()
    chosen.add_nodes_from((node, graph.nodes[node]) for node in sorted(kept))
    chosen.add_edges_from((a, b, key, data) for a, b, key, data in _at(graph, centre) if {a, b} <= kept)
    return chosen, max(0, len(ranked) - (limit - 1))


def _at(graph: nx.MultiDiGraph, centre: str) -> Iterator[tuple[str, str, str, Row]]:
    yield from graph.out_edges(centre, keys=True, data=True)
    yield from ((a, b, key, data) for a, b, key, data in graph.in_edges(centre, keys=True, data=True) if a != b)


def rows_of(graph: nx.MultiDiGraph) -> list[Row]:
    """The findings that a network draws, in order of name: the same rows that it was made of."""
    return [data for _, _, _, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[2])]

"""Findings as a graph of constructs, for networkx.

Takes rows of the question ``findings`` (from any store) and gives a MultiDiGraph with one edge a
result, so that whatever is drawn or exported has exactly the findings that were asked for, and a result
that several of them tell once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

import networkx as nx

from kg.names import local_name
from kg.store import Row


def roles(finding: Row) -> dict[str, str]:
    """Role (subject, object, third) -> slug of the construct that has it in a finding."""
    iris = {role: finding[f"{role}Iri"] for role in ("subject", "object", "third")}
    return {role: local_name(str(iri)) for role, iri in iris.items() if iri}


def once(findings: Iterable[Row]) -> list[Row]:
    """Each result as the one of the findings on the same constructs that tells most of it (``ca:countedWith``).

    ``toldAlso`` of a row names the others, and where each was read; None where there is none.
    """
    rows = {str(row["finding"]): row for row in findings}
    told: dict[str, list[str]] = {name: [] for name in rows}
    for name, row in rows.items():
        first = rows.get(str(row["repeats"]))
        if first is not None and set(roles(first).values()) == set(roles(row).values()):
            told.pop(name)
            told[str(first["finding"])].append(f"{local_name(name)} ({row['source']}, {row['locator']})")
    return [{**rows[name], "toldAlso": "; ".join(others) or None} for name, others in told.items()]


def network(findings: Iterable[Row]) -> nx.MultiDiGraph:
    """Constructs as nodes (id: slug; ``label``, ``iri``) and results as edges (key: slug of the finding that tells it).

    An edge runs from subject to object; a mediation or moderation runs from the third construct to
    the object, because that is what it is about. Edge data are the columns of the row; ``roles``
    of them tells every construct of the finding, ``toldAlso`` what else tells the same result.
    """
    graph = nx.MultiDiGraph()
    for row in once(findings):
        named = roles(row)
        for role, node in named.items():
            graph.add_node(node, label=str(row[role]), iri=str(row[f"{role}Iri"]))
        start = named.get("third", named["subject"])
        graph.add_edge(start, named["object"], key=local_name(str(row["finding"])), **row)
    return graph


#: Results by what they are on: the constructs of a finding, in whatever roles -> how many results are on exactly these.
Bundles = Mapping[frozenset[str], int]


def bundled(findings: Iterable[Row]) -> Bundles:
    """Results as bundles, each finding being one."""
    return Counter(frozenset(roles(row).values()) for row in findings)


def busiest(bundles: Bundles) -> str:
    """The construct with the most results, in any role; of several, the first by name."""
    results = _touching(bundles)
    return min(results, key=lambda node: (-results[node], node))


def kept(bundles: Bundles, centres: Collection[str], limit: int) -> tuple[frozenset[str], int]:
    """The constructs that are drawn around ``centres``, and how many with results on these are left out.

    Kept are the centres, as one, and around them those with the most results at a centre: ``limit`` with the centre.
    One that no result between these is about is not kept.
    """
    near = {nodes: results for nodes, results in bundles.items() if not nodes.isdisjoint(centres)}
    touching = _touching(near)
    around = sorted(touching.keys() - set(centres), key=lambda node: (-touching[node], node))
    likely = touching.keys() & set(centres) | set(around[: limit - 1])
    busy = frozenset[str]().union(*(nodes for nodes in near if nodes <= likely))
    return busy, len(touching) - len(busy)


def _touching(bundles: Bundles) -> Counter[str]:
    """Construct -> how many results it has a role in."""
    touching: Counter[str] = Counter()
    for nodes, results in bundles.items():
        touching.update(dict.fromkeys(nodes, results))
    return touching


def ego(graph: nx.MultiDiGraph, centres: Collection[str], limit: int) -> tuple[nx.MultiDiGraph, int]:
    """The findings in which one of ``centres`` has any role, among the constructs that are kept; how many are not."""
    near = list(at(graph, centres))
    nodes, left_out = kept(bundled(row for *_, row in near), centres, limit)
    chosen = nx.MultiDiGraph()
    chosen.add_nodes_from((node, graph.nodes[node]) for node in sorted(nodes))
    chosen.add_edges_from(edge for edge in near if nodes.issuperset(roles(edge[3]).values()))
    return chosen, left_out


#: What a map can show and still be read: constructs, findings; and how many constructs it shows whatever comes of it.
_MOST_CONSTRUCTS, _MOST_FINDINGS, _FEWEST_CONSTRUCTS = 20, 60, 5


def legible_limit(bundles: Bundles, centres: Collection[str]) -> int:
    """How many constructs may stand around ``centres`` so that neither they nor their findings are too many to read."""
    near = {nodes: results for nodes, results in bundles.items() if not nodes.isdisjoint(centres)}

    def drawn(limit: int) -> int:
        constructs, _ = kept(near, centres, limit)
        return sum(results for nodes, results in near.items() if nodes <= constructs)

    limits = range(_MOST_CONSTRUCTS, _FEWEST_CONSTRUCTS, -1)
    return next((limit for limit in limits if drawn(limit) <= _MOST_FINDINGS), _FEWEST_CONSTRUCTS)


def at(graph: nx.MultiDiGraph, centres: Collection[str]) -> Iterator[tuple[str, str, str, Row]]:
    """The edges of the findings in which one of ``centres`` has any role."""
    for start, end, key, row in graph.edges(keys=True, data=True):
        if not set(centres).isdisjoint(roles(row).values()):
            yield start, end, key, row


def rows_of(graph: nx.MultiDiGraph) -> list[Row]:
    """The findings that a network draws, in order of name: the same rows that it was made of."""
    return [data for _, _, _, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[2])]

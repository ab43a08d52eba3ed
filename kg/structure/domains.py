"""Domains: the ties that lead from one to another, and the constructs that alone hold two of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import networkx as nx

from kg.names import local_name
from kg.store import Row
from kg.structure.ties import Tie, network_of

#: Construct (slug) -> its domains, by name.
Domains = Mapping[str, frozenset[str]]

#: What a bridge is; printed with every list of them.
RULE = """\
A domain is one of the broadest kinds of construct in the ontology. A bridge is a tie between constructs that share no
domain. It is the only way where no other chain of ties that relate joins its two constructs. A null tie joins nothing:
it is listed, because somebody looked."""


@dataclass(frozen=True)
class Bridge:
    """A tie between two domains. ``only`` is whether nothing else joins its two constructs, however far around."""

    tie: Tie
    domains: tuple[tuple[str, ...], tuple[str, ...]]
    only: bool


def domains_of(rows: Iterable[Row]) -> Domains:
    """The domains in an answer of the question ``domains``."""
    named: dict[str, set[str]] = {}
    for row in rows:
        named.setdefault(local_name(str(row["construct"])), set()).add(str(row["domainLabel"]))
    return {construct: frozenset(domains) for construct, domains in named.items()}


def bridges(found: Iterable[Tie], domains: Domains) -> tuple[Bridge, ...]:
    """The ties between domains: those with the most samples and then people first, then by name."""
    found = list(found)
    alone = {frozenset(edge) for edge in nx.bridges(network_of(found))}
    across = [
        Bridge(tie, _sides(tie, domains), frozenset(tie.pair) in alone)
        for tie in found
        if _of(tie.pair[0], domains).isdisjoint(_of(tie.pair[1], domains))
    ]
    return tuple(
        sorted(across, key=lambda each: (-len(each.tie.people), -sum(each.tie.people.values()), each.tie.pair))
    )


def separated(graph: nx.Graph, domains: Domains) -> dict[str, tuple[tuple[str, str], ...]]:
    """Construct -> the pairs of domains that hang together only through it.

    Both domains have other constructs in the graph, and without this one no chain of edges joins any of them.
    """
    joined = _joined(graph, domains)
    articulate = set(nx.articulation_points(graph))
    return {node: tuple(sorted(_lost(graph, node, domains, joined))) if node in articulate else () for node in graph}


def _lost(graph: nx.Graph, node: str, domains: Domains, joined: set[tuple[str, str]]) -> set[tuple[str, str]]:
    rest = graph.subgraph(set(graph) - {node})
    left = {domain for each in rest for domain in _of(each, domains)}
    return {pair for pair in joined - _joined(rest, domains) if left.issuperset(pair)}


def _joined(graph: nx.Graph, domains: Domains) -> set[tuple[str, str]]:
    """The pairs of domains that have constructs in one connected part of the graph."""
    parts = (
        sorted({domain for node in part for domain in _of(node, domains)}) for part in nx.connected_components(graph)
    )
    return {pair for part in parts for pair in combinations(part, 2)}


def _of(construct: str, domains: Domains) -> frozenset[str]:
    return domains.get(construct, frozenset())


def _sides(tie: Tie, domains: Domains) -> tuple[tuple[str, ...], tuple[str, ...]]:
    first, second = (tuple(sorted(_of(end, domains))) for end in tie.pair)
    return first, second

"""Communities: constructs that are more often tied to one another than to the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx

from kg.structure.ties import Tie, network_of

#: How communities are found; printed with them.
RULE = """\
Louvain's method (Blondel et al. 2008) with a fixed seed, over the ties that relate, each weighing the number of its
samples: the same communities in each run. Signs do not count: a community is what was studied and found related
together, not what goes up together. Modularity (Newman 2006) is from -0.5 to 1; below 0.3 the division is weak."""

_SEED = 4


@dataclass(frozen=True)
class Community:
    """Constructs (slug and label, by name) that hang together; ``inside`` and ``outside`` count their ties."""

    members: tuple[tuple[str, str], ...]
    inside: int
    outside: int


@dataclass(frozen=True)
class Division:
    """The communities, largest first and then by name, and how far their ties stay inside them."""

    communities: tuple[Community, ...]
    modularity: float


def communities(found: Iterable[Tie]) -> Division:
    """The division of the constructs that some tie relates; without one, no community and a modularity of 0."""
    graph = network_of(found)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    if not graph:
        return Division((), 0.0)
    parts = nx.community.louvain_communities(graph, weight="samples", seed=_SEED)
    ordered = sorted((sorted(part) for part in parts), key=lambda part: (-len(part), part))
    modularity = float(nx.community.modularity(graph, parts, weight="samples"))
    return Division(tuple(_community(graph, part) for part in ordered), modularity)


def _community(graph: nx.Graph, part: list[str]) -> Community:
    members = tuple((node, str(graph.nodes[node]["label"])) for node in part)
    inside = graph.subgraph(part).number_of_edges()
    return Community(members, inside, sum(degree for _, degree in graph.degree(part)) - 2 * inside)

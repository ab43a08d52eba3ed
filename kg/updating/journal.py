"""What changes in a store while it is brought up to date: each quad that went, and each that came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.names import PREFIXES, graph_iri
from kg.store.embedded import Embedded, plain


class Journal:
    """A store that is being changed. What goes and comes back did not change."""

    def __init__(self, store: Embedded) -> None:
        self.store = store
        self.gone: set[ox.Quad] = set()
        self.new: set[ox.Quad] = set()

    def take(self, quads: Iterable[ox.Quad]) -> None:
        """Take quads away that are in the store."""
        taken = set(quads)
        self.store.remove(taken)
        self.gone |= taken - self.new
        self.new -= taken

    def put(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads; those that are in the store already are not new."""
        added = {quad for quad in quads if not self.store.has(quad)}
        self.store.add(added)
        self.new |= added - self.gone
        self.gone -= added

    def forget(self, names: Iterable[str], graph: str) -> None:
        """Take away everything that a named graph says of these individuals, or of others in terms of them."""
        self.take({quad for name in names for quad in self.store.naming(name, graph_iri(graph))})

    def subjects(self) -> set[str]:
        """The individuals of which something else is said now."""
        return {quad.subject.value for quad in self.gone | self.new if isinstance(quad.subject, ox.NamedNode)}

    def growth(self) -> Counter[str]:
        """By how many quads each named graph is larger."""
        grown = Counter(_graph(self.new))
        grown.subtract(_graph(self.gone))
        return grown


def _graph(quads: Iterable[ox.Quad]) -> Iterator[str]:
    for quad in quads:
        yield plain(quad.graph_name).removeprefix(PREFIXES["graph"])


def as_quads(graphs: Iterable[tuple[str, str]]) -> set[ox.Quad]:
    """Named graphs, each a name and N-Triples, as the quads that a store makes of them."""
    store = Embedded.in_memory()
    for name, ntriples in graphs:
        store.load(ntriples, graph_iri(name))
    return set(store.quads())


def is_named(quad: ox.Quad) -> bool:
    """Whether a quad is about an individual with a name, and says nothing of nameless ones."""
    return isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode)

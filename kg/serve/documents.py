"""Documents: what the graph says of one IRI, as triples that can be handed out by themselves.

- Everything that the thing says of itself, with the lists and restrictions it spells out.
- Everything that points at it; but not at a class, a property, a word of a closed list, or a dataset, which half the
  graph points at: who wants those instances asks the endpoint.
- Of a finding, the edges that it reifies.
- The labels of whatever is named.

The ontology's own document is the whole ontology; that of the dataset and of a named graph tells how large it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from kg.names import BASE, CODE_KINDS, ONTOLOGY, PLAIN, PREFIXES, graph_iri, kind_of
from kg.questions import export_query
from kg.resources import shipped
from kg.serve.descriptions import DATASET, Descriptions
from kg.store import Store
from kg.store.embedded import Embedded

#: Kinds at which half the graph points.
_POINTED_AT_BY_MANY = {"ontology", "dataset", "graph", *CODE_KINDS}
_REPLACED = ox.NamedNode(PREFIXES["dcterms"] + "isReplacedBy")
_VERSION = ox.NamedNode(PREFIXES["owl"] + "versionIRI")
#: Labels are asked for this many things at a time: engines read no query of any length.
_AT_ONCE = 500

_MOVED = """
SELECT DISTINCT ?thing WHERE {
  { ?thing dcterms:isReplacedBy ?other } UNION { ?ontology owl:versionIRI ?thing }
} ORDER BY ?thing"""
_TOLD = "SELECT ?property WHERE { <%s> ?property ?value } LIMIT 1"

Triples = set[ox.Triple]


@dataclass(frozen=True)
class Document:
    """What is said of an IRI, as N-Triples; ``replaced_by`` are the IRIs that an obsolete one gave way to."""

    iri: str
    ntriples: str
    replaced_by: tuple[str, ...] = ()


class Documents:
    """The documents of one store."""

    def __init__(self, store: Store, descriptions: Descriptions) -> None:
        self._store = store
        self._descriptions = descriptions

    def about(self, local: str) -> Document | None:
        """The document of the IRI that is ``local`` after the base; None where the graph says nothing of it."""
        if not PLAIN.fullmatch(local):
            return None
        iri = BASE + local
        if iri == DATASET:
            return Document(iri, self._descriptions.dataset())
        if iri.startswith(PREFIXES["graph"]):
            described = self._descriptions.graph(iri)
            return Document(iri, described) if described.strip() else None
        if iri == ONTOLOGY or self.is_version(local):
            return Document(iri, self._store.graph(_query("document-graph", graph=[graph_iri("ontology")])))
        return self._of_thing(iri)

    def is_told(self, local: str) -> bool:
        """Whether the graph says anything of what has a page: of two constructs where a finding joins these very two,
        of anything else always, so that the store need not be asked.
        """
        if not local.startswith("pair/"):
            return True
        return bool(PLAIN.fullmatch(local)) and bool(self._store.select(_TOLD % (BASE + local)))

    def replaced_by(self, local: str) -> tuple[str, ...]:
        """What the thing gave way to, as IRIs; nothing where it is not obsolete."""
        if not PLAIN.fullmatch(local) or not self._may_have_moved(local):
            return ()
        return _replacements(self._said_of(BASE + local))

    def is_version(self, local: str) -> bool:
        """Whether the IRI is that of the version of the ontology which the graph holds."""
        if not local.startswith("ontology/") or not PLAIN.fullmatch(local) or not self._may_have_moved(local):
            return False
        version = ox.NamedNode(BASE + local)
        return any(each.predicate == _VERSION and each.object == version for each in self._said_of(ONTOLOGY))

    def _may_have_moved(self, local: str) -> bool:
        """Whether to ask the store about it: each page is asked this, and of a build the answer stays the same."""
        return not isinstance(self._store, Embedded) or BASE + local in self._moved

    @cached_property
    def _moved(self) -> frozenset[str]:
        """Everything that gave way to something else, and the version of the ontology."""
        return frozenset(map(str, self._store.select(_MOVED).column("thing")))

    def _of_thing(self, iri: str) -> Document | None:
        said = self._said_of(iri)
        if not said:
            return None
        replaced_by = _replacements(said)
        for replacement in replaced_by:
            said |= self._said_of(replacement)
        kind = kind_of(iri)
        if kind not in _POINTED_AT_BY_MANY:
            said |= self._triples("document-pointing", o=[iri])
        if kind == "finding":
            said |= self._triples("document-edges", finding=[iri])
        said |= self._labels(said)
        return Document(iri, _ntriples(said), replaced_by)

    def _said_of(self, iri: str) -> Triples:
        return self._triples("document", s=[iri], thing=[iri])

    def _labels(self, said: Triples) -> Triples:
        """The labels of whatever the triples name."""
        terms = {term for triple in said for term in (triple.subject, triple.predicate, triple.object)}
        named = sorted(term.value for term in terms if isinstance(term, ox.NamedNode) and term.value.startswith(BASE))
        labels: Triples = set()
        for start in range(0, len(named), _AT_ONCE):
            labels |= self._triples("document-labels", thing=named[start : start + _AT_ONCE])
        return labels

    def _triples(self, name: str, **iris: Iterable[str]) -> Triples:
        """The answer of a query of ``queries/exports/``, its parameters bound to IRIs."""
        return {
            quad.triple for quad in ox.parse(self._store.graph(_query(name, **iris)), format=ox.RdfFormat.N_TRIPLES)
        }


def _replacements(said: Triples) -> tuple[str, ...]:
    found = (each.object for each in said if each.predicate == _REPLACED)
    return tuple(sorted(each.value for each in found if isinstance(each, ox.NamedNode)))


def _query(name: str, **iris: Iterable[str]) -> str:
    return export_query(shipped(), name, {key: [f"<{iri}>" for iri in values] for key, values in iris.items()})


def _ntriples(triples: Triples) -> str:
    text: bytes = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)  # type: ignore[assignment]
    return text.decode()

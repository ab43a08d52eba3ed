"""The whole graph, or an answer that is a graph, as RDF."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from kg.names import PREFIXES
from kg.questions import export_query
from kg.resources import shipped
from kg.store import Store

_EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_GRAPHS = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
_RDF = PREFIXES["rdf"]

#: Format -> how pyoxigraph calls it. Those in QUAD_FORMATS keep the named graphs apart.
RDF_FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
QUAD_FORMATS = {"trig", "nq", "jsonld"}


def whole_graph(store: Store, format: str) -> str:
    """Everything in the store in one RDF format; the same bytes from the same graph."""
    if format in QUAD_FORMATS:
        quads = [
            ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(str(name)))
            for name in store.select(_GRAPHS).column("g")
            for triple in _triples(store.graph(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"))
        ]
    else:
        quads = list(_triples(store.graph(_EVERYTHING)))
    return _serialized(quads, RDF_FORMATS[format])


def graph_answer(ntriples: str, format: str) -> str:
    """The answer of a CONSTRUCT or DESCRIBE query (N-Triples) in one RDF format."""
    return _serialized(list(_triples(ntriples)), RDF_FORMATS[format])


def reified(store: Store) -> str:
    """Turtle 1.2: the whole graph, with every finding reifying the edge it entails (rdf:reifies)."""
    reifies = ox.NamedNode(_RDF + "reifies")
    quads = list(_triples(store.graph(_EVERYTHING)))
    for row in store.select(export_query(shipped(), "reified-edges", {})):
        finding, start, edge, end = (ox.NamedNode(str(row[name])) for name in ("finding", "from", "edge", "to"))
        quads.append(ox.Quad(finding, reifies, ox.Triple(start, edge, end)))
    return _serialized(quads, ox.RdfFormat.TURTLE)


def _triples(ntriples: str) -> list[ox.Quad]:
    """Parsed, with blank nodes of their own: an engine may use one label in the answers about two graphs."""
    return list(ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=True))


def _serialized(quads: list[ox.Quad], format: ox.RdfFormat) -> str:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    ordered = sorted(dataset, key=lambda quad: (str(quad.graph_name), str(quad)))
    text: bytes = ox.serialize(ordered, format=format, prefixes=PREFIXES)  # type: ignore[assignment]
    return text.decode()


EXPORTERS: dict[str, Callable[[Store], str]] = {
    **{name: (lambda store, name=name: whole_graph(store, name)) for name in RDF_FORMATS},  # type: ignore[misc]
    "ttl12": reified,
}

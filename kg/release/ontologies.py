"""The ontology as others load it: base, full and reasoned, each in Turtle, RDF/XML and OBO Graphs JSON.

- **base**: our axioms and terms, and nothing of others.
- **full**: with what our terms correspond to elsewhere, our upper classes under upper ontologies, and the names of all
  that is linked to.
- **reasoned**: with what HermiT infers about the terms, so that who loads it needs no reasoner.
"""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef

from kg.export.graphs import graph_answer
from kg.export.vocabularies import obographs
from kg.mapping_triples import elsewhere_path, ontologies_path
from kg.names import ONTOLOGY, PREFIXES, graph_iri
from kg.ontology import read_turtle
from kg.reason import read_inferences
from kg.release.parts import Parts
from kg.resources import Rooms
from kg.store.embedded import Embedded

_HEADER = URIRef(ONTOLOGY)
_IS = {
    "base": "our own axioms and terms, nothing of others",
    "full": "base, with our upper classes under BFO, IAO, OBI, SEPIO and PROV, and links to other ontologies",
    "reasoned": "full, with what HermiT infers about the terms",
}
_FORMATS = {"ttl": ("ttl", "Turtle"), "owl": ("rdfxml", "RDF/XML")}


def add_ontologies(parts: Parts, said: dict[str, Graph], links: Graph, rooms: Rooms) -> None:
    """Write the three, each in three formats. ``said`` are the named graphs; ``links`` lead to other ontologies."""
    for name, graph in _products(said, links, rooms):
        ntriples = graph.serialize(format="nt")
        for suffix, (format, called) in _FORMATS.items():
            parts.add(
                f"ontology/{name}.{suffix}", graph_answer(ntriples, format), f"Ontology {name}: {_IS[name]} ({called})"
            )
        store = Embedded.in_memory()
        store.load(ntriples, graph_iri("ontology"))
        parts.add(f"ontology/{name}.json", obographs(store), f"Ontology {name}: {_IS[name]} (OBO Graphs)")


def _products(said: dict[str, Graph], links: Graph, rooms: Rooms) -> Iterator[tuple[str, Graph]]:
    """Each product in turn: one graph that grows, under a version IRI of its own; two documents must not share one."""
    whole = said["ontology"] + said["vocabulary"] + said.get("obsolete", Graph())
    version = whole.value(_HEADER, OWL.versionIRI)
    about = list(whole.objects(_HEADER, RDFS.comment))
    inferred = Graph().parse(data=read_inferences(rooms, said["vocabulary"]), format="nt")
    for name, added in (("base", Graph()), ("full", links + _upper(rooms)), ("reasoned", inferred)):
        whole += added
        whole.set((_HEADER, OWL.versionIRI, URIRef(f"{version}/{name}")))
        whole.remove((_HEADER, RDFS.comment, None))
        for comment in (*about, Literal(f"This document: {_IS[name]}.", lang="en")):
            whole.add((_HEADER, RDFS.comment, comment))
        yield name, whole


def _upper(rooms: Rooms) -> Graph:
    """Our upper classes under those of others, and the names of what is linked to; without headers of their own."""
    graph = Graph()
    for path in (rooms.ontology / "alignment" / "upper.ttl", ontologies_path(rooms), elsewhere_path(rooms)):
        if path.exists():
            graph += read_turtle(path, rooms.shown(path))
    for header in list(graph.subjects(RDF.type, OWL.Ontology)):
        graph.remove((header, None, None))
    return graph


def links_among(mappings: str) -> Graph:
    """Of the graph of mappings (N-Triples) the links alone: the sets beside tell who says so, and how surely."""
    whole = Graph().parse(data=mappings, format="nt")
    links = Graph()
    for triple in whole:
        if str(triple[1]).startswith(PREFIXES["skos"]):
            links.add(triple)
    return links

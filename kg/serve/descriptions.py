"""Descriptions: the dataset in VoID and DCAT, its named graphs, and the endpoint as a SPARQL service."""

from __future__ import annotations

from functools import cached_property

from rdflib import DCAT, DCTERMS, RDF, RDFS, VOID, Graph, Literal, Namespace, URIRef

from kg.export.graphs import graph_answer
from kg.names import BASE, ONTOLOGY, PREFIXES
from kg.questions import export_query
from kg.resources import shipped
from kg.serve.negotiation import Form
from kg.store import Store

DATASET = BASE + "dataset"
ENDPOINT = BASE + "sparql"

_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORMATS = Namespace("http://www.w3.org/ns/formats/")
_EXPORTS = {"ttl": "ttl", "jsonld": "jsonld", "rdf": "rdfxml", "nt": "nt"}
_GRAPH_FORMATS = ("Turtle", "JSON-LD", "RDF_XML", "N-Triples")
_ROW_FORMATS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_VOCABULARIES = ("skos", "prov", "dcterms", "bibo")


def serialized(ntriples: str, form: Form) -> str:
    """Triples in one of the forms of graphs; the same bytes from the same triples."""
    return graph_answer(ntriples, _EXPORTS[form.suffix])


class Descriptions:
    """What can be said of the graph as a whole. It is counted once: a build does not change."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def graphs(self) -> dict[str, int]:
        """The named graphs -> how many triples each holds."""
        rows = self._store.select(export_query(shipped(), "graphs", {}))
        return {str(row["graph"]): int(str(row["triples"])) for row in rows}

    def dataset(self) -> str:
        """The dataset, as N-Triples: what the graph says of it, its parts, and where it is asked."""
        graph = Graph().parse(data=self.data(), format="nt")
        graph.add((URIRef(DATASET), VOID.sparqlEndpoint, URIRef(ENDPOINT)))
        for format in _GRAPH_FORMATS:
            graph.add((URIRef(DATASET), VOID.feature, _FORMATS[format]))
        self._add_service(graph)
        return graph.serialize(format="nt")

    def data(self) -> str:
        """The dataset, as N-Triples: what the graph says of it, and its parts; wherever it lies."""
        said = self._store.graph(
            export_query(shipped(), "document", {"s": [f"<{DATASET}>"], "thing": [f"<{DATASET}>"]})
        )
        graph = Graph().parse(data=said, format="nt")
        dataset = URIRef(DATASET)
        for kind in (VOID.Dataset, DCAT.Dataset):
            graph.add((dataset, RDF.type, kind))
        graph.add((dataset, VOID.uriSpace, Literal(BASE)))
        graph.add((dataset, VOID.triples, Literal(sum(self.graphs.values()))))
        graph.add((dataset, VOID.rootResource, URIRef(ONTOLOGY)))
        graph.add((dataset, VOID.rootResource, URIRef(BASE + "vocabulary")))
        for name in ("ca", *_VOCABULARIES):
            graph.add((dataset, VOID.vocabulary, URIRef(PREFIXES[name])))
        for iri in self.graphs:
            self._add_graph(graph, iri)
        return graph.serialize(format="nt")

    def graph(self, iri: str) -> str:
        """A named graph, as N-Triples: how large it is and what it is a part of; nothing where there is none."""
        graph = Graph()
        if iri in self.graphs:
            self._add_graph(graph, iri)
        return graph.serialize(format="nt")

    def service(self, address: str) -> str:
        """The endpoint at ``address``, as N-Triples, after SPARQL 1.1 Service Description."""
        graph = Graph()
        service, whole, union = URIRef(address), URIRef(DATASET), URIRef(f"{DATASET}#union")
        graph.add((service, RDF.type, _SD.Service))
        graph.add((service, _SD.endpoint, service))
        graph.add((service, _SD.supportedLanguage, _SD.SPARQL11Query))
        graph.add((service, _SD.feature, _SD.UnionDefaultGraph))
        for format in (*_ROW_FORMATS, *_GRAPH_FORMATS):
            graph.add((service, _SD.resultFormat, _FORMATS[format]))
        graph.add((service, _SD.defaultDataset, whole))
        graph.add((whole, RDF.type, _SD.Dataset))
        graph.add((whole, _SD.defaultGraph, union))
        graph.add((union, RDF.type, _SD.Graph))
        graph.add((union, VOID.triples, Literal(sum(self.graphs.values()))))
        for iri, triples in self.graphs.items():
            part = URIRef(iri)
            graph.add((whole, _SD.namedGraph, part))
            graph.add((part, RDF.type, _SD.NamedGraph))
            graph.add((part, _SD.name, part))
            graph.add((part, _SD.graph, part))
            graph.add((part, VOID.triples, Literal(triples)))
        return graph.serialize(format="nt")

    def _add_graph(self, graph: Graph, iri: str) -> None:
        part = URIRef(iri)
        graph.add((URIRef(DATASET), VOID.subset, part))
        graph.add((part, RDF.type, VOID.Dataset))
        graph.add((part, RDFS.label, Literal(iri.removeprefix(PREFIXES["graph"]), lang="en")))
        graph.add((part, VOID.triples, Literal(self.graphs[iri])))
        graph.add((part, DCTERMS.isPartOf, URIRef(DATASET)))

    def _add_service(self, graph: Graph) -> None:
        service = URIRef(ENDPOINT)
        graph.add((service, RDF.type, DCAT.DataService))
        graph.add((service, DCAT.endpointURL, service))
        graph.add((service, DCAT.servesDataset, URIRef(DATASET)))
        graph.add((service, DCTERMS.conformsTo, URIRef("http://www.w3.org/TR/sparql11-protocol/")))

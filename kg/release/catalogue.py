"""The dataset in DCAT and VoID: what it is, in which files it comes, and what it is linked to.

Files are named relative to the description, so that it holds wherever the bundle lies.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rdflib import DCAT, DCTERMS, FOAF, RDF, VOID, XSD, Graph, Literal, Namespace, URIRef

from kg.names import PREFIXES, slug
from kg.release.about import About
from kg.release.parts import Part
from kg.serve.descriptions import DATASET, Descriptions
from kg.store import Store

_SPDX = Namespace("http://spdx.org/rdf/terms#")
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
#: How a file of the whole graph ends; VoID calls such a file a dump.
_DUMPS = (".nq", ".trig", ".jsonld")
_LINKS = """
SELECT ?source ?relation (COUNT(DISTINCT ?mapping) AS ?links) WHERE {
  ?set a sssom:MappingSet ; sssom:object_source ?source .
  ?mapping dcterms:isPartOf ?set ; owl:annotatedProperty ?relation .
  ?mapping owl:annotatedSource ?ours ; owl:annotatedTarget ?theirs .
  ?ours ?relation ?theirs
} GROUP BY ?source ?relation ORDER BY ?source ?relation"""


def catalogue(store: Store, told: About, parts: Iterable[Part]) -> str:
    """The description of the dataset, as Turtle."""
    graph = Graph().parse(data=Descriptions(store).data(), format="nt")
    dataset = URIRef(DATASET)
    graph.add((dataset, DCTERMS.description, Literal(told.description, lang="en")))
    graph.add((dataset, URIRef(f"{DCAT}version"), Literal(told.version)))
    graph.add((dataset, DCTERMS.issued, Literal(told.date, datatype=XSD.date)))
    for name in told.creators:
        creator = URIRef(f"#{slug(name)}")
        graph.add((dataset, DCTERMS.creator, creator))
        graph.add((creator, RDF.type, FOAF.Agent))
        graph.add((creator, FOAF.name, Literal(name)))
    for word in told.keywords:
        graph.add((dataset, DCAT.keyword, Literal(word, lang="en")))
    for part in (each for each in parts if each.is_data):
        _add_distribution(graph, dataset, part, told)
    _add_links(graph, store)
    return _written(graph)


def _add_distribution(graph: Graph, dataset: URIRef, part: Part, told: About) -> None:
    file = URIRef(part.path)
    distribution = URIRef(f"#{part.path}")
    checksum = URIRef(f"#sha256-{part.path}")
    graph.add((dataset, DCAT.distribution, distribution))
    graph.add((distribution, RDF.type, DCAT.Distribution))
    graph.add((distribution, DCTERMS.title, Literal(part.what, lang="en")))
    graph.add((distribution, DCTERMS.license, URIRef(told.licence)))
    graph.add((distribution, DCAT.downloadURL, file))
    graph.add((distribution, DCAT.mediaType, URIRef(_MEDIA_TYPES + part.media_type)))
    graph.add((distribution, DCAT.byteSize, Literal(part.size, datatype=XSD.nonNegativeInteger)))
    graph.add((distribution, _SPDX.checksum, checksum))
    graph.add((checksum, RDF.type, _SPDX.Checksum))
    graph.add((checksum, _SPDX.algorithm, _SPDX.checksumAlgorithm_sha256))
    graph.add((checksum, _SPDX.checksumValue, Literal(part.digest, datatype=XSD.hexBinary)))
    if part.path.startswith("data/") and Path(part.path).suffix in _DUMPS:
        graph.add((dataset, VOID.dataDump, file))


def _add_links(graph: Graph, store: Store) -> None:
    """A linkset for each ontology that is linked to, and each relation."""
    for row in store.select(_LINKS):
        source, relation = str(row["source"]), str(row["relation"])
        links = URIRef(f"#links-{relation.rpartition('#')[2]}-{source.rpartition('/')[2]}")
        graph.add((links, RDF.type, VOID.Linkset))
        graph.add((URIRef(DATASET), VOID.subset, links))
        graph.add((links, VOID.subjectsTarget, URIRef(DATASET)))
        graph.add((links, VOID.objectsTarget, URIRef(source)))
        graph.add((links, VOID.linkPredicate, URIRef(relation)))
        graph.add((links, VOID.triples, Literal(int(str(row["links"])))))


def _written(graph: Graph) -> str:
    for prefix, namespace in {**PREFIXES, "dcat": str(DCAT), "spdx": str(_SPDX)}.items():
        graph.bind(prefix, namespace)
    return graph.serialize(format="turtle")

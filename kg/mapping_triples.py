"""Mapping sets as triples: the link itself in SKOS, and an individual that says how anybody knows (SSSOM).

An accepted mapping to a term is both. One that is denied, and a term that was looked for and not found, are
individuals only, so that no path runs over them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rdflib import DCTERMS, OWL, RDF, RDFS, Graph, Literal, URIRef

from kg.corpus import Corpus
from kg.errors import Problem
from kg.mappings.kept import KeptSet, is_link
from kg.mappings.records import Mapping
from kg.names import local_name
from kg.ontology import read_turtle
from kg.placed import suggestion
from kg.resources import Rooms
from kg.triples import Triple, term

#: What SSSOM calls a slot -> how a value of it stands in RDF.
_TEXTS = {
    "object_label": "sssom:object_label",
    "subject_category": "sssom:subject_category",
    "object_category": "sssom:object_category",
    "comment": "rdfs:comment",
}


def triples_of_sets(sets: Iterable[KeptSet]) -> Iterator[Triple]:
    """Everything that the sets say."""
    yield from ((term(name), RDF.type, OWL.Class) for name in ("sssom:Mapping", "sssom:MappingSet"))
    for kept in sets:
        yield from _set(kept)
        for mapping in kept.found.mappings:
            yield from _mapping(kept, mapping)


def _set(kept: KeptSet) -> Iterator[Triple]:
    head, iri = kept.found.head, URIRef(kept.iri)
    yield iri, RDF.type, term("sssom:MappingSet")
    yield iri, DCTERMS.license, URIRef(head.license)
    if head.mapping_set_title:
        yield iri, DCTERMS.title, Literal(head.mapping_set_title, lang="en")
    if head.mapping_set_version:
        yield iri, OWL.versionInfo, Literal(head.mapping_set_version)
    yield from ((iri, term("dc:creator"), Literal(each)) for each in head.creator_label)
    if head.object_source:
        yield iri, term("sssom:object_source"), URIRef(head.expand(head.object_source))
    if head.object_source_version:
        yield iri, term("sssom:object_source_version"), Literal(head.object_source_version)
    if head.mapping_date:
        yield iri, term("sssom:mapping_date"), Literal(head.mapping_date)
    if head.comment:
        yield iri, RDFS.comment, Literal(head.comment, lang="en")


def _mapping(kept: KeptSet, mapping: Mapping) -> Iterator[Triple]:
    expand, iri = kept.found.head.expand, URIRef(kept.iri_of(mapping))
    subject, predicate, target = (URIRef(expand(each)) for each in _ends(mapping))
    yield iri, RDF.type, term("sssom:Mapping")
    yield iri, DCTERMS.isPartOf, URIRef(kept.iri)
    yield iri, OWL.annotatedSource, subject
    yield iri, OWL.annotatedProperty, predicate
    yield iri, OWL.annotatedTarget, target
    yield iri, term("sssom:mapping_justification"), URIRef(expand(mapping.mapping_justification))
    if mapping.object_source:
        yield iri, term("sssom:object_source"), URIRef(expand(mapping.object_source))
    if mapping.object_source_version and mapping.object_source_version != kept.found.head.object_source_version:
        yield iri, term("sssom:object_source_version"), Literal(mapping.object_source_version)
    if mapping.confidence is not None:
        yield iri, term("sssom:confidence"), Literal(mapping.confidence)
    for slot, name in _TEXTS.items():
        if value := getattr(mapping, slot):
            yield iri, term(name), Literal(value)
    if mapping.predicate_modifier or not kept.accepted:
        yield iri, term("sssom:predicate_modifier"), Literal("Not")
    elif is_link(mapping):
        yield subject, predicate, target


def _ends(mapping: Mapping) -> tuple[str, str, str]:
    return mapping.subject_id, mapping.predicate_id, mapping.object_id


# --- what other ontologies say of the terms that are linked to -------------------------------


def read_elsewhere(rooms: Rooms) -> Graph:
    """The ontologies that are linked to, and of their terms the labels and superclasses, as they state them."""
    known = Graph()
    for path in (ontologies_path(rooms), elsewhere_path(rooms)):
        if path.exists():
            known += read_turtle(path, rooms.shown(path))
    return known


def ontologies_path(rooms: Rooms) -> Path:
    """The names of the ontologies that are linked to."""
    return rooms.ontology / "alignment" / "ontologies.ttl"


def elsewhere_path(rooms: Rooms) -> Path:
    """The extract of other ontologies."""
    return rooms.ontology / "alignment" / "targets.ttl"


# --- what a mapping says of our terms --------------------------------------------------------


def unknown_subjects(corpus: Corpus, axioms: Graph) -> Iterator[Problem]:
    """Mappings of terms that we do not have, or have under another label."""
    labels = _labels(corpus, axioms)
    for kept in corpus.mapping_sets:
        expand = kept.found.head.expand
        for row in kept.found.rows:
            iri, told = expand(row.record.subject_id), row.record.subject_label
            if local_name(iri) in corpus.broken or iri.split("/")[-2] in corpus.lost:
                continue
            if iri not in labels:
                near = suggestion(local_name(iri), {local_name(each) for each in labels}, "name a term of ontology/")
                yield row.problem("subject_id", f"'{row.record.subject_id}' is no term of ours", near)
            elif told and told != labels[iri]:
                what = f"the label of {row.record.subject_id} is '{labels[iri]}'"
                yield row.problem("subject_label", what, "see whether the mapping still holds, then write it so")


def _labels(corpus: Corpus, axioms: Graph) -> dict[str, str]:
    classes = {str(iri): str(label) for iri, label in axioms.subject_objects(RDFS.label)}
    return classes | {row.record.iri: row.record.label for row in corpus.terms()}

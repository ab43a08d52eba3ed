"""Records to RDF and back.

The marks on the fields of a record (``kg.records``) say which property carries each column, so there
is no second table of columns here; only the two cells that take more than one triple are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeVar

from rdflib import DCTERMS, OWL, RDF, SKOS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection

from kg.cells import Data, EthnicityShare, PValue, Ref
from kg.corpus import Corpus, Dataset
from kg.labels import made_label
from kg.names import BASE, KINDS, LICENCES, PROJECT, TERMS, curie, expand, kind_of, local_name, mint, slug
from kg.placed import Placed
from kg.records import (
    Code,
    Construct,
    DatasetInfo,
    Finding,
    FindingKind,
    Member,
    Obsolete,
    Publication,
    Record,
    Therapy,
    TherapyPart,
)
from kg.references import PROJECT_SOURCE, kind_of_row, targets

R = TypeVar("R", bound=Record)
Triple = tuple[Any, Any, Any]

#: The concept scheme to which every construct, code, therapy and part of therapies belongs.
VOCABULARY = URIRef(BASE + "vocabulary")
_CONCEPTS = (Construct, Therapy, Code, TherapyPart)


def term(curie: str) -> URIRef:
    """A CURIE with a known prefix as an RDF term."""
    iri = expand(curie)
    if iri is None:
        raise ValueError(f"not a CURIE with a known prefix: {curie}")
    return URIRef(iri)


# --- records to triples ----------------------------------------------------------------------


def triples_of(record: Record) -> Iterator[Triple]:
    """Every triple that says what the record says."""
    subject = URIRef(record.iri)
    kind = record.kind if isinstance(record, Member) else record.prefix
    yield from ((subject, RDF.type, each) for each in base_types(type(record), kind))
    for column, mark in record.marks().items():
        if isinstance(mark, Ref):
            yield from ((subject, term(mark.predicate), each) for each in _targets(record, column, mark))
        elif (value := getattr(record, column)) is not None:
            yield from _data(subject, mark, value)
    if isinstance(record, Publication):
        yield subject, term("dcterms:bibliographicCitation"), Literal(record.citation())
    if isinstance(record, _CONCEPTS):
        yield subject, SKOS.inScheme, VOCABULARY
    if isinstance(record, DatasetInfo) and record.licence in LICENCES:
        yield subject, DCTERMS.license, URIRef(LICENCES[record.licence])
    if isinstance(record, Obsolete):
        yield subject, OWL.deprecated, Literal(True)


def base_types(model: type[Record], kind: str) -> Iterator[URIRef]:
    """The types that come with a kind of record. Constructs and findings name their own; what is gone has none."""
    if issubclass(model, _CONCEPTS):
        yield SKOS.Concept
    if not issubclass(model, Construct | Finding | Obsolete):
        yield URIRef(TERMS + KINDS[kind])


def _targets(record: Record, column: str, mark: Ref) -> Iterator[URIRef]:
    for kind, name in targets(record, column, mark):
        yield URIRef(TERMS + name if kind == "class" else mint(kind, name))
    if column == "definition_source" and PROJECT_SOURCE in getattr(record, column):
        yield URIRef(PROJECT)


def _data(subject: URIRef, mark: Data, value: Any) -> Iterator[Triple]:
    predicate = term(mark.predicate)
    if isinstance(value, PValue):
        yield subject, predicate, Literal(value.number)
        yield subject, term("ca:pOperator"), Literal(value.operator)
    elif isinstance(value, tuple):
        for each in value:
            if isinstance(each, EthnicityShare):
                yield from _share(subject, predicate, each)
            else:
                yield subject, predicate, Literal(each, lang=mark.language)
    elif isinstance(value, str):
        yield subject, predicate, Literal(value, lang=mark.language)
    else:
        yield subject, predicate, Literal(value)
    if mark.also:
        yield from _data(subject, Data(mark.also, mark.language), value)


def _share(sample: URIRef, predicate: URIRef, share: EthnicityShare) -> Iterator[Triple]:
    node = URIRef(f"{sample}/ethnicity/{slug(share.group)}")
    yield sample, predicate, node
    yield node, RDF.type, term("ca:EthnicityShare")
    yield node, term("ca:ethnicGroup"), Literal(share.group)
    yield node, term("ca:percent"), Literal(share.percent)


# --- the corpus as named graphs --------------------------------------------------------------


def named_graphs(corpus: Corpus, axioms: Graph, labels: Mapping[str, str] | None = None) -> dict[str, Graph]:
    """Everything that people wrote, by name of graph: ontology, vocabulary, references, evidence/<dataset>; obsolete,
    where something is.

    The terms that a dataset from elsewhere brings stand apart from ours, in vocabulary/<dataset>. ``labels`` are those
    of individuals whose rows are not in the corpus, by IRI.
    """
    graphs = {"ontology": axioms, "vocabulary": _vocabulary(corpus), "references": Graph()}
    _fill(graphs["references"], _all(corpus.publications))
    if corpus.obsolete:
        graphs["obsolete"] = Graph()
        _fill(graphs["obsolete"], _all(corpus.obsolete))
    terms = list(corpus.terms())
    label_of = {**told_labels(corpus), **(labels or {})}
    for dataset in corpus.datasets:
        if own := list(dataset.terms()):
            graphs[f"vocabulary/{dataset.id}"] = _vocabulary_beside(dataset.id, own, terms)
        graph = graphs[f"evidence/{dataset.id}"] = Graph()
        _fill(graph, dataset_as_triples(dataset, label_of))
    return graphs


def told_labels(corpus: Corpus) -> dict[str, str]:
    """IRI -> label, of the rows that bring one."""
    return {row.record.iri: row.record.label for row in corpus.rows() if hasattr(row.record, "label")}


def dataset_as_triples(dataset: Dataset, label_of: Mapping[str, str]) -> Iterator[Triple]:
    """A dataset and all its rows, but for the terms that it brings."""
    yield from triples_of(dataset.info.record)
    yield from rows_as_triples((row.record for row in dataset.rows()), dataset.id, label_of)


def rows_as_triples(rows: Iterable[Record], dataset: str, label_of: Mapping[str, str]) -> Iterator[Triple]:
    """The rows of a dataset, each with the dataset it is in and, where it brings no label, one that is made."""
    for row in rows:
        yield from triples_of(row)
        yield URIRef(row.iri), term("ca:inDataset"), URIRef(mint("dataset", dataset))
        if label := made_label(row, label_of):
            yield URIRef(row.iri), term("rdfs:label"), Literal(label, lang="en")


def merged(graphs: Mapping[str, Graph]) -> Graph:
    """All named graphs as one."""
    whole = Graph()
    for graph in graphs.values():
        _fill(whole, graph)
    return whole


def as_ntriples(triples: Iterable[Triple]) -> str:
    """Triples as N-Triples, each once."""
    graph = Graph()
    _fill(graph, triples)
    return graph.serialize(format="nt")


def lines_of(text: str) -> list[str]:
    """N-Triples or N-Quads line by line: a literal may hold other signs that Python takes for the end of a line.

    >>> len(lines_of('<a:s> <a:p> "one\u2028two" .\\n'))
    1
    """
    return [line for line in text.split("\n") if line]


def _fill(graph: Graph, triples: Iterable[Triple]) -> None:
    for triple in triples:
        graph.add(triple)


def _all(rows: Iterable[Placed[Any]]) -> Iterator[Triple]:
    for row in rows:
        yield from triples_of(row.record)


def _vocabulary(corpus: Corpus) -> Graph:
    graph = Graph()
    _fill(graph, _all(corpus.terms()))
    graph.add((VOCABULARY, RDF.type, SKOS.ConceptScheme))
    graph.add((VOCABULARY, term("rdfs:label"), Literal("Compassion × attachment vocabulary", lang="en")))
    for kind, rows in _by_kind(corpus.terms()):
        _all_different(graph, kind, [URIRef(row.record.iri) for row in rows])
    return graph


def _vocabulary_beside(dataset: str, own: list[Placed[Any]], ours: list[Placed[Any]]) -> Graph:
    """The terms of a dataset, different from one another and from all of ours."""
    graph = Graph()
    _fill(graph, _all(own))
    kinds = {kind_of_row(row) for row in own}
    for kind, rows in _by_kind(row for row in (*ours, *own) if kind_of_row(row) in kinds):
        _all_different(graph, f"{kind}-{dataset}", [URIRef(row.record.iri) for row in rows])
    return graph


def _by_kind(rows: Iterable[Placed[Any]]) -> Iterator[tuple[str, Iterator[Placed[Any]]]]:
    yield from groupby(sorted(rows, key=lambda row: str(row.record.iri)), key=kind_of_row)


def _all_different(graph: Graph, kind: str, members: list[URIRef]) -> None:
    """Say that no two terms of a kind are the same thing: OWL does not assume it."""
    node, first = BNode(f"different-{kind}"), BNode(f"different-{kind}-members")
    graph.add((node, RDF.type, OWL.AllDifferent))
    graph.add((node, OWL.distinctMembers, first))
    Collection(graph, first, members)  # type: ignore[arg-type]


# --- triples to records ----------------------------------------------------------------------


def record_of(graph: Graph, iri: str, model: type[R]) -> R:
    """The record that the triples of ``iri`` describe: the inverse of ``triples_of`` for rows of tables.

    RDF keeps no order, so the parts of a list come back sorted. ``graph`` must hold what was stated,
    not what was inferred.
    """
    subject = URIRef(iri)
    cells = {"id": local_name(iri)}
    if issubclass(model, Member):
        cells["kind"] = kind_of(iri)
    for column, mark in model.marks().items():
        if isinstance(mark, Ref):
            names = _stated_names(graph, subject, mark, model.model_fields[column].is_required())
        else:
            names = _stated_data(graph, subject, mark)
        if names:
            cells[column] = "; ".join(sorted(names))
    return model.model_validate(cells)


def _stated_names(graph: Graph, subject: URIRef, mark: Ref, required: bool) -> list[str]:
    """The names that a link leads to. Of classes, those beside the class that every record of the kind has; that one
    only where a class must be told and no other is.
    """
    found = [str(each) for each in graph.objects(subject, term(mark.predicate))]
    if mark.kind == "class":
        local = [each.removeprefix(TERMS) for each in found if each.startswith(TERMS)]
        kinds = {kind.class_name: kind.value for kind in FindingKind}
        beside = [kinds.get(name, name) for name in local if name not in KINDS.values()]
        return beside or (local if required else [])
    if mark.kind == "any":
        return [curie(each) for each in found]
    return [PROJECT_SOURCE if each == PROJECT else local_name(each) for each in found]


def _stated_data(graph: Graph, subject: URIRef, mark: Data) -> list[str]:
    values = list(graph.objects(subject, term(mark.predicate)))
    if mark.predicate == "ca:pValue":
        return [f"{graph.value(subject, term('ca:pOperator'))}{value}" for value in values]
    if mark.predicate == "ca:ethnicityShare":
        group, percent = term("ca:ethnicGroup"), term("ca:percent")
        return [f"{graph.value(node, group)} {graph.value(node, percent)}" for node in values]
    return [str(each) for each in values]

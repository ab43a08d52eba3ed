"""Our terms, as linking sees them: everything that another ontology might also name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rdflib import OWL, RDF, RDFS, SKOS, Graph
from rdflib.term import Node

from kg.errors import Problem, ProblemsFound
from kg.mappings.slots import EntityType
from kg.names import TERMS, curie, mint
from kg.ontology import read_axioms, superclasses
from kg.records import Code, Construct, Measure, Therapy, TherapyPart
from kg.resources import Rooms
from kg.tables import read_records

#: Codes that the world beyond this graph has names for -> what they are codes of.
_CODES = {
    "statistic": "",
    "design": "study",
    "estimator": "",
    "interval-method": "",
    "rob-tool": "",
}

#: The tables of terms.
_Row = Construct | Measure | Therapy | TherapyPart | Code
_MODELS: tuple[type[_Row], ...] = (Construct, Measure, Therapy, TherapyPart, Code)


@dataclass(frozen=True)
class Subject:
    """One of our terms: what it is called, what it means, what stands above it, and of which classes it is.

    ``measured`` are the classes of all constructs that it measures.
    """

    iri: str
    label: str
    kind: EntityType = "skos concept"
    synonyms: tuple[str, ...] = ()
    definition: str = ""
    parents: tuple[str, ...] = ()
    classes: frozenset[str] = frozenset()
    measured: frozenset[str] = frozenset()

    @property
    def curie(self) -> str:
        """Its name in tables."""
        return curie(self.iri)


def read_subjects(rooms: Rooms) -> list[Subject]:
    """Constructs, measures, therapies and their parts, statistics, designs, and what the ontology defines."""
    axioms = read_axioms(rooms)
    above = superclasses(axioms)
    return [*_terms(rooms, above), *_of_the_ontology(axioms, above)]


def _of_the_ontology(axioms: Graph, above: dict[str, set[str]]) -> Iterator[Subject]:
    """Classes, and the properties that hold numbers and texts: many a statistic is one of those."""
    kinds: tuple[tuple[Node, EntityType], ...] = (
        (OWL.Class, "owl class"),
        (OWL.DatatypeProperty, "owl data property"),
    )
    for type, kind in kinds:
        for each in sorted(axioms.subjects(RDF.type, type), key=str):
            label = axioms.value(each, RDFS.label)
            if str(each).startswith(TERMS) and label:
                name = str(each).removeprefix(TERMS)
                parents = tuple(TERMS + parent for parent in sorted(above.get(name, {name}) - {name}))
                definition = str(axioms.value(each, SKOS.definition) or "")
                yield Subject(str(each), str(label), kind, (), definition, parents)


def _terms(rooms: Rooms, above: dict[str, set[str]]) -> Iterator[Subject]:
    problems: list[Problem] = []
    classes: dict[str, frozenset[str]] = {}  # of each construct; their table comes first
    for model in _MODELS:
        path = rooms.ontology / "terms" / f"{model.table}.tsv"
        reading = read_records(path, rooms.shown(path), model)
        problems += reading.problems
        for row in reading.records:
            record = row.record
            if not isinstance(record, Code) or record.kind in _CODES:
                yield _subject(record, above, classes)
    if problems:
        raise ProblemsFound(problems)


def _subject(record: _Row, above: dict[str, set[str]], known: dict[str, frozenset[str]]) -> Subject:
    """A row as a subject; the classes of a construct become ``known``, so that its measures find them."""
    synonyms = [*getattr(record, "alt_labels", ())]
    if acronym := getattr(record, "acronym", None):
        synonyms.append(acronym)
    if isinstance(record, Code) and (of := _CODES[record.kind]):
        synonyms.append(f"{record.label} {of}")
    types = getattr(record, "type", ())
    classes = frozenset(each for name in types for each in above.get(name, {name}))
    measured: frozenset[str] = frozenset()
    if isinstance(record, Construct):
        known[record.id] = classes
    elif isinstance(record, Measure):
        measured = frozenset.intersection(*(known.get(each, frozenset()) for each in record.measures))
    broader = (mint(record.prefix, parent) for parent in getattr(record, "broader", ()))
    parents = (*broader, *(TERMS + name for name in types))
    known_as = tuple(synonyms)
    return Subject(record.iri, record.label, "skos concept", known_as, record.definition, parents, classes, measured)

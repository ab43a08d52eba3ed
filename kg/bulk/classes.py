"""The classes that rows are in: rules 10, 20 and 95, run over one row for each combination of codes.

Defined classes look at codes alone, and there are few combinations of these however many rows there are. So the rules
themselves decide each combination once, and every row with these codes is in the same classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.bulk.facts import Facts
from kg.bulk.frames import layer
from kg.bulk.rows import frame
from kg.bulk.triples import Part, full, individual, term, triples
from kg.cells import Ref
from kg.files import read_text
from kg.names import KINDS, PREFIXES, TERMS, expand, graph_iri, mint
from kg.records import Finding, FindingKind, Record
from kg.resources import Rooms
from kg.store.embedded import Embedded

if TYPE_CHECKING:
    import ibis.expr.types as ir

_RULES = ("10-defined-classes", "20-superclasses")
_LOOKED_AT = (
    "SELECT DISTINCT ?property WHERE { ?class owl:equivalentClass ?definition . ?condition owl:onProperty ?property }"
)
#: Between the codes of a combination, and between those of one cell: no id has these.
_BETWEEN, _WITHIN = "|", ";"


@dataclass(frozen=True)
class Classes:
    """The rows of a model with the column ``code``, and for each code the classes: those that follow, and all."""

    model: type[Record]
    rows: ir.Table
    inferred: Mapping[str, frozenset[str]]
    every: Mapping[str, frozenset[str]]

    def codes_in(self, name: str) -> list[str]:
        """The codes of the rows that are in one of our classes."""
        return sorted(code for code, classes in self.every.items() if TERMS + name in classes)


def classes(model: type[Record], rows: ir.Table, facts: Facts, rooms: Rooms) -> Classes:
    """Put rows into their classes, by rules 10-defined-classes and 20-superclasses."""
    columns = _looked_at(model, facts)
    coded = rows.mutate(code=_code(rows, columns)).cache()
    codes = coded.select("code").distinct().to_pyarrow()["code"].to_pylist()
    told = {code: frozenset(_told(model, columns, code)) for code in codes}
    inferred = _concluded(model, told, facts, rooms)
    every = {code: inferred[code] | {value for predicate, value in told[code] if predicate == _TYPE} for code in codes}
    return Classes(model, coded, inferred, every)


_TYPE = str(expand("rdf:type"))


def individuals(rows: ir.Table, subject: Any) -> Part:
    """Rule 95-individuals."""
    return Part("inferred", "95-individuals", triples(rows, subject, term("rdf:type"), term("owl:NamedIndividual")))


def parts(found: Classes) -> Iterator[Part]:
    """What rules 10, 20 and 95 say of the rows."""
    subject = individual(found.model.prefix, found.rows.id)
    yield individuals(found.rows, subject)
    pairs = [(code, each) for code, those in found.inferred.items() for each in sorted(those)]
    if pairs:
        joined = found.rows.select("id", "code").join(frame({"code": "string", "class": "string"}, pairs), "code")
        subject, target = individual(found.model.prefix, joined.id), full(joined["class"])
        yield Part("inferred", "20-superclasses", triples(joined, subject, term("rdf:type"), target))


def _looked_at(model: type[Record], facts: Facts) -> dict[str, Ref]:
    """The columns of a model that definitions look at."""
    properties = {str(each) for each in facts.store.select(_LOOKED_AT).column("property")} | {_TYPE}
    marks = model.marks().items()
    return {name: mark for name, mark in marks if isinstance(mark, Ref) and expand(mark.predicate) in properties}


def _code(rows: ir.Table, columns: Iterable[str]) -> Any:
    """The codes of each row as one text."""
    whole = layer().literal("")
    for name in columns:
        cell = rows[name].join(_WITHIN) if rows[name].type().is_array() else rows[name]
        whole = whole + cell.fill_null("") + _BETWEEN
    return whole


def _told(model: type[Record], columns: Mapping[str, Ref], code: str) -> Iterator[tuple[str, str]]:
    """What a combination of codes says: predicate and IRI."""
    if model is not Finding:
        yield _TYPE, TERMS + KINDS[model.prefix]
    for (_, mark), cell in zip(columns.items(), code.split(_BETWEEN), strict=False):
        for name in filter(None, cell.split(_WITHIN)):
            target = TERMS + FindingKind(name).class_name if mark.kind == "class" else mint(mark.kind, name)
            yield str(expand(mark.predicate)), target


def _concluded(
    model: type[Record], told: Mapping[str, Iterable[tuple[str, str]]], facts: Facts, rooms: Rooms
) -> dict[str, frozenset[str]]:
    """The classes that follow of each combination."""
    store, stand_in = Embedded.in_memory(), f"{PREFIXES[model.prefix]}combination-"
    for name, ntriples in facts.words.items():
        store.load(ntriples, name)
    numbered = {f"{stand_in}{number}": code for number, code in enumerate(told)}
    said = [f"<{iri}> <{p}> <{o}> .\n" for iri, code in numbered.items() for p, o in told[code]]
    store.load("".join(said), graph_iri("evidence"))
    follows = graph_iri("inferred/of-combinations")
    for rule in _RULES:
        store.load(store.graph(read_text(rooms.queries / "rules" / f"{rule}.rq", rule)), follows)
    found: dict[str, set[str]] = {code: set() for code in told}
    query = f"SELECT ?row ?class WHERE {{ GRAPH <{follows}> {{ ?row a ?class }} }}"
    for row in store.select(query):
        if str(row["row"]) in numbered:
            found[numbered[str(row["row"])]].add(str(row["class"]))
    return {code: frozenset(each) for code, each in found.items()}

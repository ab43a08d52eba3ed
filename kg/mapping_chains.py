"""Links that follow from others: a mapping read backwards, and two links in a row.

Which links may be joined, and what they give, stands in ``ontology/mappings/chaining_rules.tsv``, after the chaining
rules of SSSOM: closeMatch and relatedMatch join with nothing but an exact match. A superclass, and a broader
construct of ours, count as a broad match (rule RG2). What was reached says from what, by which rule, and how sure it
can be at most: as sure as all its links together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from rdflib import OWL, PROV, RDF, RDFS, Graph, Literal, URIRef

from kg.cells import Data
from kg.corpus import Corpus
from kg.errors import ProblemsFound
from kg.mappings.kept import KeptSet
from kg.mappings.records import Mapping
from kg.names import BASE, PREFIXES, curie
from kg.records import Record
from kg.resources import Rooms
from kg.tables import read_records
from kg.triples import Triple, term

_BROAD = "skos:broadMatch"


class ChainingRule(Record):
    """Which link follows from one read backwards (``second`` is empty), or from two in a row."""

    prefix = "chaining-rule"
    table = "chaining_rules"

    first: str
    second: str | None = None
    gives: str
    rule: str
    source: str
    note: Annotated[str | None, Data("rdfs:comment")] = None

    @property
    def iri(self) -> str:
        return f"{PREFIXES['mapping']}rule.{self.id}"


@dataclass(frozen=True)
class Link:
    """A link between two terms; ``mappings`` are those it rests on, ``how`` tells its steps in words."""

    subject: str
    predicate: str
    object: str
    confidence: Decimal
    mappings: tuple[str, ...]
    how: str
    rule: str = ""

    @property
    def ends(self) -> tuple[str, str]:
        return self.subject, self.object


def read_rules(rooms: Rooms) -> list[ChainingRule]:
    """The rules; ProblemsFound where their table is wrong, none where there is none."""
    path = rooms.ontology / "mappings" / "chaining_rules.tsv"
    if not path.exists():
        return []
    reading = read_records(path, rooms.shown(path), ChainingRule)
    if reading.problems:
        raise ProblemsFound(reading.problems)
    return [row.record for row in reading.records]


def stated_links(sets: Iterable[KeptSet]) -> list[Link]:
    """The accepted mappings as links."""
    return [_stated(kept, each) for kept in sets for each in kept.links()]


def _stated(kept: KeptSet, mapping: Mapping) -> Link:
    subject, target = map(kept.found.head.expand, (mapping.subject_id, mapping.object_id))
    how = f"{curie(subject)} {mapping.predicate_id} {curie(target)}"
    confidence = Decimal(1) if mapping.confidence is None else mapping.confidence
    return Link(subject, mapping.predicate_id, target, confidence, (kept.iri_of(mapping),), how)


def hierarchy(corpus: Corpus, elsewhere: Graph) -> list[Link]:
    """What stands above what, here and elsewhere, as broad matches."""
    ours = [
        (row.record.iri, f"{PREFIXES['construct']}{above}", "skos:broader")
        for row in corpus.constructs
        for above in row.record.broader
    ]
    theirs = [
        (str(lower), str(upper), "rdfs:subClassOf")
        for lower, upper in elsewhere.subject_objects(RDFS.subClassOf)
        if isinstance(upper, URIRef)
    ]
    return [
        Link(lower, _BROAD, upper, Decimal(1), (), f"{curie(lower)} {word} {curie(upper)}")
        for lower, upper, word in (*ours, *theirs)
    ]


def derived(stated: Sequence[Link], above: Sequence[Link], rules: Iterable[ChainingRule]) -> list[Link]:
    """Every mapping backwards, and every link from a term of ours over two links, that is not stated already.

    Where several ways lead from one term to another, the surest is kept.
    """
    told = list(rules)
    backwards = [link for each in stated for link in _inverted(each, told)]
    known = {each.ends for each in stated}
    best: dict[tuple[str, str, str], Link] = {}
    for link in _joined([*stated, *above], [*stated, *above, *backwards], told):
        key = (*link.ends, link.predicate)
        crosses = link.subject.startswith(BASE) and not link.object.startswith(BASE)
        if crosses and link.mappings and link.ends not in known and _surer(link, best.get(key)):
            best[key] = link
    return [*backwards, *best.values()]


def _inverted(link: Link, rules: Iterable[ChainingRule]) -> Iterator[Link]:
    for rule in rules:
        if rule.second is None and rule.first == link.predicate:
            how = f"{link.how}, read backwards"
            yield Link(link.object, rule.gives, link.subject, link.confidence, link.mappings, how, rule.rule)


def _joined(firsts: Iterable[Link], seconds: Iterable[Link], rules: Iterable[ChainingRule]) -> Iterator[Link]:
    gives = {(rule.first, rule.second): rule for rule in rules if rule.second}
    starting: dict[str, list[Link]] = {}
    for link in seconds:
        starting.setdefault(link.subject, []).append(link)
    for first in firsts:
        for second in starting.get(first.object, ()):
            rule = gives.get((first.predicate, second.predicate))
            if rule and first.subject != second.object:
                yield _join(first, second, rule)


def _join(first: Link, second: Link, rule: ChainingRule) -> Link:
    return Link(
        first.subject,
        rule.gives,
        second.object,
        first.confidence * second.confidence,
        (*first.mappings, *second.mappings),
        f"{first.how}; {second.how}",
        rule.rule,
    )


def _surer(link: Link, other: Link | None) -> bool:
    return other is None or (-link.confidence, link.how) < (-other.confidence, other.how)


def triples_of_links(links: Iterable[Link]) -> Iterator[Triple]:
    """Derived links with the way each was reached. No plain SKOS link is made: these are not curated."""
    justifications = {True: "semapv:MappingChaining", False: "semapv:MappingInversion"}
    for link in links:
        iri = URIRef(f"{PREFIXES['mapping']}derived.{_dotted(link)}")
        yield iri, RDF.type, term("sssom:Mapping")
        yield iri, OWL.annotatedSource, URIRef(link.subject)
        yield iri, OWL.annotatedProperty, term(link.predicate)
        yield iri, OWL.annotatedTarget, URIRef(link.object)
        yield iri, term("sssom:mapping_justification"), term(justifications[link.subject.startswith(BASE)])
        yield iri, term("sssom:confidence"), Literal(link.confidence.normalize())
        yield iri, term("sssom:curation_rule_text"), Literal(link.rule)
        yield iri, RDFS.comment, Literal(link.how)
        yield from ((iri, PROV.wasDerivedFrom, URIRef(each)) for each in link.mappings)


def _dotted(link: Link) -> str:
    parts = (curie(link.subject), link.predicate, curie(link.object))
    return ".".join(re.sub(r"[^A-Za-z0-9]+", "-", part) for part in parts)

"""What the graph of terms says that evidence is reasoned with: small, and read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kg.bulk.rows import frame
from kg.names import graph_iri, local_name
from kg.store.embedded import Embedded

if TYPE_CHECKING:
    import ibis.expr.types as ir

_ABOVE = """SELECT ?property ?above WHERE {
  ?property rdfs:subPropertyOf+ ?above . FILTER(?above != ca:within && ?above != skos:broaderTransitive) }"""
_TURNED = """SELECT DISTINCT ?property ?other WHERE {
  { ?property owl:inverseOf ?other } UNION { ?other owl:inverseOf ?property }
  UNION { ?property a owl:SymmetricProperty . BIND(?property AS ?other) }
  FILTER(isIRI(?property) && isIRI(?other)) }"""
_EDGES = """SELECT ?class ?edge ?start ?end WHERE {
  ?class ca:assertsEdge ?edge . ?edge ca:edgeFrom ?start ; ca:edgeTo ?end }"""
_SAID = """SELECT DISTINCT ?start ?edge ?end WHERE {
  { SELECT DISTINCT ?edge WHERE { ?class ca:assertsEdge/rdfs:subPropertyOf* ?edge } }
  ?start a ca:Construct . ?start ?edge ?end . ?end a ca:Construct }"""
_WITHIN = "SELECT ?narrow ?wide WHERE { ?narrow a ca:Construct ; ca:within ?wide }"
_OPPOSITE = "SELECT ?one ?other WHERE { ?one ca:oppositeOf ?other }"
_LAYERS = "SELECT ?reading ?layer WHERE { ?reading ca:layer ?layer }"
_UMBRELLAS = "SELECT ?umbrella WHERE { ?umbrella a ca:NeutralUmbrella }"
_AUTHORS = "SELECT DISTINCT ?publication ?author WHERE { ?publication a ca:Publication ; dc:creator ?author }"
_DECISIONS = """SELECT DISTINCT ?decision ?one ?other ?status WHERE {
  ?decision a ca:OverlapDecision ; ca:decidedSample ?one , ?other ; ca:overlapStatus ?status .
  FILTER(STR(?one) < STR(?other)) }"""
_PARTS = "SELECT ?part ?whole WHERE { ?part a ca:Measure ; (ca:subscaleOf|ca:shortFormOf)* ?whole }"
_YIELDS = """SELECT DISTINCT ?measure ?construct WHERE {
  ?measure ca:yields ?yielded . { ?yielded ca:within ?construct } UNION { ?construct ca:within ?yielded } }"""
_READINGS = """SELECT ?dataset ?source ?reading WHERE {
  ?dataset a ca:Dataset ; dcterms:source ?source ; ca:readThrough ?reading }"""
_CLAIMS = """SELECT ?claim ?subject ?object ?sign WHERE {
  ?claim a ca:Proposition ; ca:subject ?subject ; ca:object ?object .
  OPTIONAL { ?claim ca:predictedSign ?sign } FILTER NOT EXISTS { ?claim ca:thirdConstruct ?third } }"""
_OF_THREE = """SELECT ?claim ?relation ?subject ?third ?object WHERE {
  ?claim a ca:Proposition ; ca:relation ?relation ; ca:subject ?subject ; ca:object ?object ;
    ca:thirdConstruct ?third }"""
_SUPPORTING = "SELECT ?support WHERE { ?support a ca:SupportingResult }"
_SIGNS = {"positive": 1, "negative": -1, "none": 0}

Pairs = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Facts:
    """Facts about terms, from a store that holds what was said of them and what follows (rules 10 to 70).

    Individuals go by their local names, properties and classes by their IRIs.
    """

    store: Embedded

    @cached_property
    def words(self) -> dict[str, str]:
        """The ontology, the terms and what follows of them, as N-Triples by name of graph."""
        names = self.store.select("SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?s a ?class } }").column("graph")
        wanted = (graph_iri("ontology"), graph_iri("vocabulary"), graph_iri("inferred"))
        return {str(name): self.store.triples(str(name)) for name in names if str(name).startswith(wanted)}

    @cached_property
    def above(self) -> Mapping[str, tuple[str, ...]]:
        """Property -> those above it."""
        return self._by_first(_ABOVE)

    @cached_property
    def turned(self) -> Mapping[str, tuple[str, ...]]:
        """Property -> those that hold the other way round; of a symmetric one, itself."""
        return self._by_first(_TURNED)

    @cached_property
    def edges(self) -> Pairs:
        """Class, the edge that its findings assert, and the properties that lead to its start and its end."""
        return self._rows(_EDGES)

    @cached_property
    def said(self) -> ir.Table:
        """Links between constructs that need no finding."""
        return self._frame(_SAID, "start", "edge", "end", whole="edge")

    @cached_property
    def within(self) -> ir.Table:
        """Construct, and each that it is within, itself too."""
        return self._frame(_WITHIN, "narrow", "wide")

    @cached_property
    def opposite(self) -> ir.Table:
        """Constructs that are opposite poles."""
        return self._frame(_OPPOSITE, "one", "other")

    @cached_property
    def layers(self) -> ir.Table:
        """Through what was read, and in which layer that is."""
        return self._frame(_LAYERS, "reading", "layer")

    @cached_property
    def umbrellas(self) -> tuple[str, ...]:
        """Constructs that gather opposite poles."""
        return tuple(local_name(row[0]) for row in self._rows(_UMBRELLAS))

    @cached_property
    def authors(self) -> ir.Table:
        """Publication and author."""
        return self._frame(_AUTHORS, "publication", "author", whole="author")

    @cached_property
    def parts_of_measures(self) -> ir.Table:
        """Measure, and each that it is a subscale or a short form of, itself too."""
        return self._frame(_PARTS, "part", "whole")

    @cached_property
    def yields(self) -> ir.Table:
        """Measure, and each construct that it yields, or that is broader or narrower than one that it yields."""
        return self._frame(_YIELDS, "measure", "construct")

    @cached_property
    def readings_of_datasets(self) -> ir.Table:
        """Dataset, the publication that it is made from, and through what it says that this was read."""
        return self._frame(_READINGS, "dataset", "reported_in", "said")

    @cached_property
    def decisions(self) -> Pairs:
        """What curators decided on samples: decision, the two samples in order, the word."""
        return tuple(tuple(map(local_name, row)) for row in self._rows(_DECISIONS))

    @cached_property
    def supporting(self) -> tuple[str, ...]:
        """What a mediation or moderation that was supported came to."""
        return tuple(local_name(row[0]) for row in self._rows(_SUPPORTING))

    @cached_property
    def claims(self) -> ir.Table:
        """The claims on two constructs: claim, subject, object, and what is ``predicted``: 1, -1, 0 or nothing."""
        columns = {"claim": "string", "subject": "string", "object": "string", "predicted": "int64"}
        rows = [(*map(local_name, row[:3]), _SIGNS.get(local_name(row[3]))) for row in self._rows(_CLAIMS)]
        return frame(columns, rows)

    @cached_property
    def claims_of_three(self) -> ir.Table:
        """The claims on three constructs: claim, relation, subject, third, object."""
        return self._frame(_OF_THREE, "claim", "relation", "subject", "third", "object")

    def classes_above(self, name: str) -> tuple[str, ...]:
        """The classes above one of ours."""
        query = f"SELECT ?above WHERE {{ ca:{name} rdfs:subClassOf+ ?above FILTER isIRI(?above) }}"
        return tuple(str(row[0]) for row in self._rows(query))

    def _rows(self, query: str) -> Pairs:
        return tuple(tuple(map(str, row)) for row in self.store.select(query).values)

    def _frame(self, query: str, *columns: str, whole: str = "") -> ir.Table:
        """An answer as a table of local names; the column ``whole`` stays as it is."""
        rows = [
            [value if column == whole else local_name(value) for column, value in zip(columns, row, strict=True)]
            for row in self._rows(query)
        ]
        return frame(dict.fromkeys(columns, "string"), rows)

    def _by_first(self, query: str) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for first, second in self._rows(query):
            found[first].append(second)
        return {first: tuple(each) for first, each in found.items()}

"""What follows anew from rows that changed, and from what they bear on; everything else stays as it was derived.

What was derived about individuals that a change may reach is forgotten, and the rules give it again, each narrowed to
these individuals (``kg.narrowed``). Reached are, beside the rows that changed,

    the typed edges between constructs that changed findings named or name
    samples that share their people with those of the change, and all findings of these people
    findings that tell the same result, by however many links
    the pairs that such findings join, their cells, and each cell that rolls one up
    what is counted of constructs (by difference: see ``kg.updating.recounting``)
    the claims that such findings bear on
    the pairs of constructs that could pool such findings

before the change and after it. Rules about terms alone are not run: terms have not changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.names import PREFIXES, graph_iri
from kg.narrowed import Row, given, narrowed
from kg.reason import read_rule
from kg.resources import Rooms
from kg.store.embedded import Embedded, plain
from kg.updating.journal import Journal, as_quads, is_named
from kg.updating.recounting import recount

INFERRED, SYNTHESIS = "inferred", "synthesis"
#: What the rules about rows have not before them in a build: it comes later.
_LATER = frozenset(graph_iri(name) for name in (SYNTHESIS, "pooled", "metadata"))

_SAMPLES = (
    "SELECT DISTINCT ?found WHERE { VALUES ?row { %s } { ?found ca:sampleOf ?row } UNION { ?row ca:sample ?found } }"
)
_SAME_PEOPLE = "SELECT DISTINCT ?found WHERE { VALUES ?row { %s } ?row ca:sharesParticipantsWith* ?found }"
_OF_SAMPLES = "SELECT DISTINCT ?found WHERE { VALUES ?row { %s } ?found ca:sample ?row }"
_FINDINGS = """SELECT DISTINCT ?found WHERE { VALUES ?row { %s }
  { ?found ca:sample ?row } UNION { ?found ca:study ?row } UNION { ?row ca:checksFinding ?found }
  UNION { ?row ca:assesses ?study . ?found ca:study ?study } }"""
_SAME_RESULT = """SELECT DISTINCT ?found WHERE { VALUES ?row { %s }
  ?row (ca:reportsSameResultAs|^ca:reportsSameResultAs)* ?found }"""
_TOLD_WITH = "SELECT DISTINCT ?found WHERE { VALUES ?row { %s } ?found ca:countedWith ?row }"
_COUNTED_WITH = """SELECT DISTINCT ?found WHERE { VALUES ?row { %s }
  { ?found ca:countedWith ?row } UNION { ?row ca:countedWith ?found } }"""
_ENDS = """SELECT DISTINCT ?start ?end WHERE { VALUES ?row { %s }
  ?row ca:subject|ca:object|ca:mediator|ca:moderator ?start , ?end .
  FILTER(?start != ?end || EXISTS { ?row ca:subject ?start ; ca:object ?start }) }"""
_BETWEEN = """SELECT DISTINCT ?found WHERE { VALUES (?start ?end) { %s }
  { ?pair ca:joins ?start , ?end ; ca:pairFinding ?found FILTER(?start != ?end) }
  UNION { ?found ca:mediator|ca:moderator ?start ; ca:subject|ca:object|ca:mediator|ca:moderator ?end }
  UNION { ?found ca:mediator|ca:moderator ?end ; ca:subject|ca:object ?start } }"""
_POOLABLE = "SELECT DISTINCT ?start ?end WHERE { VALUES ?row { %s } ?row ca:subject ?start ; ca:object ?end }"
_PAIRS = "SELECT DISTINCT ?found WHERE { VALUES ?row { %s } ?found ca:resembling ?row }"
_JOINED = "SELECT DISTINCT ?found WHERE { VALUES ?row { %s } ?found ca:pairFinding ?row }"
_CELLS = "SELECT DISTINCT ?found WHERE { VALUES ?row { %s } ?found ca:cellFinding ?row }"
_ROLLED = "SELECT DISTINCT ?found WHERE { VALUES ?row { %s } ?found ca:rollsUp ?row }"
_CLAIMS = "SELECT DISTINCT ?found WHERE { VALUES ?row { %s } ?found ca:evidenceLine ?row }"
_VERDICTS = "SELECT DISTINCT ?found WHERE { VALUES ?row { %s } ?found ca:ofProposition ?row }"
_EDGES = """SELECT DISTINCT ?found WHERE {
  { ?class ca:assertsEdge/rdfs:subPropertyOf* ?found }
  UNION { ?class ca:assertsEdge/rdfs:subPropertyOf*/(owl:inverseOf|^owl:inverseOf) ?found } }"""

_OF_FINDINGS = ("78-findings-counted-once", "79-layers-of-findings", "80-construct-pairs", "80-evidence-cells")
_OF_CELLS = (
    "83-counts-of-cells",
    "84-disagreements",
    "84-people-of-cells",
    "85-disagreements-under-umbrellas",
    "85-layers-of-cells",
    "86-nulls-of-cells",
)
_OF_VERDICTS = ("93-layers-of-verdicts", "93-what-verdicts-rest-on", "93-who-states-claims", "94-what-next")

Names = set[str]
Ends = set[tuple[str, str]]


@dataclass(frozen=True)
class Reach:
    """What a change reaches: samples that change or have changed results, all samples of their people, findings, the
    constructs that changed findings lie between, and the pairs that could pool the findings.
    """

    samples: Names
    people: Names
    findings: Names
    ends: Ends
    pools: Ends


class Following:
    """What follows from evidence, derived anew as far as changed rows reach. To be made before they change."""

    def __init__(self, journal: Journal, earlier: Embedded, rooms: Rooms, rows: Names) -> None:
        self._journal, self._earlier, self._rooms, self._rows = journal, earlier, rooms, rows
        self._before = self._reach()
        self._checked_before = self._checked()

    def checked(self) -> Names:
        """The findings of which arithmetic may say something else: it looks at samples, and at what tells the same."""
        return self._checked_before | self._checked()

    def _checked(self) -> Names:
        own = _of_kind("finding", self._rows)
        return self._ask(_OF_SAMPLES, _of_kind("sample", self._rows)) | own | self._ask(_SAME_RESULT, own)

    def again(self, besides: Names) -> Ends:
        """Derive it, when rows have changed, and ``besides`` what arithmetic says; gives the pairs of constructs of
        which something else may be pooled.
        """
        self._rows = self._rows | besides
        self._classes_and_edges()
        pairs = self._resemblances()
        after = self._reach()
        people = self._before.people | after.people
        self._forget(people, "countedAs")
        self._derive("77-samples-counted-once", people)
        findings = self._before.findings | after.findings | self._findings(people)
        claims = self._ask(_CLAIMS, findings)
        cells = self._cells(findings)
        counted = (_found_in(store, _COUNTED_WITH, findings) for store in (self._earlier, self._journal.store))
        recount(self._journal, self._earlier, self._rooms, findings.union(*counted))
        self._claims(claims, findings)
        self._individuals(pairs | cells)
        return self._before.pools | self._ends_of(_POOLABLE, findings)

    def _reach(self) -> Reach:
        """What the rows reach by now."""
        samples = self._samples()
        people = samples | self._ask(_SAME_PEOPLE, samples)
        findings, own = self._findings(people), _of_kind("finding", self._rows)
        return Reach(samples, people, findings, self._ends_of(_ENDS, own), self._ends_of(_POOLABLE, findings))

    def _samples(self) -> Names:
        return _of_kind("sample", self._rows) | self._ask(_SAMPLES, self._rows)

    def _findings(self, people: Names) -> Names:
        found = _of_kind("finding", self._rows) | self._ask(_FINDINGS, self._rows | people)
        return found | self._ask(_SAME_RESULT, found)

    # --- rules 10 to 50: what rows are, the edges that findings assert, and what these entail ---

    def _classes_and_edges(self) -> None:
        journal, before = self._journal, self._before.ends
        journal.forget(self._rows, INFERRED)
        edges = set(map(str, journal.store.select(_EDGES).column("found")))
        told = [quad for quad in self._between(before) if plain(quad.graph_name) == graph_iri(INFERRED)]
        journal.take(quad for quad in told if quad.predicate.value in edges)
        for name in ("10-defined-classes", "20-superclasses"):
            self._derive(name, self._rows)
        self._derive("30-typed-edges", self._rows | self._ask_of_pairs(_BETWEEN, before))
        ends = before | self._ends_of(_ENDS, _of_kind("finding", self._rows))
        for name in ("40-superproperties", "50-inverses-and-symmetry"):
            self._derive_rows(name, {_terms(quad) for quad in (*self._said(), *self._between(ends)) if is_named(quad)})

    def _said(self) -> Iterator[ox.Quad]:
        """What rules 10 to 50 look at, of rows and in terms of rows."""
        for row in self._rows:
            yield from (quad for quad in self._journal.store.naming(row) if plain(quad.graph_name) not in _LATER)

    def _between(self, ends: Ends) -> Iterator[ox.Quad]:
        """The same from one construct to another."""
        for start, end in ends:
            quads = self._journal.store.between(start, end)
            yield from (quad for quad in quads if plain(quad.graph_name) not in _LATER)

    # --- rules 74 to 76: which samples resemble one another, and share their people ---

    def _resemblances(self) -> Names:
        """Gives the pairs, those that are gone as well."""
        samples = self._before.samples | self._samples()
        pairs = self._ask(_PAIRS, samples)
        self._journal.forget(pairs, SYNTHESIS)
        self._forget(samples, "sharesParticipantsWith")
        self._derive("74-samples-alike", samples)
        pairs |= self._ask(_PAIRS, samples)
        for name in ("75-sample-resemblances", "76-sample-overlaps"):
            self._derive(name, pairs)
        return pairs

    # --- rules 78 to 86: which results count, between which constructs, and in which cells ---

    def _cells(self, findings: Names) -> Names:
        """Gives the cells and the pairs that findings join, those that are gone as well. What a cell has of other
        findings stays; its numbers do not.
        """
        joined = self._ask(_JOINED, findings)
        base = self._ask(_CELLS, findings)
        rolled = self._ask(_ROLLED, base)
        told_with = self._ask(_TOLD_WITH, findings)  # what they say of these findings is forgotten too
        self._journal.forget(findings, SYNTHESIS)
        for name in _OF_FINDINGS:
            self._derive(name, findings | told_with)
        joined |= self._ask(_JOINED, findings)
        self._forget_without("pairFinding", joined)
        base |= self._ask(_CELLS, findings)
        self._derive("81-roll-ups", base)
        rolled |= self._ask(_ROLLED, base)
        self._forget_without("cellFinding", base)
        self._forget_without("rollsUp", rolled)
        self._derive("82-findings-that-count", findings)
        for name in _OF_CELLS:
            self._forget_given(name, base | rolled)
        for name in _OF_CELLS:
            self._derive(name, base | rolled)
        return base | rolled | joined

    # --- rules 90 to 95: what findings say of claims, the verdicts, and what there is of all this ---

    def _claims(self, before: Names, findings: Names) -> None:
        for name in ("90-evidence-lines", "91-evidence-lines-of-thirds"):
            self._derive(name, findings)
        claims = before | self._ask(_CLAIMS, findings)
        verdicts = self._ask(_VERDICTS, claims)
        self._journal.forget(verdicts, SYNTHESIS)
        self._derive("92-verdicts", claims)
        for name in _OF_VERDICTS:
            self._derive(name, verdicts)

    def _individuals(self, derived: Names) -> None:
        self._journal.forget(derived, INFERRED)
        self._derive("95-individuals", derived | self._rows)

    # --- how ---

    def _ask(self, query: str, rows: Iterable[str]) -> Names:
        return _found_in(self._journal.store, query, rows)

    def _ask_of_pairs(self, query: str, ends: Ends) -> Names:
        told = " ".join(f"(<{start}> <{end}>)" for start, end in sorted(ends))
        return set(map(str, self._journal.store.select(query % told).column("found"))) if told else set()

    def _ends_of(self, query: str, findings: Names) -> Ends:
        """Constructs of findings, two by two."""
        told = " ".join(f"<{finding}>" for finding in sorted(findings))
        rows = self._journal.store.select(query % told).values if told else ()
        return {(str(start), str(end)) for start, end in rows}

    def _forget(self, subjects: Iterable[str], name: str) -> None:
        """Forget a property of these individuals, in either direction."""
        quads = (quad for each in subjects for quad in self._journal.store.naming(each, graph_iri(SYNTHESIS)))
        self._journal.take([quad for quad in quads if quad.predicate.value == PREFIXES["ca"] + name])

    def _forget_without(self, name: str, individuals: Iterable[str]) -> None:
        """Forget those of the individuals that no longer have a property."""
        graph, predicate = graph_iri(SYNTHESIS), PREFIXES["ca"] + name
        empty = [each for each in individuals if not any(self._journal.store.values(each, predicate, graph))]
        self._journal.forget(empty, SYNTHESIS)

    def _forget_given(self, rule: str, individuals: Iterable[str]) -> None:
        """Forget what a rule gave of these individuals."""
        text, target = read_rule(self._rooms, rule)
        graph, values = graph_iri(target), self._journal.store.values
        predicates = [PREFIXES["ca"] + name for name in given(text)]
        self._journal.take([quad for each in individuals for name in predicates for quad in values(each, name, graph)])

    def _derive(self, name: str, individuals: Iterable[str]) -> None:
        self._derive_rows(name, {(f"<{each}>",) for each in individuals})

    def _derive_rows(self, name: str, rows: set[Row]) -> None:
        """Run a rule for these rows of its variables."""
        text, target = read_rule(self._rooms, name)
        for query in narrowed(text, sorted(rows)):
            self._journal.put(as_quads([(target, self._journal.store.graph(query))]))


def _found_in(store: Embedded, query: str, rows: Iterable[str]) -> Names:
    told = " ".join(f"<{row}>" for row in sorted(rows))
    return set(map(str, store.select(query % told).column("found"))) if told else set()


def _of_kind(kind: str, rows: Names) -> Names:
    return {row for row in rows if row.startswith(PREFIXES[kind])}


def _terms(quad: ox.Quad) -> Row:
    return str(quad.subject), str(quad.predicate), str(quad.object)

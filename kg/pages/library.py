"""What pages know of a store: the names of everything, and answers that are kept while the store is open."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rdflib import Graph

from kg.layers import of_layer
from kg.names import BASE, PREFIXES, TERMS, curie, graph_iri, local_name
from kg.pages.addresses import path_of
from kg.pages.model import Behind, Inline, Link, Only, Outside, Written, listed
from kg.questions import Question, find_question
from kg.resources import shipped
from kg.store import Iri, Row, Rows, Store, Value
from kg.store.embedded import Embedded

#: So many answers are kept, and so many values and letters of queries in them; the oldest goes first.
_KEPT, _MOST_VALUES = 400, 2_000_000
#: Seconds after which what another engine answered is asked again.
_FRESH = 60

_LABELS = """
SELECT DISTINCT ?iri ?label WHERE {
  { ?iri rdfs:label ?label }
  UNION { ?iri a ca:Dataset ; dcterms:title ?label }
  UNION { ?iri a owl:Ontology ; dcterms:title ?label }
} ORDER BY ?iri ?label"""
_SYNONYMS = "SELECT DISTINCT ?iri ?word WHERE { ?iri skos:altLabel|ca:acronym ?word } ORDER BY ?iri ?word"

_JOINS = """
SELECT DISTINCT ?finding ?study ?sample ?publication ?subjectMeasure ?objectMeasure ?dataset WHERE {
  ?finding a ca:Finding ; ca:study ?study ; ca:reportedIn ?publication .
  OPTIONAL { ?finding ca:sample ?sample }
  OPTIONAL { ?finding ca:subjectMeasure ?subjectMeasure }
  OPTIONAL { ?finding ca:objectMeasure ?objectMeasure }
  OPTIONAL { ?finding ca:inDataset ?dataset }
} ORDER BY ?finding ?sample ?subjectMeasure ?objectMeasure"""


@lru_cache
def question(name: str) -> Question:
    """The shipped question of that name, read once."""
    return find_question(shipped(), name)


def query_of(behind: Behind | Written) -> str:
    """The very query of which an answer is, as any SPARQL tool runs it."""
    if isinstance(behind, Written):
        used = [name for name in PREFIXES if re.search(rf"\b{name}:", behind.sparql)]
        return "\n".join([*(f"PREFIX {name}: <{PREFIXES[name]}>" for name in used), behind.sparql])
    text = question(behind.question).bind(behind.terms)
    return f"{text.rstrip()}\n{_values(behind.only)}\n" if behind.only else text


def _values(only: Only) -> str:
    """The clause after a query that keeps only some of its rows."""
    rows = "\n".join(f"  ({' '.join(row)})" for row in only.rows)
    return f"VALUES ({' '.join(f'?{name}' for name in only.variables)}) {{\n{rows}\n}}"


@dataclass(frozen=True)
class Stated:
    """Everything a graph states of one thing: property (CURIE) -> values."""

    values: Mapping[str, tuple[Value, ...]]

    def all(self, name: str) -> tuple[Value, ...]:
        return self.values.get(name, ())

    def text(self, name: str) -> str:
        """The first value as text; empty where there is none."""
        return next((str(value) for value in self.all(name)), "")


class Library:
    """A store with what every page needs of it. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._kept: OrderedDict[str, Rows] = OrderedDict()
        self._values = 0
        self._begun = time.monotonic()
        self._asking: dict[str, threading.Lock] = {}
        self._layers: dict[str, Library] = {}
        self._lock = threading.Lock()
        self._counting = threading.Lock()  # of a layer, which takes a while: other questions are answered meanwhile

    @property
    def is_stale(self) -> bool:
        """Whether to ask anew: a build stays as it is, but what another engine holds may have changed."""
        return not isinstance(self.store, Embedded) and time.monotonic() - self._begun > _FRESH

    def renewed(self) -> Library:
        """A library over the same store that knows nothing yet; this one forgets, whoever still holds it."""
        with self._lock:
            self._kept.clear()
            self._layers.clear()
            self._values = 0
        for name in ("labels", "obsolete", "synonyms", "acronyms", "findings", "_joins", "date"):
            self.__dict__.pop(name, None)
        return Library(self.store)

    @cached_property
    def labels(self) -> dict[str, str]:
        """IRI -> what it is called."""
        found: dict[str, str] = {}
        for row in self.select(_LABELS):
            found.setdefault(str(row["iri"]), str(row["label"]))
        return found

    @cached_property
    def obsolete(self) -> frozenset[str]:
        """The IRIs of what was released once and is no more."""
        return frozenset(map(str, self.select("SELECT DISTINCT ?iri WHERE { ?iri owl:deprecated true }").column("iri")))

    @cached_property
    def synonyms(self) -> dict[str, tuple[str, ...]]:
        """IRI -> its other names."""
        found: dict[str, list[str]] = {}
        for row in self.select(_SYNONYMS):
            found.setdefault(str(row["iri"]), []).append(str(row["word"]))
        return {iri: tuple(words) for iri, words in found.items()}

    @cached_property
    def acronyms(self) -> dict[str, str]:
        """IRI of a measure -> its acronym."""
        rows = self.select(
            "SELECT DISTINCT ?iri ?acronym WHERE { ?iri ca:acronym ?acronym } ORDER BY ?iri DESC(?acronym)"
        )
        return {str(row["iri"]): str(row["acronym"]) for row in rows}

    @cached_property
    def findings(self) -> dict[str, Row]:
        """IRI of a finding -> its row of the question ``findings``."""
        found: dict[str, Row] = {}
        for row in self.ask("findings"):
            found.setdefault(str(row["finding"]), row)
        return found

    @cached_property
    def _joins(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for row in self.select(_JOINS):
            joined = found.setdefault(str(row["finding"]), {})
            for role, value in row.items():
                if value is not None:
                    joined.setdefault(role, str(value))
        return found

    def joined(self, finding: str) -> Mapping[str, str]:
        """Role (study, sample, publication, subjectMeasure, objectMeasure, dataset) -> IRI, as far as told."""
        return self._joins.get(finding, {})

    @cached_property
    def date(self) -> str:
        """The date of the ontology, which is the version of the graph."""
        rows = self.select("SELECT ?date WHERE { ?ontology a owl:Ontology ; owl:versionInfo ?date } ORDER BY ?date")
        return next((str(row["date"]) for row in rows), "")

    @cached_property
    def axioms(self) -> Graph:
        """The ontology, with its nameless classes."""
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph_iri('ontology')}> {{ ?s ?p ?o }} }}"
        return Graph().parse(data=self.graph(query), format="nt")

    def ask(self, name: str, **terms: str | Sequence[str]) -> Rows:
        """The answer of a shipped question about IRIs that are known to be in the graph."""
        return self.answer(self.behind(name, **terms))

    def behind(self, name: str, **about: str | Sequence[str]) -> Behind:
        """A question about IRIs that are known to be in the graph, as it is asked and as it is linked to."""
        listed = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in about.items()}
        types = {each.name: each.type for each in question(name).parameters}
        words = {key: " ".join(_asked_for(iri, types.get(key)) for iri in values) for key, values in listed.items()}
        return Behind(name, words, {key: tuple(f"<{iri}>" for iri in values) for key, values in listed.items()})

    def answer(self, behind: Behind | Written) -> Rows:
        return self.select(query_of(behind))

    def select(self, query: str) -> Rows:
        """The rows of a query, kept for the next who asks. Who asks what is being asked waits for the answer."""
        with self._lock:
            if (known := self._known(query)) is not None:
                return known
            asking = self._asking.setdefault(query, threading.Lock())
        with asking:
            with self._lock:
                if (known := self._known(query)) is not None:
                    return known
            try:
                rows = self.store.select(query)
                with self._lock:
                    self._keep(query, rows)
                return rows
            finally:
                with self._lock:
                    self._asking.pop(query, None)

    def _keep(self, query: str, rows: Rows) -> None:
        """The lock is held by whoever calls."""
        self._kept[query] = rows
        self._values += _size(query, rows)
        while len(self._kept) > _KEPT or self._values > _MOST_VALUES:
            self._values -= _size(*self._kept.popitem(last=False))

    def _known(self, query: str) -> Rows | None:
        if query in self._kept:
            self._kept.move_to_end(query)
        return self._kept.get(query)

    def graph(self, query: str) -> str:
        """A library is a store too, one that remembers: figures are drawn over it."""
        return self.store.graph(query)

    def close(self) -> None:
        self.store.close()

    def stated(self, iri: str) -> Stated:
        """What the graph states of a thing, in order of property and value."""
        values: dict[str, list[Value]] = {}
        for row in self.select(f"SELECT DISTINCT ?property ?value WHERE {{ <{iri}> ?property ?value }}"):
            values.setdefault(curie(str(row["property"])), []).append(row["value"])
        return Stated({name: tuple(sorted(each, key=self._order)) for name, each in sorted(values.items())})

    def layer(self, name: str) -> Library:
        """The same of one layer's findings, counted anew the first time it is asked for."""
        if name == "all":
            return self
        with self._counting:
            if name not in self._layers:
                self._layers[name] = Library(of_layer(self.store, name))
            return self._layers[name]

    def known(self, kind: str, slug: str) -> str | None:
        """The IRI of an individual, where the graph has it."""
        iri = f"{BASE}{kind}/{slug}"
        return iri if iri in self.labels else None

    def label(self, iri: str) -> str:
        """What a thing is called; its CURIE where it has no name."""
        return self.labels.get(iri) or curie(iri)

    def of_kind(self, kind: str) -> list[str]:
        """The IRIs of a kind (``construct``, …) that are in use, by label."""
        return [iri for iri in self.ever_of_kind(kind) if iri not in self.obsolete]

    def ever_of_kind(self, kind: str) -> list[str]:
        """The same with those that gave way to others, which keep their pages."""
        start = f"{BASE}{kind}/"
        found = (iri for iri in self.labels if iri.startswith(start) and "/" not in iri.removeprefix(start))
        return sorted(found, key=lambda iri: (self.labels[iri].casefold(), iri))

    def link(self, iri: object, text: str = "") -> Inline:
        """A thing by its name, with a link to its page where it has one."""
        words = text or self.label(str(iri))
        path = path_of(str(iri)) if str(iri) in self.labels else None
        if path:
            return Link(words, path)
        return Outside(words, str(iri)) if str(iri).startswith(("http://", "https://")) and not text else words

    def links(self, values: Sequence[Value]) -> tuple[Inline, ...]:
        """Things by name, each with its link, ready for a list."""
        return listed(self.shown(value) for value in sorted(values, key=self._order))

    def shown(self, value: Value) -> Inline:
        """Any value of an answer as a reader sees it."""
        if isinstance(value, Iri):
            return self.link(value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        return None if value is None else str(value)

    def _order(self, value: Value) -> tuple[str, str]:
        name = self.label(value) if isinstance(value, Iri) else str(value)
        return name.casefold(), str(value)


def _size(query: str, rows: Rows) -> int:
    return len(query) + len(rows.values) * len(rows.columns)


def is_term(iri: str) -> bool:
    """Whether an IRI is a class or property of the ontology."""
    return iri.startswith(TERMS)


def _asked_for(iri: str, type: str | None) -> str:
    """How a reader would name a thing to a question: a term that is no construct with its kind."""
    return curie(iri) if type == "term" and not iri.startswith(f"{BASE}construct/") else local_name(iri)

"""What pages know of a store: the names of everything, and answers that are kept while the store is open."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from rdflib import Graph

from kg.layers import has_layers, of_layer
from kg.names import BASE, KINDS, PLAIN, PREFIXES, TERMS, curie, graph_iri, kind_of, local_name
from kg.narrowed import Only, among, batched
from kg.pages import telling
from kg.pages.addresses import path_of
from kg.pages.model import Behind, Inline, Link, Outside, Written, few
from kg.pages.telling import Stated, Told
from kg.questions import Question, find_question
from kg.resources import shipped
from kg.store import Iri, Row, Rows, Store, Stream, Value
from kg.store.embedded import Embedded

#: So many answers are kept, and so many values and letters of queries in them; the oldest goes first.
_KEPT, _MOST_VALUES = 400, 2_000_000
#: Seconds after which what another engine answered is asked again.
_FRESH = 60

#: Kinds that grow with the evidence, each with its class: names are asked for as pages need them, and nobody holds all.
GROWING = {kind: KINDS[kind] for kind in ("finding", "sample", "study", "publication")}
GROWING |= {"arithmetic-check": "ArithmeticCheck", "pooled": "PooledEffect"}
#: So many of their names, and so many findings, are kept; then they are asked for anew.
_MOST_NAMES, _MOST_FINDINGS = 50_000, 5_000
#: Up to so many names of such a kind are sent to a browser.
_MOST_SENT = 5_000
#: So many things are asked about at a time: engines read no query of any length.
_AT_ONCE = 500

#: Whose names are kept: of what belongs to one of our other kinds, is a term of ours or of others, or is no more.
_NAMED_KINDS = " ".join(f"ca:{name}" for kind, name in KINDS.items() if kind not in GROWING)
_LABELS = f"""
SELECT DISTINCT ?iri ?label WHERE {{
  {{
    VALUES ?kind {{
      {_NAMED_KINDS} skos:Concept skos:ConceptScheme
      owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty
    }}
    ?iri a ?kind ; rdfs:label ?label
  }}
  UNION {{ GRAPH <{graph_iri("elsewhere")}> {{ ?iri rdfs:label ?label }} }}
  UNION {{ ?iri owl:deprecated true ; rdfs:label ?label }}
  UNION {{ ?iri a ca:Dataset ; dcterms:title ?label }}
  UNION {{ ?iri a owl:Ontology ; dcterms:title ?label }}
}}"""
_LABELS_OF = """
SELECT DISTINCT ?iri ?label WHERE {{ VALUES ?iri {{ {iris} }} ?iri rdfs:label ?label }}"""
_BEYOND = "SELECT DISTINCT ?iri WHERE {{ ?iri a ca:{name} }} OFFSET {most} LIMIT 1"
_NAMED = """
SELECT DISTINCT ?iri ?label WHERE {{
  {{ ?iri a ca:{name} }} UNION {{ ?iri owl:deprecated true FILTER(STRSTARTS(STR(?iri), "{start}")) }}
  ?iri rdfs:label ?label
}}"""
_COUNT = "SELECT (COUNT(DISTINCT ?iri) AS ?things) WHERE {{ ?iri a ca:{name} }}"
_STATED = """
SELECT DISTINCT ?thing ?property ?value WHERE {{ VALUES ?thing {{ {iris} }} ?thing ?property ?value }}"""
_KINDS_OF_FINDINGS = """
SELECT DISTINCT ?kind ?label WHERE {
  ?kind rdfs:subClassOf ca:Finding ; rdfs:label ?label .
  FILTER NOT EXISTS { ?kind owl:equivalentClass ?definition }
} ORDER BY ?label"""
_SYNONYMS = "SELECT DISTINCT ?iri ?word WHERE { ?iri skos:altLabel|ca:acronym ?word } ORDER BY ?iri ?word"


@lru_cache
def question(name: str) -> Question:
    """The shipped question of that name, read once."""
    return find_question(shipped(), name)


def query_of(behind: Behind | Written, window: str = "") -> str:
    """The very query of which an answer is, as any SPARQL tool runs it; ``window`` may ask for some of its rows."""
    if isinstance(behind, Written):
        used = [name for name in PREFIXES if re.search(rf"\b{name}:", behind.sparql)]
        return "\n".join([*(f"PREFIX {name}: <{PREFIXES[name]}>" for name in used), behind.sparql, window]).rstrip()
    asked = question(behind.question)
    text = among(asked.bind(behind.terms), behind.among)
    if not behind.only and not window:
        return text
    values = _values(behind.only) if behind.only else ""
    return "\n".join([text.rstrip(), *filter(None, (window, values)), ""])


def _values(only: Only) -> str:
    """The clause after a query that keeps only some of its rows."""
    rows = "\n".join(f"  ({' '.join(row)})" for row in only.rows)
    return f"VALUES ({' '.join(f'?{name}' for name in only.variables)}) {{\n{rows}\n}}"


class Library:
    """A store with what every page needs of it. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._kept: OrderedDict[str, Rows] = OrderedDict()
        self._values = 0
        self._begun = time.monotonic()
        self._asking: dict[str, threading.Lock] = {}
        self._layers: dict[str, Library] = {}
        self._called: dict[str, str | None] = {}
        self._told: dict[str, Told | None] = {}
        self._brought: set[str] = set()
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
            self._called.clear()
            self._told.clear()
            self._brought.clear()
            self._values = 0
        for name in ("labels", "obsolete", "synonyms", "acronyms", "kinds_of_findings", "date", "has_layers"):
            self.__dict__.pop(name, None)
        return Library(self.store)

    @cached_property
    def labels(self) -> dict[str, str]:
        """IRI -> what it is called, of everything but what grows with the evidence."""
        return _first_names(self.select(_LABELS))

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
    def kinds_of_findings(self) -> dict[str, str]:
        """IRI of a kind of finding -> what it is called."""
        return {str(row["kind"]): str(row["label"]) for row in self.select(_KINDS_OF_FINDINGS)}

    def findings(self, iris: Iterable[str]) -> dict[str, Told]:
        """IRI of a finding -> its row of the question ``findings``, but for the year, and what it is joined to."""
        wanted = dict.fromkeys(iris)
        found = {iri: self._told[iri] for iri in wanted if iri in self._told}
        missing = [iri for iri in wanted if iri not in found]
        if missing and "told" not in self._brought:
            self._brought.add("told")
            missing = [
                *missing,
                *(iri for iri in self.few_of("finding") if iri not in wanted),
            ]  # all, while they are few
        for part in batched(missing, _AT_ONCE):
            told = telling.told(self, part)
            found |= {iri: told.get(iri) for iri in part}
        if len(self._told) + len(missing) > _MOST_FINDINGS:
            self._told.clear()
        self._told.update({iri: found[iri] for iri in missing[:_MOST_FINDINGS]})
        return {iri: each for iri in wanted if (each := found[iri])}

    def finding(self, iri: str) -> Row:
        """The row of a finding that is known to be in the graph."""
        return self.findings([iri])[iri].row

    def joined(self, finding: str) -> Mapping[str, str]:
        """Role (study, sample, publication, subjectMeasure, objectMeasure, dataset) -> IRI, as far as told."""
        told = self.findings([finding]).get(finding)
        return told.joined if told else {}

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

    def stream(self, query: str) -> Stream:
        """The rows of a query as they come; they are not kept."""
        return self.store.stream(query)

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

    def each_stated(self, iris: Iterable[str]) -> dict[str, Stated]:
        """The same of many at once, values in the order of their IRIs or letters."""
        found: dict[str, dict[str, list[Value]]] = {}
        for part in batched(sorted(iris), _AT_ONCE):
            for row in self.store.select(_STATED.format(iris=" ".join(f"<{iri}>" for iri in part))):
                values = found.setdefault(str(row["thing"]), {})
                values.setdefault(str(row["property"]), []).append(row["value"])
        return {
            iri: Stated({curie(name): tuple(sorted(each, key=str)) for name, each in values.items()})
            for iri, values in found.items()
        }

    @cached_property
    def has_layers(self) -> bool:
        """Whether one layer can be told by itself."""
        return has_layers(self.store)

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
        return iri if self.has_name(iri) else None

    def has_name(self, iri: str) -> bool:
        """Whether the graph calls a thing anything."""
        return iri in self.called([iri])

    def label(self, iri: str) -> str:
        """What a thing is called; its CURIE where it has no name."""
        return self.called([iri]).get(iri) or curie(iri)

    def called(self, iris: Iterable[str]) -> dict[str, str]:
        """IRI -> what it is called, of those of them that have a name. Who names many asks for all of them at once."""
        wanted = dict.fromkeys(iris)
        growing = [iri for iri in wanted if kind_of(iri) in GROWING and PLAIN.fullmatch(iri.removeprefix(BASE))]
        for kind in {kind_of(iri) for iri in growing} - self._brought:
            self._brought.add(kind)
            self._called.update(self.few_of(kind))  # one that is still small, whole and once
        found: dict[str, str | None] = {iri: self._called[iri] for iri in growing if iri in self._called}
        missing = [iri for iri in growing if iri not in found]
        for part in batched(missing, _AT_ONCE):
            rows = self.store.select(_LABELS_OF.format(iris=" ".join(f"<{iri}>" for iri in part)))
            found |= dict.fromkeys(part) | _first_names(rows)
        if len(self._called) + len(missing) > _MOST_NAMES:
            self._called.clear()
        self._called.update({iri: found[iri] for iri in missing[:_MOST_NAMES]})
        return {iri: name for iri in wanted if (name := found.get(iri) or self.labels.get(iri))}

    def of_kind(self, kind: str) -> list[str]:
        """The IRIs of a kind (``construct``, …) that are in use, by label."""
        return [iri for iri in self.ever_of_kind(kind) if iri not in self.obsolete]

    def ever_of_kind(self, kind: str) -> list[str]:
        """The same with those that gave way to others, which keep their pages."""
        start = f"{BASE}{kind}/"
        found = dict(self._all_of(kind))
        own = (iri for iri in found if iri.startswith(start) and "/" not in iri.removeprefix(start))
        return sorted(own, key=lambda iri: (found[iri].casefold(), iri))

    def _all_of(self, kind: str) -> Mapping[str, str]:
        """IRI -> name, at least of a kind; that of one that grows is forgotten by whoever asked."""
        if kind not in GROWING:
            return self.labels
        return _first_names(self.store.select(_NAMED.format(name=GROWING[kind], start=f"{BASE}{kind}/")))

    def few_of(self, kind: str) -> dict[str, str]:
        """IRI -> name, of all of a kind that grows while they are few; of none where they are many."""
        return dict(self._all_of(kind)) if self.are_few(kind) else {}

    def are_few(self, kind: str) -> bool:
        """Whether there are few of a kind that grows."""
        return not self.select(_BEYOND.format(name=GROWING[kind], most=_MOST_SENT))

    def count_of_kind(self, kind: str) -> int:
        """How many of a kind are in use."""
        if kind not in GROWING:
            return len(self.of_kind(kind))
        return int(str(self.select(_COUNT.format(name=GROWING[kind])).values[0][0]))

    def link(self, iri: object, text: str = "") -> Inline:
        """A thing by its name, with a link to its page where it has one."""
        words = text or self.label(str(iri))
        path = path_of(str(iri)) if self.has_name(str(iri)) else None
        if path:
            return Link(words, path)
        return Outside(words, str(iri)) if str(iri).startswith(("http://", "https://")) and not text else words

    def links(self, values: Sequence[Value]) -> tuple[Inline, ...]:
        """Things by name, each with its link, ready for a list."""
        self.called(value for value in values if isinstance(value, Iri))
        return few(self.shown(value) for value in sorted(values, key=self._order))

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


def _first_names(rows: Rows) -> dict[str, str]:
    """IRI -> name, of several the first by letters. Put in order here: an engine looks both up for each comparison."""
    return dict(sorted(((str(row["iri"]), str(row["label"])) for row in rows), reverse=True))


def _size(query: str, rows: Rows) -> int:
    return len(query) + len(rows.values) * len(rows.columns)


def is_term(iri: str) -> bool:
    """Whether an IRI is a class or property of the ontology."""
    return iri.startswith(TERMS)


def _asked_for(iri: str, type: str | None) -> str:
    """How a reader would name a thing to a question: a term that is no construct with its kind."""
    return curie(iri) if type == "term" and not iri.startswith(f"{BASE}construct/") else local_name(iri)

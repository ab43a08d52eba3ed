"""Another engine, as a push sees it: what it holds is read by SPARQL, and written in one of two ways.

Both ways are of the SPARQL 1.1 standard; which of them an engine offers, and where, its documentation says, so the user
names it. Nothing is tried out, and neither stands in for the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from kg.errors import StoreError
from kg.names import BASE
from kg.push.contents import Part
from kg.push.wire import Message, Reply, Wire
from kg.store.remote import rows_of
from kg.store.rows import Rows

_ROWS = "application/sparql-results+json"
_GRAPH = "application/n-triples"
_OURS = f"{BASE}graph/"
_NAME = re.compile(r"[^\s<>\"{}|^`\\]+")
_UNION = f"ASK {{ ?finding a <{BASE}ontology/Finding> }}"

T = TypeVar("T")


class Engine:
    """What an engine holds, by its SPARQL endpoint."""

    def __init__(self, endpoint: str, wire: Wire) -> None:
        self.endpoint = endpoint
        self._wire = wire

    def graphs(self) -> dict[str, int]:
        """How many triples each of our named graphs has there."""
        query = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        return {name: count for name, count in self._select(query, _counts) if name.startswith(_OURS)}

    def count(self, graph: str) -> int:
        return self._select(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", _count)

    def about(self, graph: str, subjects: Iterable[str]) -> list[ox.Triple]:
        """The triples of some subjects, each written as in SPARQL."""
        values = " ".join(subjects)
        return self._triples(f"VALUES ?s {{ {values} }} GRAPH <{graph}> {{ ?s ?p ?o }}")

    def tangled(self, graph: str) -> list[ox.Triple]:
        """The triples with blank nodes."""
        return self._triples(f"GRAPH <{graph}> {{ ?s ?p ?o }} FILTER(isBlank(?s) || isBlank(?o))")

    def has_union(self) -> bool:
        """Whether a query that names no graph sees our findings, as every question of ours needs it."""
        return self._select(_UNION, lambda rows: bool(rows.values[0][0]), "ASK")

    def _select(self, query: str, read: Callable[[Rows], T], form: str = "") -> T:
        """What is read out of the rows of an answer; StoreError where it holds something else."""
        reply = self._asked(query, _ROWS)
        try:
            return read(rows_of(json.loads(reply.body), form))
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            raise self._unreadable() from error

    def _triples(self, pattern: str) -> list[ox.Triple]:
        reply = self._asked(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", _GRAPH)
        try:
            quads = ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)
            return [quad.triple for quad in quads]
        except (SyntaxError, ValueError) as error:
            raise self._unreadable() from error

    def _asked(self, query: str, kind: str) -> Reply:
        form = "application/x-www-form-urlencoded"
        reply = self._wire.send(Message("POST", self.endpoint, urlencode({"query": query}).encode(), form, kind))
        told = reply.kind.partition(";")[0].strip().lower()
        if told not in (kind, "application/json" if kind == _ROWS else "text/plain"):
            raise StoreError(
                f"{self.endpoint}: answered with {reply.kind}, not {kind}; ENDPOINT is to be where the engine answers"
                " SPARQL queries (it often ends in /sparql or /query)"
            )
        return reply

    def _unreadable(self) -> StoreError:
        return StoreError(f"{self.endpoint}: answered with what is cut off or malformed; look into the engine's log")


class Writer(Protocol):
    """A way to write named graphs."""

    #: So many triples travel together.
    most: int
    #: Whether a graph can be loaded under another name and then renamed.
    renames: bool

    def replace(self, graph: str, part: Part) -> None:
        """Make a part all that a graph holds."""

    def add(self, graph: str, part: Part) -> None:
        """Add a part to a graph."""

    def drop(self, graph: str) -> None:
        """Remove a graph, if it is there."""

    def rename(self, graph: str, name: str) -> None:
        """Put a graph in the place of another."""


class Updates:
    """By SPARQL 1.1 Update."""

    most = 1000  # Virtuoso compiles an update before it runs, and gives up on much larger ones
    renames = True

    def __init__(self, url: str, wire: Wire) -> None:
        self._url = url
        self._wire = wire

    def replace(self, graph: str, part: Part) -> None:
        self._run(f"{_removal(graph)} ;\n{_insertion(graph, part)}")

    def add(self, graph: str, part: Part) -> None:
        self._run(_insertion(graph, part), repeatable=not part.tangled)

    def drop(self, graph: str) -> None:
        self._run(_removal(graph))

    def rename(self, graph: str, name: str) -> None:
        # Done twice, it would put a graph that is no more in the place of the one that just came.
        self._run(f"MOVE GRAPH <{graph}> TO GRAPH <{name}>", repeatable=False)

    def _run(self, update: str, repeatable: bool = True) -> None:
        kind = "application/sparql-update; charset=utf-8"
        self._wire.send(Message("POST", self._url, update.encode(), kind, repeatable=repeatable))


class GraphStore:
    """By the SPARQL 1.1 Graph Store HTTP Protocol."""

    most = 20_000
    renames = False

    def __init__(self, url: str, wire: Wire) -> None:
        self._url = url
        self._wire = wire

    def replace(self, graph: str, part: Part) -> None:
        self._send("PUT", graph, part)

    def add(self, graph: str, part: Part) -> None:
        self._send("POST", graph, part, repeatable=not part.tangled)

    def drop(self, graph: str) -> None:
        self._wire.send(Message("DELETE", self._at(graph), gone_is_fine=True))

    def rename(self, graph: str, name: str) -> None:
        raise NotImplementedError("the protocol cannot rename a graph")

    def _send(self, method: str, graph: str, part: Part, repeatable: bool = True) -> None:
        self._wire.send(Message(method, self._at(graph), _text(part).encode(), _GRAPH, repeatable=repeatable))

    def _at(self, graph: str) -> str:
        return f"{self._url}{'&' if '?' in self._url else '?'}graph={quote(graph, safe='')}"


def _counts(rows: Rows) -> list[tuple[str, int]]:
    """Names of graphs, each with its number of triples. ValueError where a name could not stand in a query."""
    counts = [(str(name), int(str(count))) for name, count in rows.values]
    if any(not _NAME.fullmatch(name) for name, _ in counts):
        raise ValueError("a graph has a name that is no IRI")
    return counts


def _count(rows: Rows) -> int:
    ((count,),) = rows.values
    return int(str(count))


def _removal(graph: str) -> str:
    """Virtuoso drops no graph that it was not told to create, and other engines keep one that is only cleared."""
    return f"CLEAR SILENT GRAPH <{graph}> ; DROP SILENT GRAPH <{graph}>"


def _insertion(graph: str, part: Part) -> str:
    """INSERT DATA; with blank nodes, which Virtuoso does not take there, an INSERT that is done once."""
    held = f"{{ GRAPH <{graph}> {{\n{_text(part)}}} }}"
    return f"INSERT {held} WHERE {{ }}" if part.tangled else f"INSERT DATA {held}"


def _text(part: Part) -> str:
    return "".join(f"{line} .\n" for line in part.lines)

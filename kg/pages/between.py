"""What is told about a construct or between two, picked out of what is told about any.

A question about a pair takes an engine some fifty milliseconds, most of which it spends on what all pairs share; so it
is asked once of everything, and each page picks its rows. They are the rows that the pair's own question gives.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import lru_cache

from kg.pages.library import Library, question
from kg.store import Row, Rows

#: Question -> the column of what it tells of.
_THINGS = {"findings-between": "finding", "theory-between": "proposition", "theory-about": "proposition"}

_WITHIN = "SELECT DISTINCT ?part ?whole WHERE { ?part ca:within ?whole } ORDER BY ?part ?whole"
_ENDS = """
SELECT DISTINCT ?thing ?subject ?object WHERE { ?thing ca:subject ?subject ; ca:object ?object }
ORDER BY ?thing ?subject ?object"""
#: The same of what others pooled. A question about a pair also takes what is told of a construct right above it.
_POOLED = """
SELECT DISTINCT ?thing ?subject ?object WHERE { ?thing ca:estimateSubject ?subject ; ca:estimateObject ?object }
ORDER BY ?thing ?subject ?object"""
_ABOUT = "SELECT DISTINCT ?thing ?construct WHERE { ?thing ca:aboutConstruct ?construct } ORDER BY ?thing ?construct"
_ABOVE = "SELECT DISTINCT ?part ?whole WHERE { ?part skos:broader ?whole } ORDER BY ?part ?whole"


def between(library: Library, name: str, first: str, second: str) -> Rows:
    """The answer of ``findings-between`` or ``theory-between`` about two constructs, by IRI."""
    return _told_of(library, name, _joining(library, _ENDS, _parts(library, first), _parts(library, second)))


def theory_about(library: Library, construct: str) -> Rows:
    """The answer of ``theory-about`` about a construct, by IRI."""
    claims = _grouped(library, _ABOUT, "construct", "thing")
    about = (claims.get(part, frozenset()) for part in _parts(library, construct))
    return _told_of(library, "theory-about", set().union(*about))


def _told_of(library: Library, name: str, things: Container[str]) -> Rows:
    """What a question tells of these things, by IRI, of all that it tells."""
    return library.select(question(name).of_everything()).among(_THINGS[name], things)


def pooled_between(library: Library, first: str, second: str) -> Sequence[Row]:
    """The answer of ``published-syntheses-between``, which is asked only where others may have pooled anything."""
    one, other = (_parts(library, iri) | _above(library, iri) for iri in (first, second))
    if not _joining(library, _POOLED, one, other):
        return ()
    return tuple(library.ask("published-syntheses-between", subject=first, object=second))


def _joining(library: Library, query: str, one: frozenset[str], other: frozenset[str]) -> set[str]:
    """The things whose ends lie one in each set, whichever comes first."""

    def joins(subject: str, target: str) -> bool:
        return (subject in one and target in other) or (subject in other and target in one)

    return {thing for thing, subject, target in _triples(library, query) if joins(subject, target)}


def _parts(library: Library, iri: str) -> frozenset[str]:
    """A construct and everything narrower."""
    return _grouped(library, _WITHIN, "whole", "part").get(iri, frozenset())


def _above(library: Library, iri: str) -> frozenset[str]:
    """What stands right above a construct."""
    return _grouped(library, _ABOVE, "part", "whole").get(iri, frozenset())


@lru_cache(maxsize=32)
def _triples(library: Library, query: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((str(row["thing"]), str(row["subject"]), str(row["object"])) for row in library.select(query))


@lru_cache(maxsize=32)
def _grouped(library: Library, query: str, key: str, value: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in library.select(query):
        found.setdefault(str(row[key]), set()).add(str(row[value]))
    return {key: frozenset(values) for key, values in found.items()}


def prepare(library: Library) -> None:
    """Ask what is asked once, before somebody waits for it."""
    for name in _THINGS:
        library.select(question(name).of_everything())
